"""Which of ruff's rules count, how much, and what to do about each; no I/O.

A rule is here when what it names is a defect or a cost, whatever the project's style is. Rules of
style (`SIM108`, `RET505`, `C408`), rules that guess at intent (`B904`, `B905`, `RET503`), rules that
well-kept projects show to be wrong as a rule (`B018`, `SIM115`, `PLE0704`) and those that bandit has
(`S`) are not. Where they are wrong now and then the confidence is lower, and a comment says why.
"""

from dataclasses import dataclass
from hashlib import sha256

from p2a.domain import Dimension
from quality.finding import Confidence, Severity

_LOW, _MEDIUM, _HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH


@dataclass(frozen=True, slots=True)
class Rule:
    """How a finding of the rule is graded; `hint` empty means that ruff's own is used."""

    severity: Severity
    confidence: Confidence
    hint: str = ""
    dimension: Dimension = Dimension.CODE_QUALITY


def _sure(severity: Severity, hints: dict[str, str]) -> dict[str, Rule]:
    return {code: Rule(severity, Confidence.HIGH, hint) for code, hint in hints.items()}


def _likely(severity: Severity, hints: dict[str, str]) -> dict[str, Rule]:
    return {code: Rule(severity, Confidence.MEDIUM, hint) for code, hint in hints.items()}


def _cost(severity: Severity, confidence: Confidence, hints: dict[str, str]) -> dict[str, Rule]:
    return {
        code: Rule(severity, confidence, hint, Dimension.PERFORMANCE)
        for code, hint in hints.items()
    }


_MOVE_IN = "Move it into a function."
_MOVE_ASYNC = "Make the function around it `async def`."
_FORMAT = "Give the format string and its arguments the same fields."
_RETURN_TYPE = "Return a value of the type that Python asks for."
_AWAIT_INSTEAD = "Await an asynchronous call, or hand this one to a thread."

# Python refuses to compile the file, or the line raises whenever it is reached.
_BREAKS = _sure(
    _HIGH,
    {
        "F404": "Move the `__future__` import to the top of the file.",
        "F406": "Move the star import to the top of the file.",
        "F407": "Remove the import: there is no such feature.",
        "F501": _FORMAT,
        "F502": _FORMAT,
        "F503": _FORMAT,
        "F505": _FORMAT,
        "F506": _FORMAT,
        "F507": _FORMAT,
        "F508": _FORMAT,
        "F509": "Use a format character that Python knows.",
        "F521": "Correct the format string.",
        "F524": _FORMAT,
        "F525": "Number all fields of the format string, or none.",
        "F621": "Unpack into fewer names.",
        "F622": "Star one name only.",
        "F633": "Call `print` as a function.",
        "F701": "Put the `break` into a loop, or remove it.",
        "F702": "Put the `continue` into a loop, or remove it.",
        "F704": _MOVE_IN,
        "F706": _MOVE_IN,
        "F707": "Make the bare `except` the last one.",
        "F821": "Define or import the name, or correct its spelling.",
        "F823": "Assign the name before it is read, or give the local one another name.",
        "B016": "Raise an exception.",
        "PLE0100": "Remove the `yield`: `__init__` cannot be a generator.",
        "PLE0101": "Return nothing from `__init__`.",
        "PLE0115": "Declare the name once, as global or as nonlocal.",
        "PLE0117": "Bind the name in a function around this one.",
        "PLE0118": "Move the `global` statement above the first use.",
        "PLE0237": "Add the name to `__slots__`.",
        "PLE0241": "Name each base class once.",
        "PLE0643": "Use an index that is within the value.",
        "PLE1132": "Pass each keyword argument once.",
        "PLE1142": _MOVE_ASYNC,
        "PLE1300": "Use a format character that Python knows.",
        "PLE1307": "Pass a value of the type that the format asks for.",
        "PLE1507": "Name the environment variable with a string.",
        "PLE1700": "Use `async for` with `yield`.",
        "PLW0245": "Write `super()` with parentheses.",
        "PLW1501": "Use a mode that `open` knows.",
        "RUF008": "Use `field(default_factory=...)`.",
        "RUF016": "Use an index of a type that the value takes.",
    },
)

# It runs and does something else than it says.
_WRONG = _sure(
    _MEDIUM,
    {
        "E722": "Name the exceptions that are meant; `except Exception` at the least.",
        "F402": "Give the loop variable another name than the import.",
        "F601": "Keep one entry for the key.",
        "F602": "Keep one entry for the key.",
        "F631": "Remove the parentheses: a tuple is always true.",
        "F632": "Compare with `==`.",
        "F634": "Remove the parentheses: a tuple is always true.",
        "F901": "Raise `NotImplementedError`.",
        "B002": "Write `x += 1`: `++x` changes nothing.",
        "B003": "Change the entries of `os.environ`: a new mapping does not reach child processes.",
        "B006": "Default to `None` and make a new object in the function.",
        "B008": "Default to `None` and call it in the function: this runs once, at the definition.",
        "B012": "Leave the `finally` block by its end: this drops the exception on its way.",
        "B015": "Assert or use the comparison, or remove it.",
        "B022": "Name the exceptions to suppress.",
        "B025": "Handle each exception once: the second handler is never reached.",
        "B029": "Name the exceptions: an empty tuple catches none.",
        "B030": "Name exception classes only.",
        "B032": "Write `=` to assign.",
        "B035": "Use a key that changes with the loop.",
        "B039": "Default to `None` and make a new object where it is read.",
        "PLE0604": "Name the exports with strings.",
        "PLE1205": "Give the message as many placeholders as arguments.",
        "PLE1206": "Give the message as many arguments as placeholders.",
        "PLW0128": "Give each target another name.",
        "PLW0129": "Assert a condition: a string that is not empty is always true.",
        "PLW0133": "Raise the exception.",
        "PLW0177": "Use `math.isnan`: nothing equals NaN.",
        "PLW0711": "Write a tuple of exceptions: this catches one of them only.",
        "PLW1507": "Use `os.environ.copy()`: this copy changes the environment itself.",
        "PLW2101": "Share one lock: a lock made here excludes nobody.",
        "SIM107": "Return once, after the `finally` block.",
        "SIM220": "Correct the condition: it is always false.",
        "SIM221": "Correct the condition: it is always true.",
        "SIM222": "Correct the condition: it is always true.",
        "SIM223": "Correct the condition: it is always false.",
        "RUF018": "Assign before the assertion: `python -O` drops both.",
        "RUF024": "Use a comprehension: all keys share this one object.",
        "RUF026": "Pass the factory as the first argument.",
        "RUF033": "Give the default to the field.",
    },
)

# The same, but there are uses in which it is meant so.
_DOUBTFUL = _likely(
    _MEDIUM,
    {
        "F522": _FORMAT,
        "F523": _FORMAT,
        # A module may make names while it is loaded.
        "F822": "Define the name, or remove it from `__all__`.",
        "F811": "Remove or rename one of them: only the last one is ever used.",
        "B005": "Use `removeprefix` or `removesuffix`: `strip` takes a set of characters.",
        "B031": "Keep the group as a list: it can be read once only.",
        # SQLAlchemy's cache key answers None to be unhashable.
        "PLE0302": "Give the method the parameters that Python calls it with.",
        "PLE0303": _RETURN_TYPE,
        "PLE0304": _RETURN_TYPE,
        "PLE0305": _RETURN_TYPE,
        "PLE0307": _RETURN_TYPE,
        "PLE0308": _RETURN_TYPE,
        "PLE0309": _RETURN_TYPE,
        "PLE1310": "Name each character once, or use `removeprefix` or `removesuffix`.",
        "PLE1519": "Use `functools.singledispatchmethod`.",
        "PLE1520": "Use `functools.singledispatch`.",
        "RUF006": "Keep a reference to the task: one that nobody holds may vanish.",
        "RUF064": "Write the permissions in octal, as `0o644`.",
    },
)

# Left behind, or worth a second look.
_LEFTOVER = {
    **_sure(
        _LOW,
        {
            "F504": _FORMAT,
            "F841": "",
            "F842": "",
            "B014": "",
            "B021": "Use a plain string: an f-string is no docstring.",
            "B033": "",
            "RUF034": "",
        },
    ),
    **_likely(
        _LOW,
        {
            # Others may import the name from here, or loading the module may be what is wanted.
            "F401": "",
            "F403": "Import the names that are used.",
            "F541": "",
            # Django normalises a value and its parts under one name.
            "B020": "Give the loop variable another name.",
            "B034": "Pass `count` and `flags` by their names.",
        },
    ),
    # Rich calls the function within the same turn of the loop.
    "B023": Rule(
        _LOW, Confidence.LOW, "Bind the loop variable with a default argument of the function."
    ),
}

_COSTS = {
    # The whole event loop waits.
    **_cost(
        _MEDIUM,
        Confidence.HIGH,
        {
            "ASYNC210": _AWAIT_INSTEAD,
            "ASYNC212": _AWAIT_INSTEAD,
            "ASYNC220": _AWAIT_INSTEAD,
            "ASYNC221": _AWAIT_INSTEAD,
            "ASYNC222": _AWAIT_INSTEAD,
            "ASYNC230": _AWAIT_INSTEAD,
            "ASYNC250": _AWAIT_INSTEAD,
            "ASYNC251": "Await `asyncio.sleep`.",
        },
    ),
    **_cost(
        _LOW,
        Confidence.MEDIUM,
        {
            "ASYNC110": "Wait for an event.",
            "ASYNC240": _AWAIT_INSTEAD,
            "C414": "",
            "PERF101": "",
            # Werkzeug's own `values` is written with its `items`.
            "PERF102": "",
            "RUF017": "Use `itertools.chain.from_iterable`: this copies the list at every step.",
        },
    ),
    # Little, unless it is done often. `all([...])` may be meant to evaluate everything, and a cache
    # of few objects that live long to hold them.
    **_cost(
        _LOW,
        Confidence.LOW,
        {
            "B019": "Keep the cache on the instance: this one keeps every instance alive.",
            "C413": "",
            "C419": "",
            "PERF401": "Use a list comprehension or `list.extend`.",
            "PERF402": "Use `list` or `list.copy`.",
            "PERF403": "Use a dict comprehension.",
            "RUF015": "Use `next(iter(...))`.",
        },
    ),
}

INVALID_SYNTAX = "invalid-syntax"
"""What ruff gives instead of a code for what it cannot read or Python does not compile."""
SYNTAX = Rule(
    _HIGH, Confidence.MEDIUM, "Correct the statement: Python does not compile the file with it."
)
"""The file was parsed before, so that a rule beyond the grammar is broken."""
SYNTAX_ERROR = "syntax-error"
"""Our own name for a file that was not parsed before, and that ruff cannot read either."""
BROKEN = Rule(_HIGH, Confidence.HIGH, "Correct the syntax: nothing in the file can be imported.")
RULES: dict[str, Rule] = {**_BREAKS, **_WRONG, **_DOUBTFUL, **_LEFTOVER, **_COSTS}
"""By ruff's code; no other rule of ruff is asked."""

RULES_DIGEST = sha256(repr((sorted(RULES.items()), SYNTAX, BROKEN)).encode("utf-8")).hexdigest()[
    :12
]
"""Differs where the choice or the grade of a rule does."""
