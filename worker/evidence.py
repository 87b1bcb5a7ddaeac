"""Keeps a model's text to what records show: a claim of a run without one is cut, visibly; no I/O."""

import re
from dataclasses import dataclass

from p2a.inert import clean
from worker.claims import Claim, ClaimKind, claims_in, plain, transcript_in
from worker.joint_claims import answer_claims, cell_claims
from worker.records import AssessmentRecord, SuiteRecord
from worker.sentences import Piece, PieceKind, lines_of, pieces_of
from worker.story import Story

CUT_CLAIM = "*[a claim without a record was cut]*"
_AGAIN = re.compile(rf"{re.escape(CUT_CLAIM)}(?:[ \t]*\n?[ \t]*{re.escape(CUT_CLAIM)})+")
# What no record tells: other machines, other versions, somebody's hands.
_ELSEWHERE = re.compile(
    r"\b(?:python|pypy|windows|mac ?os|macos|linux|ubuntu|django|local|locally|manually|machine|laptop|ci|twice"
    r"|times|every|consistently)\b"
)
_DUTIES = frozenset({ClaimKind.TESTS, ClaimKind.TOOL, ClaimKind.COVERAGE})


@dataclass(frozen=True, slots=True)
class Evidence:
    """The records of the tree that a text is published with."""

    suite: SuiteRecord | None = None
    assessment: AssessmentRecord | None = None

    @classmethod
    def of(cls, story: Story, *, tree: str) -> "Evidence":
        """Return what was recorded of this very tree; a run on another tree shows nothing of it."""
        suite = story.suite
        if suite is None or not tree or suite.tree != tree:
            return cls()
        # The step that measured the scores ran the suite on the same tree.
        return cls(suite, story.assessment)

    def backs(self, claim: Claim) -> bool:
        """Tell whether a record says what the claim says."""
        if claim.kind is ClaimKind.TESTS:
            return self._backs_tests(claim)
        if claim.kind is ClaimKind.SCORE:
            return self._backs_score(claim)
        return False

    def _backs_tests(self, claim: Claim) -> bool:
        suite = self.suite
        if suite is None or not suite.ran or suite.passed is None:
            return False
        if re.search(r"\bfail(?:s|ed|ing)?\b", claim.text) and claim.numbers not in {(), (0,)}:
            return claim.numbers == (suite.failed,)
        known = {suite.passed, suite.executed, suite.broken if suite.is_green else None}
        return suite.is_green and set(claim.numbers) <= known

    def _backs_score(self, claim: Claim) -> bool:
        if self.assessment is None or not claim.numbers:
            return False
        number, *whole = claim.numbers
        name = next((name for name in _SCORES if name in claim.text), None)
        scores = {**self.assessment.scores, "overall": self.assessment.overall}
        score = scores.get(_SCORES[name]) if name else None
        return score is not None and whole in ([], [100]) and round(score, 1) == number


_SCORES = {
    "overall": "overall",
    "security": "security",
    "coverage": "test_coverage",
    "documentation": "documentation",
    "performance": "performance",
    "code quality": "code_quality",
    "quality": "overall",
}
"""A claim's word and the score that it means; the longer word first."""


def backed(text: str, evidence: Evidence) -> str:
    """Return a model's text in which each sentence with a claim that no record backs is cut."""
    return _without(text, evidence, is_duty=False)


def wished(text: str) -> str:
    """Return a text of the plan: what must hold may be said there, what was run may not."""
    return _without(text, Evidence(), is_duty=True)


def holds_claim(text: str, evidence: Evidence) -> bool:
    """Tell whether a text claims something that no record backs."""
    return CUT_CLAIM in backed(text, evidence)


def _without(text: str, evidence: Evidence, *, is_duty: bool) -> str:
    text = clean(text).replace(CUT_CLAIM, "")
    pieces = pieces_of(text)
    joint = {**answer_claims(pieces), **cell_claims(pieces)}
    kept = "".join(
        _kept(piece, evidence, is_duty=is_duty)
        if all(_is_true(claim, evidence, is_duty=is_duty) for claim in joint.get(place, ()))
        else _cut(piece.text)
        for place, piece in enumerate(pieces)
    )
    return _AGAIN.sub(CUT_CLAIM, kept)


def _kept(piece: Piece, evidence: Evidence, *, is_duty: bool) -> str:
    if piece.kind is PieceKind.CODE:
        # A run that is shown is a run that is claimed.
        return f"{CUT_CLAIM}\n" if transcript_in(piece.text) else piece.text
    is_duty = is_duty or piece.kind is PieceKind.WISH
    if piece.kind is PieceKind.MARK:
        return piece.text
    lines = lines_of(piece.text)
    kept = [line if _is_backed(line, evidence, is_duty=is_duty) else None for line in lines]
    if None not in kept:
        # Where no line alone holds a claim, it may go over several of them.
        is_kept = _is_backed(piece.text, evidence, is_duty=is_duty)
        return piece.text if is_kept else _cut(piece.text)
    return "".join(_cut(old) if new is None else new for old, new in zip(lines, kept, strict=True))


def _cut(text: str) -> str:
    end = "\n" if text.endswith("\n") else ""
    # What opened or closed bold text in another sentence still has its other half.
    return CUT_CLAIM + ("**" if text.count("**") % 2 else "") + end


def _is_backed(text: str, evidence: Evidence, *, is_duty: bool) -> bool:
    claims = claims_in(text)
    if is_duty:
        claims = tuple(claim for claim in claims if not _is_duty(claim))
    if not claims:
        return not transcript_in(text)
    return not _ELSEWHERE.search(plain(text)) and all(evidence.backs(claim) for claim in claims)


def _is_true(claim: Claim, evidence: Evidence, *, is_duty: bool) -> bool:
    if is_duty and _is_duty(claim):
        return True
    return evidence.backs(claim) and not _ELSEWHERE.search(claim.text)


def _is_duty(claim: Claim) -> bool:
    """Tell whether it may be asked for: that tests pass, but not that so many of them did."""
    is_count = claim.kind is ClaimKind.TESTS and claim.numbers
    return claim.kind in _DUTIES and not is_count
