"""Which files hold tests, by their paths; no I/O."""

from ccg.model import Node, NodeType

_FOLDERS = frozenset({"test", "tests", "testing"})


def is_test_path(path: str) -> bool:
    """Tell whether a file is one of tests or helps them: by its name or by a folder's."""
    *folders, name = path.split("/")
    is_named = name.startswith("test_") or name.endswith("_test.py")  # as pytest collects them
    return is_named or name in {"conftest.py", "tests.py"} or not _FOLDERS.isdisjoint(folders)


def is_test(node: Node) -> bool:
    """Tell whether a node is a test that a runner would call: a `test...` function in such a file."""
    is_named = node.type is NodeType.FUNCTION and node.name.startswith("test")
    return is_named and is_test_path(node.path)
