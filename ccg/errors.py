"""What the graph library cannot do, as errors that say what, why and what to do next."""


class GraphError(Exception):
    """The graph could not be built, read or drawn."""

    def __init__(self, what: str, *, why: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        self.next_step = next_step

    def __str__(self) -> str:
        """Return the three parts as one paragraph."""
        parts = (part for part in (self.what, self.why, self.next_step) if part)
        return ". ".join(parts) + "."


class NothingToRead(GraphError):
    """The root is not a folder, or the asked package is not in it."""


class NothingFits(GraphError):
    """No code was found that an issue is about, or none that its budget holds."""


class NothingToDraw(GraphError):
    """A name to draw around is not in the graph."""


class NotWritten(GraphError):
    """The file that a graph is to be put into cannot be written."""


class RevisionUnknown(GraphError):
    """The folder is in no git repository, or this has no such commit."""


class RevisionNotRead(GraphError):
    """Git is missing or failed, or the commit's files are more than we read."""


class GraphInvalid(GraphError):
    """The given text is not a graph that this version can read."""
