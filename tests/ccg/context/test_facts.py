"""What is kept of a file: the same after it was written and read, other bytes are refused."""

import random

import pytest

from ccg.context.facts import decode, encode, read_facts

TEXT = 'import os\n\n\nclass A:\n    """Says it."""\n\n    def run(self, task):\n        return os.path\n'


def test_facts__where_words_stand() -> None:
    facts = read_facts(TEXT)
    assert [piece.name for piece in facts.pieces] == ["", "A", "A.run"]
    assert facts.words == ["Says", "os", "path", "run", "task"]
    assert facts.postings[0].tolist() == [1, 0, 1]
    assert facts.postings[1].tolist() == [0, 1, 0, 2, 1, 0]
    assert sum(facts.sizes) == len(TEXT) + 1


@pytest.mark.parametrize("text", ["", "\n", TEXT, "größe = '\u202e'\n", "x = 1\r\ndef f(): pass\r"])
def test_facts__come_back_as_they_were(text: str) -> None:
    facts = read_facts(text)
    assert decode(encode(facts)) == facts


def test_decode__refuses_other_bytes() -> None:
    content = encode(read_facts(TEXT))
    for other in (b"", b"x" * 10, content[:-1], content + b"x", content[:30]):
        with pytest.raises(ValueError, match=r"length|short"):
            decode(other)


def test_decode__changed_bytes_give_facts_or_a_value_error() -> None:
    content = encode(read_facts(TEXT))
    chance = random.Random(1)
    for _ in range(3000):
        changed = bytearray(content)
        changed[chance.randrange(len(changed))] = chance.randrange(256)
        try:
            facts = decode(bytes(changed))
        except ValueError:
            continue
        assert len(facts.postings) == len(facts.words)
