"""What of a comment is a command, and what only looks like one."""

import pytest

from p2a.domain import WorkflowKind
from p2a.trigger.comment import NO_QUESTION, Command, read_command

FIX = WorkflowKind.FIX
HELP = WorkflowKind.HELP


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("/p2a add retry to the uploader", Command(FIX, "add retry to the uploader")),
        ("/p2a fix the uploader", Command(FIX, "the uploader")),
        ("/P2A FIX", Command(FIX)),
        ("Thanks!\r\n\r\n/p2a fix  it \r\nwith care", Command(FIX, "it\nwith care")),
        ("/p2a fix it <!-- a note -->", Command(FIX, "it")),
        (
            "/p2a fix it\n\n```python\n/p2a not this\n```",
            Command(FIX, "it\n\n```python\n/p2a not this\n```"),
        ),
        ("/p2a", Command(HELP)),
        ("/p2a help", Command(HELP)),
        ("/p2a status", Command(WorkflowKind.STATUS)),
        ("/p2a cancel\n/p2a fix x", Command(WorkflowKind.CANCEL)),
        ("> quoted\n\n/p2a retry", Command(WorkflowKind.RETRY)),
        ("<details>\nx\n</details>\n/p2a status", Command(WorkflowKind.STATUS)),
        (
            "/p2a fix the <pre> formatting of the report",
            Command(FIX, "the <pre> formatting of the report"),
        ),
        (
            "/p2a support <details> in the renderer\nplease",
            Command(FIX, "support <details> in the renderer\nplease"),
        ),
        ("/p2a fix it</details>", Command(FIX, "it</details>")),
        ("the <previous> page\n/p2a status", Command(WorkflowKind.STATUS)),
        ("the <pre>x</pre> page\n/p2a status", Command(WorkflowKind.STATUS)),
        ("<DETAILS><p>it's</p></details>\n/p2a status", Command(WorkflowKind.STATUS)),
        ("```html\n<details>\n```\n/p2a status", Command(WorkflowKind.STATUS)),
        ("/p2a plan", Command(FIX, plan_first=True)),
        ("/p2a PLAN add retry", Command(FIX, "add retry", plan_first=True)),
        ("/p2a approve", Command(WorkflowKind.APPROVE)),
        ("/p2a chekc", Command(HELP, "There is no command `chekc`; did you mean `/p2a check`?")),
        ("/p2a zzzz", Command(HELP, "There is no command `zzzz`.")),
        ("/p2a ask Where is it\nhandled?", Command(WorkflowKind.ASK, "Where is it\nhandled?")),
        ("/p2a ask --budget 1 How?", Command(WorkflowKind.ASK, "How?", 1.0)),
        ("/p2a ask", Command(HELP, NO_QUESTION)),
        ("/p2a config this", Command(HELP, "This version does not offer `/p2a config`.")),
    ],
)
def test_read_command__finds_the_first(comment: str, expected: Command) -> None:
    assert read_command(comment, on_pull_request=False) == expected


def test_read_command__fix_is_the_same_on_a_pull_request() -> None:
    found = [read_command(f"/p2a {text}", on_pull_request=True) for text in ("fix it up", "it up")]
    assert found == [Command(FIX, "it up")] * 2


@pytest.mark.parametrize(
    "comment",
    [
        "> /p2a fix",
        "```\n/p2a fix\n```",
        "````\n```\n/p2a fix\n````",
        "~~~ python\n/p2a fix\n~~~",
        "```\n/p2a fix",
        "    /p2a fix",
        "\t/p2a fix",
        "<!-- /p2a fix -->",
        "<!--\n/p2a fix\n-->",
        "<!-- a --> /p2a fix",
        "<details>\n\n/p2a fix\n\n</details>",
        "<details><summary>x</summary>\n/p2a fix\n</details>",
        "<pre>\n/p2a fix\n</pre>",
        "<details>\n/p2a fix this</details>",
        "<details>\n/p2a fix this </details>\n\nthanks",
        "<details>\n\n/p2a fix the <pre> formatting</details>\n",
        "<details>\n\n</pre>\n\n/p2a fix",
        "</details><details>\n/p2a fix",
        "<details><details></details>\n/p2a fix",
        "<DETAILS\nopen>\n/p2a fix",
        "<details>\n\n`</details>`\n\n/p2a fix",
        "<details>\n\n`a\nb </details>`\n\n/p2a fix",
        "<details>\n\n\\</details>\n\n/p2a fix",
        "<details>\n\n    </details>\n\n/p2a fix",
        "<details>\n\n```\n</details>\n```\n\n/p2a fix",
        '<details>\n\n<a title="</details>">x</a>\n\n/p2a fix',
        "x <details> `</details>`\n/p2a fix",
        "x <details> [y](</details>)\n/p2a fix",
        "<p>\n```\n<details>\n```\n/p2a fix",
        "<b>x</b>\n```\n/p2a fix\n```",
        "x <details>\n```\n</details>\n```\n\n/p2a fix",
        "<!-- <details>\n-->\n<!--\n/p2a fix -->",
        "x /p2a fix",
        "- /p2a fix",
        "`/p2a fix`",
        "/p2afix",
        "/p2a-fix",
        "\uff0fp2a fix",
        "/p\u200b2a fix",
        "/p2a\u00a0fix",
        "thanks",
        "",
    ],
)
def test_c11__only_the_start_of_visible_text_counts(comment: str) -> None:
    assert read_command(comment, on_pull_request=False) is None


@pytest.mark.parametrize(
    ("comment", "word"),
    [
        ("/p2a fix --model=x --base-url=http://127.0.0.1:6379", "--model=x"),
        ("/p2a --config.github.base_url=http://evil", "--configgithubbase_url=httpevil"),
    ],
)
def test_c14__a_comment_sets_no_option(comment: str, word: str) -> None:
    found = read_command(comment, on_pull_request=False)
    assert found is not None
    assert found.kind is HELP
    assert found.text.startswith(f"There is no option `{word}`: a comment can set `--budget")


@pytest.mark.parametrize(
    ("comment", "command"),
    [
        ("/p2a fix --budget 2.50 add retry", Command(WorkflowKind.FIX, "add retry", 2.5)),
        ("/p2a --budget 2.50 add retry", Command(WorkflowKind.FIX, "add retry", 2.5)),
        ("/p2a fix --budget=$3 add --all\nof it", Command(WorkflowKind.FIX, "add --all\nof it", 3)),
        ("/p2a fix --budget 1", Command(WorkflowKind.FIX, "", 1.0)),
        ("/p2a plan --budget 2 it", Command(WorkflowKind.FIX, "it", 2.0, plan_first=True)),
        ("/p2a resume", Command(WorkflowKind.RETRY, paused_first=True)),
        ("/p2a resume --budget 5", Command(WorkflowKind.RETRY, "", 5.0, paused_first=True)),
        ("/p2a fix the --budget 2 option", Command(WorkflowKind.FIX, "the --budget 2 option")),
    ],
)
def test_c14__the_budget_is_the_only_option(comment: str, command: Command) -> None:
    assert read_command(comment, on_pull_request=False) == command


@pytest.mark.parametrize(
    "comment",
    [
        "/p2a fix --budget",
        "/p2a fix --budget lots add retry",
        "/p2a fix --budget 0 add retry",
        "/p2a fix --budget -1 add retry",
        "/p2a fix --budget nan add retry",
        "/p2a fix --budget 1e3 add retry",
        "/p2a fix --budget 9999999 add retry",
        "/p2a fix --budget 1 --budget 2 add retry",
        "/p2a fix --budget 1 --model x add retry",
        "/p2a status --budget 1",
        "/p2a fix --budgets 1 add retry",
    ],
)
def test_c14__any_other_option_or_value_sets_nothing(comment: str) -> None:
    found = read_command(comment, on_pull_request=False)
    assert found is not None
    assert (found.kind, found.budget_usd) == (HELP, None)


@pytest.mark.parametrize(
    ("comment", "on_pull_request", "kind"),
    [
        ("/p2a quality", True, WorkflowKind.CHECK),
        ("/p2a graph", True, WorkflowKind.GRAPH),
        ("/p2a review", True, WorkflowKind.REVIEW),
        ("/p2a review", False, HELP),
        ("/p2a quality", False, HELP),
        ("/p2a graph", False, HELP),
        ("/p2a test", True, WorkflowKind.TEST),
        ("/p2a docs", True, WorkflowKind.DOCS),
        ("/p2a test", False, HELP),
        ("/p2a docs", False, HELP),
    ],
)
def test_read_command__says_where_a_command_works(
    comment: str, *, on_pull_request: bool, kind: WorkflowKind
) -> None:
    found = read_command(comment, on_pull_request=on_pull_request)
    assert found is not None
    assert found.kind is kind
    assert bool(found.text) is (kind is HELP)


@pytest.mark.parametrize(
    ("short", "long"),
    [("/p2a " + "a" * 6, "/p2a " + "a" * 60000), ("/p2a", "/p2a" + " " * 60000)],
)
def test_c12__a_long_comment_reads_as_a_short_one(short: str, long: str) -> None:
    # Linear by construction: each line is scanned a fixed number of times.
    found, expected = (read_command(text, on_pull_request=False) for text in (long, short))
    assert found is not None
    assert expected is not None
    assert (found.kind is HELP) == (len(long.strip()) == 4)


@pytest.mark.parametrize(
    "noise",
    [
        "<!--" * 16000,
        "![" * 30000,
        "`" * 60000,
        "<details" * 8000,
        "<pre>" + "</pre>" * 9000,
        "= " * 30000,
    ],
)
def test_c12__noise_hides_a_command_or_does_not_but_always_ends(noise: str) -> None:
    assert read_command(noise, on_pull_request=False) is None
