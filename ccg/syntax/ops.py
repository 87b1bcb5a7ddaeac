"""The operations that a file's code is lowered to: one value each, operands are numbers of values.

A name's assignments make new values and branches are merged by `PHI` (static single assignment, Cytron et
al. 1991), so that a later assignment replaces an earlier one within a body. A negative operand means
"not given", except in argument lists, where `~value` stands for `*value`.
"""

from typing import Final

NONE: Final = 0
"""(): nothing known."""
CONST: Final = 1
"""(type, value): a literal; the value is None where it does not matter, ("prefix", text) for a text
of which only the beginning is known."""
FUNC: Final = 2
"""(unit): a function or lambda is made."""
CLASS: Final = 3
"""(unit): a class is made."""
PARAM: Final = 4
"""(unit, index): what a parameter receives."""
GLOBAL: Final = 5
"""(name): a name of the module, or a builtin."""
FREE: Final = 6
"""(unit, name): a variable of a function around."""
PHI: Final = 7
"""(values): one of several."""
ATTR: Final = 8
"""(value, name): an attribute is read."""
CALL: Final = 9
"""(function, arguments, keywords, how): a call; a keyword is (name or None, value), how one of HOW_*."""
ITEM: Final = 10
"""(value, key): a subscript is read."""
BINARY: Final = 11
"""(method, left, right): an operator by its special method's middle part, `iadd` when in place."""
UNARY: Final = 12
"""(method, value)"""
COMPARE: Final = 13
"""(method, left, right): `eq`, `lt`, ...; `contains` for `in`."""
ITERATE: Final = 14
"""(value, is_async): an element of what is iterated over."""
AWAIT: Final = 15
"""(value)"""
ENTER: Final = 16
"""(value, is_async): what `with value as x` binds; the exit is part of it."""
UNPACK: Final = 17
"""(value, position, is_star): a part of what is unpacked; a position from the end is negative."""
SEQUENCE: Final = 18
"""(type, values): a display; `~value` is spread."""
DICT: Final = 19
"""(pairs): (key, value) each; a key below 0 spreads the value."""
COMPREHENSION: Final = 20
"""(type, key, value): a container of everything that the value may be."""
IMPORT: Final = 21
"""(module): `import module`."""
FROM: Final = 22
"""(level, module, name): `from module import name`."""
CAUGHT: Final = 23
"""(value): an instance of the caught class, or of one in a tuple of classes."""
NARROW: Final = 24
"""(value, classes, is_positive): what passes, or does not pass, `isinstance`."""
CALLABLE: Final = 25
"""(value, is_positive): what passes, or does not pass, `callable`."""
FORMAT: Final = 26
"""(value, conversion): a part of an f-string is made a text."""
YIELD_FROM: Final = 28
"""(value): what the inner generator returns."""
SLICE: Final = 29
"""(value, lower, upper): a part of a sequence; a bound is a number or None."""
SUPER: Final = 30
"""(class unit, value): `super()` in a method whose first parameter is the value."""
STORE_ATTR: Final = 31
"""(base, name, value)"""
DELETE_ATTR: Final = 32
"""(base, name)"""
STORE_ITEM: Final = 33
"""(base, key, value)"""
DELETE_ITEM: Final = 34
"""(base, key)"""
RAISE: Final = 35
"""(value)"""
TRUTH: Final = 36
"""(value): the value is tested."""
DECLARED: Final = 38
"""(annotation): an instance of what the annotation names."""
NOT_NONE: Final = 39
"""(value): the value where it is not None."""

PROMISED: Final = 40
"""(value, annotation): the value, or what the annotation names where nothing is known of it."""

HOW_CALL: Final = 0
HOW_DECORATOR: Final = 1
