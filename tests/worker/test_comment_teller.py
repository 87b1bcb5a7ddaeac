"""The progress comment: not edited too often, and never stale for longer than that."""

from datetime import timedelta

import pytest

from p2a.effects import Effect, Performed, PutComment
from p2a.errors import GitHubUnavailable
from p2a.store.engine import open_engine
from p2a.store.migrate import migrate
from p2a.store.store import Store
from tests.fakes.workflows import Clock, claimed
from worker.comment_teller import CommentTeller
from worker.run import resumes
from worker.story import Story


class Site:
    """Keeps the comment's edits; fails when told to."""

    def __init__(self) -> None:
        self.edits = 0
        self.body = ""
        self.is_away = False

    def perform(self, effect: Effect) -> Performed:
        assert isinstance(effect, PutComment)
        self.edits += 1
        self.body = effect.body
        if self.is_away:
            raise GitHubUnavailable("GitHub does not answer")
        return Performed("1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def teller(tmp_path_factory: pytest.TempPathFactory, clock: Clock, site: Site) -> CommentTeller:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('store')}/p2a.db")
    migrate(engine)
    store = Store(engine, clock)
    workflow = store.workflow(claimed(store).workflow_id)
    engine.dispose()
    return CommentTeller(
        workflow, perform=site.perform, story=Story, clock=clock, every_seconds=5.0
    )


def test_refresh__nothing_before_the_first_comment(teller: CommentTeller, site: Site) -> None:
    teller.refresh()
    teller.flush()
    assert site.edits == 0


def test_flush__makes_a_held_back_edit_good(
    teller: CommentTeller, site: Site, clock: Clock
) -> None:
    teller.refresh(force=True)
    clock.forward(1)
    teller.refresh()
    teller.flush()
    assert site.edits == 1
    clock.forward(4)
    teller.flush()
    assert site.edits == 2


def test_flush__edits_nothing_that_did_not_change(
    teller: CommentTeller, site: Site, clock: Clock
) -> None:
    teller.refresh(force=True)
    clock.forward(60)
    teller.flush()
    assert site.edits == 1


def test_flush__a_failed_edit_is_tried_again_not_at_once(
    teller: CommentTeller, site: Site, clock: Clock
) -> None:
    teller.refresh(force=True)
    clock.forward(5)
    site.is_away = True
    teller.refresh()
    site.is_away = False
    teller.flush()
    assert site.edits == 2
    clock.forward(5)
    teller.flush()
    teller.flush()
    assert site.edits == 3


def test_q26__a_wait_for_the_model_is_told_with_its_end(
    teller: CommentTeller, site: Site, clock: Clock
) -> None:
    teller.refresh(force=True)
    clock.forward(6)
    teller.pause(resumes("the model's limit is reached", clock.now + timedelta(minutes=3)))
    assert "⏸️ the model's limit is reached: resumes 12:03 UTC" in site.body
    clock.forward(180)
    teller.pause("")
    assert "resumes" not in site.body
