"""Reading a folder: tests apart, links not followed, what cannot be read is told."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ccg.cache import FactCache, blob_hash
from ccg.context.checkout import Checkout, is_test, read_checkout, read_text
from ccg.errors import NothingToRead

WriteTree = Callable[[Mapping[str, str | bytes]], Path]


def read(root: Path, named: str = "", jobs: int = 1) -> Checkout:
    return read_checkout(root, FactCache(None), named=named, jobs=jobs)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/a.py", True),
        ("pkg/test/a.py", True),
        ("pkg/test_a.py", True),
        ("pkg/a_test.py", True),
        ("conftest.py", True),
        ("pkg/attest.py", False),
        ("pkg/latest/testament.py", False),
    ],
)
def test_is_test__by_the_names(path: str, expected: bool) -> None:  # noqa: FBT001
    assert is_test(path) is expected


def test_checkout__leaves_tests_out_unless_they_are_named(shop: Path) -> None:
    assert "tests/test_cart.py" not in read(shop).index.paths
    assert "tests/test_cart.py" in read(shop, "test_cart.py fails").index.paths


def test_checkout__a_folder_of_tests_is_read_whole(shop: Path) -> None:
    assert read(shop / "tests").index.paths == ["test_cart.py"]


def test_checkout__what_cannot_be_decoded_is_told(write_tree: WriteTree) -> None:
    root = write_tree(
        {
            "a.py": "def f(): pass\n",
            "b.py": b"# coding: no-such\n",
            "c.py": b"\xff\xfe",
            "d.py": b"def g(): pass\0",
        }
    )
    checkout = read(root)
    assert checkout.index.paths == ["a.py"]
    assert [(each.path, each.reason) for each in checkout.left_out] == [
        ("b.py", "cannot be decoded"),
        ("c.py", "cannot be decoded"),
        ("d.py", "cannot be decoded"),
    ]


def test_checkout__no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NothingToRead):
        read(tmp_path / "absent")


def test_checkout__two_processes_find_what_one_finds(write_tree: WriteTree) -> None:
    text = "".join(f"def name_{number}(a): return a\n" for number in range(8000))
    root = write_tree({f"m{number}.py": f"# {number}\n{text}" for number in range(8)})
    assert read(root, jobs=2).index == read(root).index


def test_g03__links_are_not_followed(write_tree: WriteTree, tmp_path: Path) -> None:
    root = write_tree({"a.py": "x = 1\n"})
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET = 1\n", encoding="utf-8")
    (root / "link.py").symlink_to(secret)
    (root / "dangling.py").symlink_to(tmp_path / "absent.py")
    (root / "loop.py").symlink_to("loop.py")
    (root / "folder").symlink_to(tmp_path)
    assert read(root).index.paths == ["a.py"]
    assert read_text(root, "link.py") is None
    assert read_text(root, "folder/secret.py") is None


def test_g08__odd_names_are_read(write_tree: WriteTree) -> None:
    names = ["a\nb.py", "-rf.py", "$(id).py", "<b>.py", "`x`.py", " .py"]
    root = write_tree(dict.fromkeys(names, "def f(): pass\n"))
    with open(os.fsencode(root) + b"/\xff.py", "wb") as file:  # noqa: PTH123 (no Path has this name)
        file.write(b"x = 1\n")
    checkout = read(root)
    assert set(names) <= set(checkout.index.paths)
    assert len(checkout.index.paths) + len(checkout.left_out) == len(names) + 1


def test_g16__a_file_that_is_too_long_is_told(write_tree: WriteTree) -> None:
    root = write_tree({"a.py": "x = 1\n", "long.py": b"x = 1\n" * 400_000})
    checkout = read(root)
    assert checkout.index.paths == ["a.py"]
    assert "longer" in checkout.left_out[0].reason


def test_checkout__a_changed_entry_of_the_cache_is_read_anew(shop: Path, tmp_path: Path) -> None:
    expected = read(shop).index
    content = (shop / "shop/cart.py").read_bytes()
    with FactCache(tmp_path / "facts.sqlite3", analyser="test") as cache:
        cache.put_many({blob_hash(content): b"not facts"})
        assert read_checkout(shop, cache).index == expected
