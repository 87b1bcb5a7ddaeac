import ast

import pytest

from ccg.source import Source
from quality.type_checking import TypeChecking


def guards(text: str) -> list[bool]:
    source = Source("a.py", text, ast.parse(text))
    checking = TypeChecking(source)
    asked = [node for node in source.nodes if isinstance(node, ast.If)]
    return [checking.guards(node) for node in asked][-1:]


@pytest.mark.parametrize(
    "text",
    [
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING: pass\n",
        "from typing import *\nif TYPE_CHECKING: pass\n",
        "import typing as t\ndef f(t):\n  t = 1\n  for t in []: pass\nif t.TYPE_CHECKING: pass\n",
        "import typing as t\nfor x in [t for t in 'a']: pass\nif t.TYPE_CHECKING: pass\n",
        "TYPE_CHECKING = False\nif TYPE_CHECKING: pass\n",
        "try:\n  from typing_extensions import TYPE_CHECKING\nexcept ImportError:\n"
        "  TYPE_CHECKING: bool = False\nif TYPE_CHECKING: pass\n",
    ],
)
def test_guards__by_the_name_that_typing_gives(text: str) -> None:
    assert guards(text) == [True]


@pytest.mark.parametrize(
    "text",
    [
        "TYPE_CHECKING = True\n",
        "TYPE_CHECKING = False\nTYPE_CHECKING = 1\n",
        "from typing import TYPE_CHECKING\nprint(TYPE_CHECKING := True)\n",
        "from typing import TYPE_CHECKING\nfor TYPE_CHECKING in [1]: pass\n",
        "from typing import TYPE_CHECKING\n(TYPE_CHECKING, x) = 1, 2\n",
        "from typing import TYPE_CHECKING\nclass TYPE_CHECKING: pass\n",
        "from typing import TYPE_CHECKING\nfrom shop.flags import TYPE_CHECKING\n",
        "from typing import TYPE_CHECKING\nimport shop as TYPE_CHECKING\n",
        "from typing import TYPE_CHECKING\ndef f(TYPE_CHECKING): pass\n",
        "",
    ],
)
def test_guards__no_name_that_the_module_makes(text: str) -> None:
    assert guards(f"{text}if TYPE_CHECKING: pass\n") == [False]


@pytest.mark.parametrize(
    "text",
    [
        "import typing\ntyping.TYPE_CHECKING = True\n",
        "import typing\nclass typing: pass\n",
        "import typing\nif 1:\n  typing = 1\n",
    ],
)
def test_guards__no_other_typing(text: str) -> None:
    assert guards(f"{text}if typing.TYPE_CHECKING: pass\n") == [False]
