"""Where documents name what a change removed or changed."""

from pathlib import Path

from ccg.build import build_graph
from ccg.change import Change, compare
from ccg.files import reader
from worker.untrue import mentions, touched_names

BEFORE = """\
def upload(name):
    return name

def upload_all(names):
    return names

def keep(name):
    return name

def _hidden(name):
    return name
"""
AFTER = """\
def upload(name, tries=3):
    return name

def keep(name):
    return [name]

def _hidden(other):
    return other
"""
DOCUMENTS = {
    "README.md": "# upload\n\nCall `upload_all(names)`,\nor uploads of yours.\n",
    "CHANGELOG.md": "- upload_all is new\n",
    "docs/use.rst": "keep keeps it; _hidden too\n",
}


def change_of(folder: Path) -> Change:
    for name, text in (("before", BEFORE), ("after", AFTER)):
        (folder / name).mkdir()
        (folder / name / "send.py").write_text(text, encoding="utf-8")
    before, after = folder / "before", folder / "after"
    return compare(
        build_graph(before),
        build_graph(after),
        read_base=reader(before),
        read_head=reader(after),
    )


def test_mentions__name_places_and_what_became_of_the_name(tmp_path: Path) -> None:
    touched = touched_names(change_of(tmp_path))
    assert [one.name for one in touched] == ["upload_all", "upload", "keep"]
    assert mentions(touched, DOCUMENTS) == [
        "README.md:3: names upload_all, which is removed: Call `upload_all(names)`,",
        "README.md:1: names upload, which had the signature (name) and has (name, tries=3): # upload",
        "docs/use.rst:1: names keep, which does something else now: keep keeps it; _hidden too",
    ]
