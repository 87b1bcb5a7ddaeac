"""What the graph library cannot do, as errors that say what, why and what to do next."""


class GraphError(Exception):
    """The graph could not be built or read; `str()` says what, why and the next step."""


class NothingToRead(GraphError):
    """The root is not a folder, or the asked package is not in it."""


class GraphInvalid(GraphError):
    """The given text is not a graph that this version can read."""
