"""A small world of records for the renderers' tests, without git and without a server."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playground.git_commit import GitCommit, Person
from playground.records import (
    Account,
    Annotation,
    App,
    CheckAction,
    CheckRun,
    CheckSuite,
    Collaborator,
    Comment,
    CommitStatus,
    HookDelivery,
    Installation,
    InstallationToken,
    Issue,
    Label,
    Pull,
    Reaction,
    Repository,
    Review,
    ReviewComment,
)
from playground.shapes.links import Links
from playground.shapes.view import PullNumbers, View
from playground.state import State

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HEAD, BASE, TREE, BLOB = "a" * 40, "b" * 40, "c" * 40, "d" * 40


def commit(sha: str, *, parents: tuple[str, ...] = (), email: str = "ada@example.org") -> GitCommit:
    """Return a commit by Ada."""
    ada = Person("Ada", email, NOW)
    return GitCommit(sha, TREE, parents, ada, ada, "Fix the parser\n\nIt looped.")


@dataclass
class FakeGit:
    """Object stores that hold the commits named here, one of them signed."""

    commits: dict[str, GitCommit] = field(default_factory=dict)

    def commit(self, repository_id: int, sha: str) -> GitCommit | None:
        """Return a commit of any repository."""
        return self.commits.get(sha)

    def verified(self, repository_id: int, commit: GitCommit) -> bool:
        """Tell whether the commit has a signature at all."""
        return commit.signature is not None

    def pull_numbers(self, pull: Pull) -> PullNumbers:
        """Return the size of every pull request."""
        return PullNumbers(commits=1, additions=2, deletions=1, changed_files=1, mergeable=True)


@dataclass(frozen=True, slots=True)
class Scene:
    """One record of each kind, all of them in `view`."""

    view: View
    state: State
    ada: Account
    guest: Account
    bot: Account
    team: Account
    app: App
    repository: Repository
    fork: Repository
    installation: Installation
    token: InstallationToken
    label: Label
    issue: Issue
    comment: Comment
    bot_comment: Comment
    pull_issue: Issue
    pull: Pull
    pull_comment: Comment
    reaction: Reaction
    review: Review
    review_comment: ReviewComment
    suite: CheckSuite
    run: CheckRun
    status: CommitStatus
    delivery: HookDelivery


def scene(folder: Path, *, base: str = "http://127.0.0.1:4100") -> Scene:
    """Return the small world; nothing is written to `folder`."""
    state = State(folder=folder, clock=lambda: NOW)
    git = FakeGit({HEAD: commit(HEAD, parents=(BASE,)), BASE: commit(BASE)})
    builder = _Builder(state, View(state, git, Links(base)))
    return builder.scene()


@dataclass(frozen=True, slots=True)
class _Builder:
    state: State
    view: View

    def account(self, login: str, kind: str = "User", app_id: int | None = None) -> Account:
        email = None if kind == "Bot" else f"{login}@example.org"
        account = Account(self.state.next_id(), login, kind, NOW, NOW, login, email, app_id)
        return self.state.accounts.put(account)

    def repository(self, owner: Account, name: str, parent_id: int | None = None) -> Repository:
        return self.state.repositories.put(
            Repository(
                id=self.state.next_id(),
                owner_id=owner.id,
                name=name,
                created_at=NOW,
                updated_at=NOW,
                pushed_at=NOW,
                parent_id=parent_id,
            )
        )

    def app(self, owner: Account, bot: Account) -> App:
        return self.state.apps.put(
            App(
                id=bot.app_id or 0,
                slug="prompt2action",
                name="Prompt2Action",
                owner_id=owner.id,
                bot_id=bot.id,
                hook_id=self.state.next_id(),
                client_id="Iv1.abc",
                created_at=NOW,
                updated_at=NOW,
                permissions={"metadata": "read", "issues": "write", "checks": "write"},
                events=("issues", "issue_comment", "check_run"),
                public_key_pem="",
                private_key_pem="",
                webhook_url="http://127.0.0.1:1/webhook",
                webhook_secret="secret",
            )
        )

    def installation(self, app: App, repository: Repository) -> Installation:
        return self.state.installations.put(
            Installation(
                id=self.state.next_id(),
                app_id=app.id,
                account_id=repository.owner_id,
                repository_ids=(repository.id,),
                permissions=app.permissions,
                events=app.events,
                created_at=NOW,
                updated_at=NOW,
            )
        )

    def issue(self, repository: Repository, author: Account, **more: object) -> Issue:
        number = self.state.next_number(repository.id)
        issue = Issue(
            id=self.state.next_id(),
            repository_id=repository.id,
            number=number,
            title="The parser loops",
            body="On an empty file.",
            author_id=author.id,
            created_at=NOW,
            updated_at=NOW,
            **more,  # type: ignore[arg-type]
        )
        return self.state.issues.put(issue)

    def comment(self, issue: Issue, author: Account) -> Comment:
        return self.state.comments.put(
            Comment(
                id=self.state.next_id(),
                repository_id=issue.repository_id,
                issue_id=issue.id,
                author_id=author.id,
                body="/p2a fix it",
                created_at=NOW,
                updated_at=NOW,
                app_id=author.app_id,
            )
        )

    def pull(self, repository: Repository, author: Account, pull_id: int) -> tuple[Issue, Pull]:
        issue = self.issue(repository, author, pull_id=pull_id)
        pull = Pull(
            id=pull_id,
            repository_id=repository.id,
            issue_id=issue.id,
            number=issue.number,
            head_repository_id=repository.id,
            head_ref="p2a/1",
            head_sha=HEAD,
            base_ref="main",
            base_sha=BASE,
            draft=True,
        )
        return issue, self.state.pulls.put(pull)

    def review(self, pull: Pull, author: Account) -> tuple[Review, ReviewComment]:
        review = Review(
            id=self.state.next_id(),
            repository_id=pull.repository_id,
            pull_id=pull.id,
            author_id=author.id,
            body="Nearly",
            state="CHANGES_REQUESTED",
            commit_id=HEAD,
            submitted_at=NOW,
        )
        comment = ReviewComment(
            id=self.state.next_id(),
            repository_id=pull.repository_id,
            pull_id=pull.id,
            author_id=author.id,
            body="Why?",
            path="parser.py",
            commit_id=HEAD,
            original_commit_id=HEAD,
            diff_hunk="@@ -1 +1 @@\n-a\n+b",
            created_at=NOW,
            updated_at=NOW,
            review_id=review.id,
            line=1,
            original_line=1,
            position=2,
            original_position=2,
        )
        return self.state.reviews.put(review), self.state.review_comments.put(comment)

    def checks(self, repository: Repository, app: App) -> tuple[CheckSuite, CheckRun]:
        suite = CheckSuite(
            id=self.state.next_id(),
            repository_id=repository.id,
            app_id=app.id,
            head_sha=HEAD,
            head_branch="p2a/1",
            created_at=NOW,
            updated_at=NOW,
            before=BASE,
            after=HEAD,
        )
        run = CheckRun(
            id=self.state.next_id(),
            repository_id=repository.id,
            suite_id=suite.id,
            app_id=app.id,
            name="Prompt2Action",
            head_sha=HEAD,
            status="completed",
            completed_at=NOW,
            conclusion="success",
            title="92",
            summary="Good",
            actions=(CheckAction("Fix this", "Let it be fixed", "fix"),),
            annotations=(Annotation("parser.py", 1, 1, "warning", "Too long"),),
        )
        return self.state.check_suites.put(suite), self.state.check_runs.put(run)

    def delivery(self, app: App, installation: Installation) -> HookDelivery:
        return HookDelivery(
            id=self.state.next_id(),
            app_id=app.id,
            guid="0b989ba4-242f-11e5-81e1-c7b6966d2516",
            event="issues",
            action="opened",
            installation_id=installation.id,
            repository_id=installation.repository_ids[0],
            delivered_at=NOW,
            redelivery=False,
            url="http://127.0.0.1:1/webhook",
            request_headers={"X-GitHub-Event": "issues"},
            request_body='{"action": "opened"}',
            duration=0.03,
            status="OK",
            status_code=202,
            response_body="",
        )

    def scene(self) -> Scene:
        next_id = self.state.next_id
        ada, guest, team = (
            self.account("ada"),
            self.account("guest"),
            self.account("calc-team", "Organization"),
        )
        bot = self.account("prompt2action[bot]", "Bot", app_id=next_id())
        app = self.app(ada, bot)
        repository = self.repository(ada, "calc")
        self.state.collaborators.put(Collaborator(next_id(), repository.id, guest.id, "write"))
        installation = self.installation(app, repository)
        label = self.state.labels.put(Label(next_id(), repository.id, "good first issue"))
        issue = self.issue(repository, ada, label_ids=(label.id,), assignee_ids=(guest.id,))
        pull_issue, pull = self.pull(repository, bot, next_id())
        comment = self.comment(issue, guest)
        review, review_comment = self.review(pull, guest)
        suite, run = self.checks(repository, app)
        reaction = Reaction(next_id(), repository.id, "comment", comment.id, bot.id, "eyes", NOW)
        return Scene(
            view=self.view,
            state=self.state,
            ada=ada,
            guest=guest,
            bot=bot,
            team=team,
            app=app,
            repository=repository,
            fork=self.repository(guest, "calc", repository.id),
            installation=installation,
            token=InstallationToken(
                next_id(), "ghs_x", installation.id, app.permissions, (repository.id,), NOW, NOW
            ),
            label=label,
            issue=issue,
            comment=comment,
            bot_comment=self.comment(issue, bot),
            pull_issue=pull_issue,
            pull=pull,
            pull_comment=self.comment(pull_issue, ada),
            reaction=self.state.reactions.put(reaction),
            review=review,
            review_comment=review_comment,
            suite=suite,
            run=run,
            status=CommitStatus(
                next_id(), repository.id, HEAD, "success", "p2a", ada.id, NOW, NOW, "Good"
            ),
            delivery=self.delivery(app, installation),
        )
