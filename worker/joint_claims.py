"""What two pieces of a text claim together: a question and its answer, the cells of a row; no I/O."""

import re
from collections.abc import Iterator, Sequence

from worker.claims import Claim, ClaimKind, claims_in, plain
from worker.sentences import Piece, PieceKind

Claims = dict[int, tuple[Claim, ...]]
"""Claims by the place of the piece that is to be cut where no record backs them."""

MAX_QUESTION = 300
"""Characters of a question's end that are looked at."""
MAX_ANSWER = 120
"""Characters of a yes or of a result; a longer text is a sentence that is judged alone."""

_ASKS = re.compile(
    r"(?!(?:can|could|should|would|will|may|must)\b)(?=.*\b(?P<about>tests?|suite|pytest|mypy|ruff|lint\w*|ci|checks|build|tested)\b)"
    r"(?=.*\b(?:pass\w*|green|succeed\w*|ran|did\b.* run|ok|clean|happy|fine"
    r"|executed|tested)\b|\W*(?:(?:all|the|unit|new|any) )*(?:tests?|ci)\?)"
    r".*\?\W*\Z"
)
_TESTS = frozenset({"test", "tests", "suite", "pytest"})
_ANSWER = re.compile(
    r"\W*(?:yes|yep|yeah|yup|sure|absolutely|indeed|passing|passed|pass|green|clean|ok|okay|success|successful|confirmed"
    r"|they (?:do|did|are)|it (?:does|did|is)|all (?:of them|good|green)|[\u2705\u2714\u2611\U0001f7e2])"
    r"(?:[ ,:\u2013\u2014-]+(?:they|it|all|both|each|every|one|of|them|do|does|did|are|is|now|here|too|pass|passed|passing|green)\b){0,6}"
    r"\W*\Z"
)
_RESULT = re.compile(
    r"\W*(?:all )?(?:pass|passed|passes|passing|ok|okay|clean|green|success|successful|succeeded"
    r"|(?:no|zero|0) (?:errors?|issues?|problems?|warnings?|findings?|failures?|violations?)"
    r"|[\u2705\u2714\u2611\U0001f7e2](?: ?(?:pass|passed|ok|green))?)\W*\Z"
)


def answer_claims(pieces: Sequence[Piece]) -> Claims:
    """Return what a yes to a question about a run claims, by the place of the yes."""
    found: Claims = {}
    question = ""
    for place, piece in enumerate(pieces):
        if piece.kind is not PieceKind.SENTENCE:
            continue
        text = plain(piece.text)
        asked = _ASKS.match(question)
        if asked and len(text) <= MAX_ANSWER and _ANSWER.match(text):
            kind = ClaimKind.TESTS if asked["about"] in _TESTS else ClaimKind.TOOL
            found[place] = (Claim(kind, f"{question} {text}"),)
        question = text[-MAX_QUESTION:]
    return found


def cell_claims(pieces: Sequence[Piece]) -> Claims:
    """Return what a result in a table's cell claims of the first cell or of the one before it."""
    found: Claims = {}
    for row in _rows(pieces):
        cells = [(place, piece.text) for place, piece in row if piece.kind is not PieceKind.MARK]
        for at, (place, text) in enumerate(cells[1:], start=1):
            if len(text) <= MAX_ANSWER and _RESULT.match(plain(text)):
                names = dict.fromkeys((cells[0][1], cells[at - 1][1]))
                found[place] = tuple(
                    claim for name in names for claim in claims_in(f"{name}: {text}")
                )
    return found


def _rows(pieces: Sequence[Piece]) -> Iterator[list[tuple[int, Piece]]]:
    """Yield the rows of tables, piece by piece; a bar is a mark of its own there."""
    row: list[tuple[int, Piece]] = []
    for place, piece in enumerate(pieces):
        if row or piece == Piece(PieceKind.MARK, "|"):
            row.append((place, piece))
        if row and "\n" in piece.text:
            yield row
            row = []
    if row:
        yield row
