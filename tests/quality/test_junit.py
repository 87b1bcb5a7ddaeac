import pytest

from quality.junit import MAX_BYTES, MAX_FAILED, MAX_MESSAGE, Broken, JUnitInvalid, read_junit
from quality.suite_result import TestCounts

GOOD = b"""<?xml version="1.0" encoding="utf-8"?>
<testsuites><testsuite name="pytest" tests="99">
<testcase classname="t.A" name="passes"/>
<testcase classname="t.A" name="fails"><failure message="no">text</failure></testcase>
<testcase classname="t" name="both"><failure message="no"/><error message="teardown"/></testcase>
<testcase classname="t" name="setup"><error message="fixture 'httpbin' not found"/></testcase>
<testcase classname="" name="t.x"><error message="collection failure">No module</error></testcase>
<testcase classname="t" name="ring"><error message="s">recursive dependency involving fixture 'web'
detected</error></testcase>
<testcase classname="t" name="ring2"><error message="s">recursive dependency involving fixture 'web' detected</error></testcase>
<testcase classname="t" name="skips"><skipped message="why"/></testcase>
<system-out>fixture 'nothing' not found</system-out>
</testsuite></testsuites>"""


def test_read_junit__counts_cases_and_not_what_the_suite_claims() -> None:
    report = read_junit(GOOD)
    assert report.counts == TestCounts(passed=1, failed=2, errors=4, skipped=1)
    assert report.failed == ("t.A::fails", "t::both", "t::setup", "t.x", "t::ring", "t::ring2")
    assert report.collection_errors == ("collection failureNo module",)
    assert report.absent_fixtures == ("httpbin", "web")
    assert report.broken[:2] == (Broken("t.A::fails", "no", "text"), Broken("t::both", "no", ""))
    assert [item.test for item in report.broken if item.is_load_error] == ["t.x"]
    assert report.lacking == ("t::setup", "t::ring2")


@pytest.mark.parametrize(
    ("body", "lacking"),
    [
        ("<failure message=\"No module named 'cvs'\"/>", ("t::a",)),
        ("<failure message='m'>E ModuleNotFoundError: No module named 'a.b'</failure>", ("t::a",)),
        ("<failure message='assert 1 == 2'/>", ()),
        ("<failure message='m'/><error message=\"fixture 'web' not found\"/>", ("t::a",)),
        ("<error message='at teardown'/>", ()),
    ],
)
def test_read_junit__tests_that_ask_for_what_is_not_here(
    body: str, lacking: tuple[str, ...]
) -> None:
    content = f"<testsuite><testcase classname='t' name='a'>{body}</testcase></testsuite>"
    assert read_junit(content.encode()).lacking == lacking


BOMB = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    b'<testsuite><testcase name="&b;"/></testsuite>'
)
EXTERNAL = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><testsuite>&e;</testsuite>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<testsuite>",
        b"plain",
        BOMB,
        EXTERNAL,
        BOMB.decode().encode("utf-16"),
        b"<testsuite>&undefined;</testsuite>",
        b'<?xml version="1.0" encoding="no-such"?><testsuite/>',
        b" " * (MAX_BYTES + 1),
    ],
)
def test_g24__junit_that_is_not_read(content: bytes) -> None:
    with pytest.raises(JUnitInvalid):
        read_junit(content)


def test_read_junit__keeps_a_bounded_number_of_names() -> None:
    cases = b"<testcase name='x'><failure/></testcase>" * (MAX_FAILED + 50)
    report = read_junit(b"<testsuite>" + cases + b"</testsuite>")
    assert report.counts.failed == MAX_FAILED + 50
    assert len(report.failed) == MAX_FAILED


def test_read_junit__keeps_a_bounded_part_of_a_message_and_its_text() -> None:
    failure = b"<failure message='" + b"m" * 9_000 + b"'>" + b"t\n" * 90_000 + b"</failure>"
    content = b"<testsuite><testcase name='x'>" + failure + b"</testcase></testsuite>"
    (broken,) = read_junit(content).broken
    assert (len(broken.message), len(broken.text)) == (MAX_MESSAGE, 20_000)
