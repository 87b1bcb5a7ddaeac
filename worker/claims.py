"""What English sentences claim to have been run or measured, by a table of patterns; no I/O.

A claim is a statement of fact. What should, must or will happen is none, nor what did not happen,
nor a question, nor what a program prints.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MAX_CHARACTERS = 2_000
"""Of one sentence that are looked at together; a longer one is looked at in parts."""


class ClaimKind(StrEnum):
    """What a sentence claims."""

    TESTS = "tests"
    """How tests ended."""
    RUN = "run"
    """That something was run, tried out or verified."""
    TOOL = "tool"
    """What a linter, a type checker, a scanner or a build said."""
    COVERAGE = "coverage"
    SPEED = "speed"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim found in a sentence, with the whole numbers that it names."""

    kind: ClaimKind
    text: str
    numbers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimPattern:
    """One row of the table: a pattern for plain lower-case text, and a sentence that it finds."""

    kind: ClaimKind
    pattern: re.Pattern[str]
    example: str


def claims_in(sentence: str) -> tuple[Claim, ...]:
    """Return what a sentence claims, in the order of the table."""
    text = plain(sentence)
    if _QUESTION.match(text):
        return ()
    parts = [text[at : at + MAX_CHARACTERS] for at in range(0, len(text), MAX_CHARACTERS)]
    return tuple(claim for part in parts for row in PATTERNS for claim in _found(row, part))


def transcript_in(code: str) -> bool:
    """Tell whether code holds the last words of a test runner or another tool."""
    return any(pattern.search(code) for pattern in _TRANSCRIPTS)


def plain(sentence: str) -> str:
    """Return a sentence in lower case, without marks, links, tags and invisible characters."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", sentence)).lower()
    for pattern, replacement in _PLAIN:
        text = pattern.sub(replacement, text)
    return " ".join(text.split())


def _found(row: ClaimPattern, text: str) -> list[Claim]:
    found = []
    for match in row.pattern.finditer(text):
        if not _NO_FACT.search(text[max(0, match.start() - 60) : match.start()]):
            numbers = tuple(float(number) for number in _NUMBER.findall(match[0]))
            found.append(Claim(row.kind, match[0].strip(), numbers))
    return found


_INVISIBLE = re.compile(r"[\u00ad\u034f\u180e\u200b-\u200f\u2060-\u2064\ufe0f\ufeff]")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PLAIN: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[\u2018\u2019\u02bc]"), "'"),
    (re.compile(r"[\u201c\u201d]"), '"'),
    (re.compile(r"[\u2010\u2011]"), "-"),
    (re.compile(r"\n[ \t>]*"), " "),
    (re.compile(r"(?<=\d),(?=\d{3}\b)"), ""),
    # What a program says is no claim of who describes the program.
    (
        re.compile(
            r"\b(print(?:s|ed|ing)?|log(?:s|ged)?|says?|returns?|displays?|messages?|strings?|texts?|labels?"
            r"|titled?|named|called|outputs?)(:? (?:the (?:message|text|line|string) )?)"
            r"(?:`[^`\n]{1,200}`|\"[^\"\n]{1,200}\")"
        ),
        r"\1\2code",
    ),
    (re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,500}\)"), r"\1"),
    (re.compile(r"</?[a-z][^<>\n]{0,200}>"), ""),
    (re.compile(r"[*`~]+|(?<!\w)_+|_+(?!\w)"), ""),
)
_QUESTION = re.compile(
    r"(?:do|does|did|are|is|was|were|have|has|can|could|should|will|would|why|how|which|what)\b.*\?[)\"']*\Z"
)

# Directly before a claim: it is a condition, a purpose, a duty, or it is denied.
_NO_FACT = re.compile(
    r"(?:\b(?:if|unless|until|till|once|whether|when|whenever|while|provided|assuming|so that|such that"
    r"|ensures?|ensuring|make sure|check|confirm|verify|expects?|requires?|see|as soon as|before)"
    r"(?: that)?(?: (?:all|both|the|its|our|any))*"
    r"|\b(?:to|must|should|can|could|may|might|will|would|shall|cannot|needs?|let|please|i'll|we'll)"
    r"(?: (?:also|then|only|still|easily|be|been|have|make|get|keep|see|sure|that|the|all|always))*"
    r"|(?:\b(?:not|never|no|none|nothing|without|neither|nor|yet)|n't)(?: (?:been|yet|all|any|of|the|be|also))*"
    r"|(?:\A|: )(?:make|get|let)"
    r") *\Z"
)

_TESTS = (
    r"(?:(?:all|both|every|the|our|its|my|these|those|of|other|remaining|existing|new|added|updated|old|full|whole"
    r"|entire|complete|unit|integration|functional|regression|end-to-end|e2e|smoke|related|relevant|affected|project's"
    r"|repository's|pytest|unittest|local|\d+|one|two|three|four|five|six|seven|eight|nine|ten|test)\s){0,8}"
)
_SUBJECT = (
    _TESTS + r"(?:tests?(?: suites?| cases?| runs?| modules?| files?)?|suite|pytest|unittest)"
)
_WHERE = (
    r"(?: (?:in|for|of|under|from|around) (?:the |this |that |our )?[\w./:-]+(?: (?:module|package|file|class|parser))?"
    r"| (?:that )?(?:i|we) (?:added|wrote|changed|updated)| \(\d+\)| i've added)?"
)
_ADVERB = (
    r"(?: (?:now|again|still|all|do|also|both|currently|already|successfully|locally|cleanly|fully|indeed|have|has"
    r"|had|continue to|continues to|consistently|fine|therefore|thus|both|each))*"
)
_AFTER = (
    r"(?=\s*(?:\Z|[.,;:!?)\u2014\u2013\u2705\u2714-])"
    r"|\s(?:now|again|both|locally|with|without|on|in|under|after|before|and|successfully|cleanly|at|here|too|but|so"
    r"|since|because|including|ok|consistently|across|against|using|via|every|for|everywhere|as expected|as before"
    r"|when (?:run|executed|i|we)|both|with no)\b)"
)
_BE = r"(?: (?:is|are|was|were|stays?|stayed|remains?|remained|comes? back|came back|went|goes|go|turns?|turned|looks?|be))"
_GOOD = r"(?: (?:all|now|still|again|fully|completely|happily))* (?:green|passing|successful|clean|ok|okay|fine|happy)\b"
_TICK = "[\u2705\u2714\u2611\U0001f7e2]"
_DONE = r"(?:ran|re-?ran|executed|tested|retested|smoke-?tested|benchmarked|profiled|timed|reproduced|verified|validated)"
_WHO = r"\b(?:i|we|i've|we've)(?: (?:have|also|then|just|successfully|manually|locally|have also|both|already|even))*"
_TOOL = (
    r"\b(?:mypy|ruff|flake8|pylint|black|bandit|pyright|isort|eslint|semgrep|codeql|pip-audit|pre-commit|tox|nox"
    r"|lint(?:er|ers|ing|s)?(?: checks?)?|type[- ]?check(?:s|er|ing)?|static analysis|(?:the |our )ci|ci(?: checks?)?"
    r"|(?:the |our )(?:build|pipeline|workflow)|builds?|security scan(?:ner)?s?|all (?:the )?checks|make (?:tests?|check|lint|ci|all|build|typecheck))"
)
_COMMAND = (
    r"pytest|unittest|ruff|mypy|pyright|black|isort|flake8|pylint|bandit|tox|nox|make (?:tests?|check|lint|ci|all|build|typecheck)|actionlint|pre-commit|ci"
    r"|git diff --check"
)
_ARGUMENTS = r"(?: (?:--?[\w=-]+|[\w-]*[./][\w./:*-]*|check|run|format|tests?|all)){0,10}"
_AND = r"(?:(?:,| and|, and) [\w-]+| --?[\w=-]+){0,4}"
_NONE = r"(?:no|zero|0|without(?: any)?)(?: (?:new|more|other|further|single))*"
_ISSUES = r"(?:errors?|issues?|problems?|warnings?|findings?|complaints?|vulnerabilit(?:y|ies)|violations?)"
_CODE_0 = r"(?:exit|return)(?: code| status)?(?: (?:is|was|of))?[ :=]+0(?![\w%]|\.\d)"
_EXIT_0 = (
    rf"(?:(?: (?:and|then|it))* (?:exits?|exited|returns?|returned|ends?|ended)(?: (?:with|a|an|exit|return|code|status|of))*"
    rf" 0(?![\w%]|\.\d)|(?: ?(?:[:=(,\u2192\u2013\u2014]|->| -)| (?:with|has|had|gives?|gave))+ ?{_CODE_0})"
    r"(?! (?:when|if|even|unless|only)\b)"
)
_TIMES = r"(?:\d+(?:\.\d+)?|two|three|four|five|ten|twice|several)(?: ?(?:x|\u00d7|times|%|percent|-?fold))?"
_DURATION = (
    r"~?\d+(?:\.\d+)? ?(?:ms|\u00b5s|us|ns|s|secs?|seconds?|milliseconds?|microseconds?|minutes?)\b"
)


def _row(kind: ClaimKind, pattern: str, example: str) -> ClaimPattern:
    return ClaimPattern(kind, re.compile(pattern), example)


PATTERNS: tuple[ClaimPattern, ...] = (
    _row(
        ClaimKind.TESTS,
        rf"\b{_SUBJECT}{_WHERE}{_ADVERB} (?:pass|passes|passed|succeeds?|succeeded|run clean|runs clean){_AFTER}",
        "All 42 tests pass.",
    ),
    _row(ClaimKind.TESTS, rf"\b{_SUBJECT}{_WHERE}{_ADVERB}{_BE}{_GOOD}", "The suite is green."),
    _row(
        ClaimKind.TESTS,
        rf"\b{_SUBJECT}{_WHERE}{_ADVERB} (?:completes?|completed|runs?|ran|finish(?:es|ed)?|exits?|exited)"
        r" (?:successfully|cleanly|without|with (?:no|zero|0|exit code|status))",
        "The test suite completes without errors.",
    ),
    _row(
        ClaimKind.TESTS,
        r"\b(?<!\d\.)(?:all|(?:all )?\d+(?: ?(?:of|out of|/) ?\d+)?)(?: of them|(?: [\w-]+){0,2} (?:tests?|checks|cases|specs))?"
        r" (?:(?:passed|passing)\b|green(?=\s*(?:\Z|[.,;!)])))|\bpassed: ?\d+|\b\d+ ?% of (?:the |all )?tests (?:pass|passed)\b",
        "42 passed.",
    ),
    _row(ClaimKind.TESTS, r"\b\d+ ?/ ?\d+ tests\b", "42/42 tests."),
    _row(ClaimKind.TESTS, rf"\b{_SUBJECT}{_ARGUMENTS}{_ADVERB}{_EXIT_0}", "pytest -q exits 0."),
    _row(
        ClaimKind.TESTS,
        rf"\b{_CODE_0}(?: [\w-]+){{0,2}} (?:from|of|for|by) {_SUBJECT}\b",
        "Exit code 0 from pytest.",
    ),
    _row(
        ClaimKind.TESTS,
        rf"\b{_SUBJECT}(?: (?:are|all))* ok{_AFTER}|\bok ?\(\d+ (?:[\w-]+ )?tests?\b",
        "13 tests OK.",
    ),
    _row(
        ClaimKind.TESTS,
        r"\bpass(?:ing)? rate(?: (?:is|was|of|at|now|stands))*[ :=]+\d+(?:\.\d+)? ?(?:%|percent)",
        "Pass rate: 100 %.",
    ),
    _row(
        ClaimKind.TOOL,
        rf"\b(?!pytest|unittest)(?:{_COMMAND}){_ARGUMENTS}{_ADVERB}{_EXIT_0}",
        "`mypy --strict` exits 0.",
    ),
    _row(
        ClaimKind.RUN,
        r"\btested (?:ok|okay|fine|good)\b|\b(?:confirmed|verified|tested)(?: to be| as| and)* (?:working|to work)\b"
        r"(?! (?:directory|folder|copy|tree|hours?|days?|set|group|example)\b)",
        "Confirmed working.",
    ),
    _row(
        ClaimKind.COVERAGE,
        r"(?<!required )(?<!minimum )(?<!target )\b(?:(?:line|branch|statement|test|code) )?coverage(?: (?:now|currently))*"
        r" (?:stands|sits|is|was|remains|lies|comes in)(?: now)? at \d+",
        "Line coverage stands at 97.",
    ),
    _row(
        ClaimKind.TESTS,
        r"\b(?:no|zero|0|without(?: any)?) (?:test |tests |new )*(?:failures?|failed|failing tests?|regressions?)\b",
        "There were no failures.",
    ),
    _row(
        ClaimKind.TESTS,
        rf"\b{_SUBJECT}(?: (?:status|results?))? ?(?::|=|->|\u2192|\u2013|\u2014| -) ?(?:all )?"
        rf"(?:{_TICK}|pass(?:ed|ing)?\b|green\b|ok\b|success|\d+)",
        "Tests: passing.",
    ),
    _row(ClaimKind.TESTS, rf"{_TICK} ?{_SUBJECT}\b|\btests? ?{_TICK}", "\u2705 Unit tests"),
    _row(
        ClaimKind.TESTS,
        r"\b\d+ (?:unit |integration )?(?:tests?|test cases) (?:fail|fails|failed|failing|are failing)\b"
        r"|\b\d+ failed(?=\s*(?:\Z|[.,;)]))",
        "2 tests failed.",
    ),
    _row(
        ClaimKind.TESTS,
        r"\btests? (?:confirm|confirms|prove|proves|proved|confirmed|demonstrate|demonstrates) (?:that|it|this|the)\b",
        "The tests confirm that it works.",
    ),
    _row(
        ClaimKind.TESTS,
        r"\b(?:pass|passes|passed) (?:(?:all|every|the|of|full|complete|entire|existing|new|our|\d+) )+"
        r"(?:unit |integration |regression |test )?(?:tests?|suite|checks)\b",
        "It passes all tests.",
    ),
    _row(
        ClaimKind.TESTS,
        rf"(?:\b\w+\.py(?:::[\w\[\]-]+)+|\btest_\w+){_ADVERB} (?:pass|passes|passed|succeeds?){_AFTER}",
        "`test_retry` now passes.",
    ),
    _row(
        ClaimKind.TESTS,
        r"\b(?:no|none of the|none of these) tests? (?:fail|fails|failed|break|breaks|broke)\b"
        r"|\beverything (?:is |now |still )*(?:pass(?:es|ed)?|green)\b|\ball (?:is )?green(?=\s*(?:\Z|[.,;!)]))",
        "None of the tests fail.",
    ),
    _row(
        ClaimKind.TOOL,
        rf"\b(?:{_COMMAND}){_ARGUMENTS} ?(?:(?:[:=\u2014\u2013]| -) ?(?:all )?(?:{_TICK}|pass(?:ed|es)?\b|ok\b|clean\b"
        rf"|green\b|success|{_NONE} {_ISSUES})|{_TICK}"
        rf"|(?<= )(?:pass|passes|passed|clean|ok|succeeds|succeeded){_AFTER})",
        "`uv run ruff check src/a.py`: passed",
    ),
    _row(
        ClaimKind.TOOL,
        r"\b(?:generates?|introduces?|adds?|causes?|produces?) no (?:new |further )*(?:warnings?|errors?|regressions?)\b",
        "My changes generate no new warnings.",
    ),
    _row(
        ClaimKind.RUN,
        r"\b(?:i|we) (?:(?:was|were) able to|could|can) (?:reproduce|confirm|verify)\b"
        r"|\b(?:in|during|from) (?:my|our) (?:own |local |manual )*(?:testing|tests|test runs?)\b"
        r"|\b(?:manual|local) (?:testing|tests|verification) (?:was |were )?(?:done|performed|completed)\b"
        r"|\b(?:load|battle|stress|smoke|fuzz)-tested\b",
        "In my testing it works.",
    ),
    _row(
        ClaimKind.RUN,
        rf"{_WHO} {_DONE}\b|\b(?:i|we)(?:'ve| have)(?: also| just| then| already)* run\b",
        "I ran pytest on my machine.",
    ),
    _row(
        ClaimKind.RUN,
        rf"{_WHO} (?:checked|confirmed|measured|double-?checked|tried)"
        r" (?:that|it|this|by running|locally|manually|the (?:fix|change|patch|result))\b",
        "We confirmed that the upload works.",
    ),
    _row(
        ClaimKind.RUN,
        r"\A(?:(?:also|then|successfully|manually|locally|finally|both) )*(?:ran|re-?ran|executed) \w",
        "Ran the full suite.",
    ),
    _row(
        ClaimKind.RUN,
        r"\A(?:(?:also|then|successfully|manually|locally|thoroughly) )*(?:tested|verified|confirmed|validated"
        r"|benchmarked|reproduced|smoke-?tested|double-?checked)"
        r"(?: (?:that|with|locally|manually|on|in|against|using|via|the|it|all|both|this|end|it's|by (?:running|hand|"
        r"calling|using|starting))\b|\s*[.:!,]|\s*\Z)",
        "Verified that retries work.",
    ),
    _row(
        ClaimKind.RUN,
        r"\b(?:verified|tested|checked|confirmed|validated|reproduced|exercised|ran)(?: [\w.-]+){0,3}"
        r" (?:locally|manually|by hand|on my machine|in my environment|by running|in production|in staging)\b"
        r"|\b(?:works?|worked)(?: [\w.-]+){0,3} (?:locally|on my machine|in my environment)\b",
        "The fix was verified locally.",
    ),
    _row(
        ClaimKind.RUN,
        r"\b(?:manually|locally|thoroughly|extensively|fully|successfully|carefully)[ -]"
        r"(?:tested|verified|checked|validated|confirmed|exercised|run|ran|executed)\b",
        "Everything was thoroughly tested.",
    ),
    _row(
        ClaimKind.RUN,
        r"\b(?:change|fix|patch|it|this|everything|behaviou?r|feature|implementation|solution|code)"
        r" (?:was|were|has been|have been|is)(?: (?:also|now|all))* (?:tested|verified|validated|benchmarked"
        r"|confirmed(?: to)?)\b(?! by (?!me\b|us\b|hand\b|running\b))",
        "This change has been tested.",
    ),
    _row(
        ClaimKind.RUN,
        rf"\b{_SUBJECT} (?:was|were|has been|have been|got)(?: (?:also|all|then|both|successfully))*"
        r" (?:run|re-?run|executed)\b",
        "The test suite was run.",
    ),
    _row(
        ClaimKind.RUN,
        r"\b(?:after|when|by)? ?(?:re-?)?(?:running|executing) (?:(?!will|would|may|should|can|could)[\w./:'-]+ ){1,6}?(?:shows?|showed|gives?|gave|confirms?"
        r"|confirmed|reports?|reported|yields?|succeeds?|succeeded|passes|passed|completes?)\b",
        "Running pytest shows that it works.",
    ),
    _row(
        ClaimKind.RUN,
        r"\b(?:test runs?|test results?|test output|pytest(?: output)?|manual testing|local testing|the output)"
        r" (?:shows?|showed|confirms?|confirmed|proves?|proved|reports?|reported|indicates?|demonstrates?)\b",
        "The test output confirms it.",
    ),
    _row(
        ClaimKind.TOOL,
        rf"{_TOOL}{_AND}{_ADVERB}(?:{_BE}{_GOOD}| (?:pass|passes|passed|succeeds?|succeeded|clean|cleanly|green){_AFTER})",
        "Ruff and mypy pass.",
    ),
    _row(
        ClaimKind.TOOL,
        rf"{_TOOL}{_AND}(?: (?:now|also|still|run|runs|all))*"
        r" (?:reports?|reported|finds?|found|shows?|showed|raises?|raised|gives?|gave|complete[sd]?|exits?|says?|said"
        rf"|produced|produces?)(?: with)? (?:{_NONE}(?: [\w-]+)? {_ISSUES}|nothing|success|no complaints)",
        "Bandit reports no issues.",
    ),
    _row(
        ClaimKind.TOOL,
        rf"\b{_NONE} (?:lint(?:er|ing)?|type|typing|mypy|ruff|bandit|security|style|compiler|static analysis)"
        rf" {_ISSUES}\b|\b{_NONE} vulnerabilities(?: were)? (?:found|detected|reported)\b",
        "There are no lint errors.",
    ),
    _row(
        ClaimKind.TOOL,
        r"\b(?:compiles?|compiled|lints?|type-?checks?|builds?|built) (?:cleanly|clean|successfully|fine"
        r"|without (?:any )?(?:errors|warnings|issues))\b",
        "The package compiles without errors.",
    ),
    _row(
        ClaimKind.COVERAGE,
        r"(?<!required )(?<!minimum )(?<!target )\bcoverage\b(?:(?! (?:below|under|threshold|minimum|target|gate|limit|required))[ :=(~]+[\w%.()-]*){0,7}?"
        r"[ :=(~]\d+(?:\.\d+)? ?(?:%|percent)",
        "Coverage is 95 %.",
    ),
    _row(
        ClaimKind.COVERAGE,
        r"\b\d+(?:\.\d+)? ?(?:%|percent)(?: [\w-]+){0,3} (?:coverage|covered)\b"
        r"(?! (?:threshold|target|gate|minimum|requirement|limit))",
        "The module has 95% coverage.",
    ),
    _row(
        ClaimKind.COVERAGE,
        r"\b(?:has|have|gives?|reach(?:es|ed)?|provides?|with|at|now|:) (?:full|complete) (?:test |code |line |branch )*coverage\b|\bfully covered\b"
        r"|\b(?:every|all)(?: [\w-]+){0,2} (?:lines?|branch(?:es)?|paths?) (?:is|are) (?:now )?(?:fully )?covered\b",
        "Every new line is covered.",
    ),
    _row(
        ClaimKind.SPEED,
        r"\b(?:benchmarks?|measurements?|profiling|timings?|profiler)(?: (?:runs?|results?|numbers?|on|in|of|with|the"
        r"|my|our|laptop|machine))* (?:shows?|showed|confirms?|confirmed|proves?|proved|indicates?|reports?|reveals?"
        r"|revealed|says?|demonstrates?|suggests?)\b",
        "Benchmarks show a clear gain.",
    ),
    _row(
        ClaimKind.SPEED,
        rf"\b{_TIMES} (?:faster|slower|quicker|less (?:memory|time)|as fast|speed-?up|improvement)\b"
        rf"|\b(?:faster|slower|quicker|speed-?up|speeds? \w+ up|sped \w+ up) (?:by|of) (?:about |roughly |a factor of )*{_TIMES}",
        "Lookups are 3x faster.",
    ),
    _row(
        ClaimKind.SPEED,
        r"\b(?:dropp?e?d?s?|reduce[sd]?|cuts?|improve[sd]?|goes|went|falls?|fell|faster|runtime|latency|time)"
        rf"(?: [\w-]+){{0,4}} from {_DURATION} to {_DURATION}",
        "The latency drops from 120 ms to 8 ms.",
    ),
    _row(
        ClaimKind.SPEED,
        r"\b(?:reduce[sd]?|cuts?|lowers?|lowered|improve[sd]?)(?: [\w-]+){0,3} (?:runtime|run time|time|latency|memory"
        r"|throughput|performance|speed)(?: [\w-]+){0,3} by (?:about |roughly |~)?\d",
        "It cuts the runtime by 30 %.",
    ),
    _row(
        ClaimKind.SCORE,
        r"\b(?:quality|overall|security|coverage|documentation|performance|code quality)(?: score)?(?: (?:is|of|are|was"
        r"|now|at|reaches|scores))*[ :=]+\d+(?:\.\d+)? ?(?:/|of|out of) ?100\b"
        r"|\b(?:quality|overall|security|coverage|documentation|performance) scores?(?: (?:is|of|are|was|now|at|reaches"
        r"|all))*[ :=]+\d+(?:\.\d+)?",
        "The security score is 100.",
    ),
)

_TRANSCRIPTS = tuple(
    re.compile(pattern, re.MULTILINE | re.IGNORECASE)
    for pattern in (
        r"^[^\S\n]*=*[^\S\n]*(?:\d+ \w+, )*\d+ passed\b",
        r"^[^\S\n]*collected \d+ items?\b",
        r"^[^\S\n]*ran \d+ tests? in \d",
        r"^[^\S\n]*total(?:[^\S\n]+\d+){2,4}[^\S\n]+\d+(?:\.\d+)?%",
        r"^[^\S\n]*success: no issues found\b",
        r"^[^\S\n]*all checks passed!",
        r"::\w+(?:\[[^\]\n]{0,80}\])? passed\b",
    )
)
