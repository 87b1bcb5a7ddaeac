import pytest

from ccg.comments import Comment, CommentsUnreadable, read_comments


def test_read_comments__tokens_and_not_what_looks_like_one() -> None:
    comments = read_comments("x = '# no'  # one\n# two\n")
    assert list(comments) == [Comment(1, 12, "# one"), Comment(2, 0, "# two")]


def test_read_comments__gives_those_above_what_cannot_be_read() -> None:
    comments = iter(read_comments("x = 1  # one\ny = (\n"))
    assert next(comments) == Comment(1, 7, "# one")
    with pytest.raises(CommentsUnreadable, match="TokenError"):
        next(comments)
