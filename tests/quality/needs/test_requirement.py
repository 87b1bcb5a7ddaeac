import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.needs.requirement import MAX_LINES, Lines, included, read_file, read_requirement

OWN_ADDRESS = "has an address of its own"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("git+ssh://git@host/x.git", OWN_ADDRESS),
        ("name @ git+https://host/x.git", OWN_ADDRESS),
        ("name @ file:///etc", OWN_ADDRESS),
        ("https://host/x-1.0-py3-none-any.whl", OWN_ADDRESS),
        ("-e git+https://host/x.git#egg=x", OWN_ADDRESS),
        ("-e ../lib", OWN_ADDRESS),
        ("../lib", "is a path"),
        ("./lib[test]", "is a path"),
        ("/srv/lib", "is a path"),
        ("folder/x.whl", "is a path"),
        ("a b c", "is no requirement"),
        ("fl\u00e4sk", "is no requirement"),
        ("a" * 600, "is no requirement"),
    ],
)
def test_g23__only_names_with_versions_are_requirements(text: str, why: str) -> None:
    assert read_file("r.txt", {"r.txt": text}).requirements == ()
    (clause,) = read_requirement(text).refused
    assert clause.endswith(why)


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://host/simple",
        "-i https://host",
        "--extra-index-url=https://host",
        "--find-links ../wheels",
        "-f https://host",
    ],
)
def test_g23__an_index_that_a_repository_names_is_not_used(line: str) -> None:
    found = read_file("r.txt", {"r.txt": f"{line}\nflask\n"})
    assert found.requirements == ("flask",)
    assert found.refused == ("a package index that the repository names is not used",)


def test_read_file__lines_as_pip_reads_them() -> None:
    text = """\
# a comment
requests[socks] >=2 , <3 \\
    ; python_version > "3.8"  # why
trustme==1.0 --hash=sha256:00 \\
    --hash=sha256:11
--pre
-e .[cli,fast]
.
-c bounds.txt
-r ../base.txt
-r r.txt
"""
    files = {
        "requirements/r.txt": text,
        "requirements/bounds.txt": "idna==3.1\n",
        "base.txt": "six\n",
    }
    assert read_file("requirements/r.txt", files) == Lines(
        requirements=('requests[socks]<3,>=2; python_version > "3.8"', "trustme==1.0", "six"),
        constraints=("idna==3.1",),
        extras=("cli", "fast"),
    )
    assert included("requirements/r.txt", text) == (
        "requirements/bounds.txt",
        "base.txt",
        "requirements/r.txt",
    )


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "https://host/r.txt", "no.txt"]
)
def test_g23__a_file_outside_of_the_repository_is_not_read(name: str) -> None:
    found = read_file("a/r.txt", {"a/r.txt": f"-r {name}\n"})
    assert [clause.endswith("is not in the repository") for clause in found.refused] == [True]


@given(st.text(alphabet="abc-.=[]<>@:/\\ #;r\n", max_size=60))
def test_read_file__any_text_ends(text: str) -> None:
    assert isinstance(read_file("r.txt", {"r.txt": text}), Lines)


def test_read_file__each_file_once_however_often_it_is_included() -> None:
    files = {f"{n}.txt": f"-r {n + 1}.txt\n-c {n + 1}.txt\n-r {n + 1}.txt\n" for n in range(60)}
    assert read_file("0.txt", {**files, "60.txt": "six\n"}) == Lines(("six",), ("six",))


def test_g23__a_file_of_more_lines_than_are_read_is_refused() -> None:
    whole = read_file("a.txt", {"a.txt": "six\n" * MAX_LINES})
    assert whole.requirements == ("six",) * MAX_LINES
    more = read_file("a.txt", {"a.txt": "six\n" * (MAX_LINES + 1)})
    assert more == Lines(refused=(f"'a.txt' has more than {MAX_LINES} lines",))
