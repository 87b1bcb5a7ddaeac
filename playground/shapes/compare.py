"""How one commit stands to another; no I/O."""

from collections.abc import Sequence
from typing import Any

from playground.git_commit import GitCommit
from playground.git_diff import Comparison, FileChange
from playground.records import Repository
from playground.shapes import commit, pull_file
from playground.shapes.view import View


def comparison(
    comparison: Comparison,
    repository: Repository,
    view: View,
    *,
    base: GitCommit,
    merge_base: GitCommit,
    commits: Sequence[GitCommit],
    files: Sequence[FileChange],
) -> dict[str, Any]:
    """Return a comparison; `commits` are one page of those ahead, oldest first."""
    below = view.below(repository.id)
    name = f"compare/{comparison.base}...{comparison.head}"
    html = below.html(name)
    return {
        "url": below.api(name),
        "html_url": html,
        "permalink_url": html,
        "diff_url": f"{html}.diff",
        "patch_url": f"{html}.patch",
        "base_commit": commit.commit(base, repository, view),
        "merge_base_commit": commit.commit(merge_base, repository, view),
        "status": comparison.status,
        "ahead_by": len(comparison.ahead),
        "behind_by": comparison.behind_by,
        "total_commits": len(comparison.ahead),
        "commits": [commit.commit(one, repository, view) for one in commits],
        "files": [pull_file.file(one, repository, view, ref=comparison.head) for one in files],
    }
