"""The scopes that are being lowered, and the values of names along the flow of control; no I/O."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ccg.syntax.facts import UnitKind

Place = tuple[int, str, object]
"""A place in the heap: (value of the base, "." or "[", attribute or key)."""
Key = str | Place
"""A name or a place."""

_FUNCTIONS = frozenset({UnitKind.FUNCTION, UnitKind.LAMBDA})


@dataclass(slots=True)
class State:
    """What holds at one point of the code."""

    values: dict[Key, int] = field(default_factory=dict)
    """By name and place, in the order in which they got to be known."""
    places: list[Place] = field(default_factory=list)
    """The keys that are places."""

    def copy(self) -> "State":
        """Return a state that goes on apart."""
        return State(self.values.copy(), self.places.copy())

    def learn(self, place: Place, value: int) -> None:
        """Set what stands at a place that was not known."""
        self.values[place] = value
        self.places.append(place)

    def know(self, place: Place, value: int) -> None:
        """Set what stands at a place."""
        if place not in self.values:
            self.places.append(place)
        self.values[place] = value

    def forget(self) -> None:
        """Drop what is known of the heap."""
        if self.places:
            values = self.values
            for place in self.places:
                del values[place]
            self.places = []

    def forget_name(self, kind: str, name: object) -> None:
        """Drop what is known of this attribute, or this key, of anything."""
        gone = [place for place in self.places if place[1] == kind and place[2] == name]
        for place in gone:
            self.places.remove(place)
            del self.values[place]

    def forget_since(self, later: "State") -> None:
        """Drop the places that are not known later on any more."""
        gone = [place for place in self.places if place not in later.values]
        for place in gone:
            self.places.remove(place)
            del self.values[place]


@dataclass(slots=True)
class Scope:
    """A unit that is being lowered."""

    unit: int
    kind: int
    parent: "Scope | None"
    may_bind_in_expressions: bool = True
    """False where its code is certain to hold no `:=`."""
    is_function: bool = field(init=False)
    """Whether its variables live in its own activation."""
    names: set[str] = field(default_factory=set)
    """Of a function: what it binds."""
    globals: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)
    state: State = field(default_factory=State)
    is_dead: bool = False
    """What follows is not reached."""
    outside: dict[str, int] = field(default_factory=dict)
    """The values of names from outside, one for each name."""
    receiver: int = -1
    """Of a method: the value of its first parameter."""
    loops: list["Loop"] = field(default_factory=list)
    trackers: list[dict[str, list[int]]] = field(default_factory=list)
    """For each `try` around: all values that names get in its body."""

    def __post_init__(self) -> None:
        self.is_function = self.kind in _FUNCTIONS


@dataclass(slots=True)
class Loop:
    """The states that leave a loop's body early."""

    breaks: list[State] = field(default_factory=list)
    continues: list[State] = field(default_factory=list)


def merge(states: list[State], phi: Callable[[list[int]], int]) -> State:
    """Return what holds after any of the states; places in the heap only where all know them."""
    if len(states) == 1:
        return states[0]
    if len(states) == 2:
        values = _merge_two(states[0].values, states[1].values, phi)
    else:
        values = _merge_all([state.values for state in states], phi)
    return State(values, [key for key in values if not isinstance(key, str)])


def _merge_two(
    first: dict[Key, int], second: dict[Key, int], phi: Callable[[list[int]], int]
) -> dict[Key, int]:
    merged: dict[Key, int] = {}
    for key, value in first.items():
        other = second.get(key)
        if other == value:
            merged[key] = value
        elif other is not None:
            merged[key] = phi([value, other])
        elif type(key) is str:
            merged[key] = value
    for key, value in second.items():
        if key not in merged and type(key) is str:
            merged[key] = value
    return merged


def _merge_all(states: list[dict[Key, int]], phi: Callable[[list[int]], int]) -> dict[Key, int]:
    merged: dict[Key, int] = {}
    keys = dict.fromkeys(key for state in states for key in state)
    for key in keys:
        values = [state[key] for state in states if key in state]
        if len(values) == len(states) or type(key) is str:
            merged[key] = phi(values)
    return merged
