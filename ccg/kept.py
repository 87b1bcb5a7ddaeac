"""Graphs of earlier runs: of the same files, or of files that say the same in other places."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from ccg.inputs import Inputs
from ccg.lowering import Found, Unread, analyser
from ccg.model import NotAnalysed
from ccg.reading import WORTH_HELPERS, facts_of
from ccg.results import Results, result_key
from ccg.shape import Shape, hash_of_text, is_no_name, numbered
from ccg.shapes import note_shapes, shape_store

if TYPE_CHECKING:  # where all files are as they were none of it is needed
    from ccg.assemble import Assembled
    from ccg.places import Places
    from ccg.solve.objects import Module

MOST_NEW = 0.5
"""Share of the files from which on too many are new for a look at what is kept of others like them."""


class Kept:
    """What is kept of a tree's graphs under one version of the analysis."""

    def __init__(self, cache: Path, inputs: Inputs, *, version: str, jobs: int) -> None:
        """Take the folder of the store, the files and the number of processes that may read them."""
        self._cache, self._inputs, self._jobs = cache, inputs, jobs
        self._results = Results(cache, analyser=f"{version}-{analyser()}")
        self._shapes: dict[str, Shape] = {}
        """Of contents by their hashes, as far as they are known."""

    def find(self) -> str | None:
        """Return the JSON of the graph of these files, where an earlier run's says all of it."""
        found = self._results.find([self._inputs.key])
        return found.get(self._inputs.key) or self._find_moved()

    @contextmanager
    def learning(self, found: Mapping[str, Found]) -> Iterator[None]:
        """Take what all contents say, by their hashes, beside what is done within; then `keep`."""
        contents = self._inputs.contents
        new = found.keys() - self._shapes.keys()
        if self._jobs == 1 or sum(len(contents[key]) for key in new) < WORTH_HELPERS:
            self._add_shapes({key: found[key] for key in new})
            yield
            return
        # It takes time to import, and mostly it is not needed.
        from ccg.shaping import shaped_beside

        with shaped_beside(new, self._cache):
            yield
        self._shapes.update(self._known_shapes(new))
        self._add_shapes(self._facts_of({key: contents[key] for key in new - self._shapes.keys()}))

    def keep(self, assembled: "Assembled", text: str) -> None:
        """Keep the graph of a solved program, with its JSON, for the next run."""
        from ccg.places import places_of

        if len(self._shapes) < len(self._inputs.contents):
            return  # one could not be read a second time, by chance
        # Packing is done without the interpreter's lock, beside the rest.
        packing = Thread(target=self._results.keep, args=({self._inputs.key: text},))
        packing.start()
        like = self._key_of_shapes()
        spelled = sorted(hash_of_text(text) for text in assembled.spelled if is_no_name(text))
        entries = {like: json.dumps([self._inputs.key, self._hashes(), spelled])}
        for path, places in places_of(assembled).items():
            entries[_key_of_places(like, path)] = places.to_json()
        packing.join()
        self._results.keep(entries)

    # files that say the same in other places

    def _find_moved(self) -> str | None:
        contents = self._inputs.contents
        self._shapes = self._known_shapes(contents)
        new = {key: content for key, content in contents.items() if key not in self._shapes}
        if len(new) > MOST_NEW * len(contents):
            return None
        self._add_shapes(self._facts_of(new))
        if len(self._shapes) < len(contents):
            return None  # one cannot be read, by chance
        like = self._key_of_shapes()
        kept = self._results.find([like]).get(like)
        return self._moved(like, kept) if kept else None

    def _moved(self, like: str, kept: str) -> str | None:
        """Return the graph of files of equal shapes, with the places where everything stands now."""
        from ccg.moved import NotMoved, move

        try:
            key, hashes, spelled = json.loads(kept)
            own = self._hashes()
            changed = [path for path, state in own.items() if state != hashes[path]]
            if not self._may_differ([(hashes[path], own[path]) for path in changed], spelled):
                return None
        except (ValueError, TypeError, KeyError):
            return None
        wanted = {path: _key_of_places(like, path) for path in changed}
        found = self._results.find([key, *wanted.values()])
        if len(found) <= len(wanted):
            return None  # not all is there any more, or it was not known whose the places are
        try:
            return move(found[key], self._modules({path: found[at] for path, at in wanted.items()}))
        except NotMoved:
            return None

    def _may_differ(self, changed: Sequence[tuple[str, str]], spelled: Collection[str]) -> bool:
        """Tell whether no text that differs between old and new contents was taken for a name."""
        before = self._known_shapes({old for old, _ in changed})
        if any(old not in before for old, _ in changed):
            return False
        other = {
            text
            for old, new in changed
            for text, now in zip(before[old].texts, self._shapes[new].texts, strict=True)
            if text != now
        }
        return other.isdisjoint(spelled)

    def _modules(self, places: Mapping[str, str]) -> Iterator[tuple["Module", "Places"]]:
        from ccg.places import Places
        from ccg.solve.objects import Module

        names, hashes = dict(self._inputs.named), self._hashes()
        facts = self._facts_of(
            {hashes[path]: self._inputs.contents[hashes[path]] for path in places}
        )
        for path, text in places.items():
            one = facts[hashes[path]]
            if not isinstance(one, Unread):
                yield Module(names[path], path, one, 0, is_package=False), Places.from_json(text)

    def _facts_of(self, contents: Mapping[str, bytes]) -> dict[str, Found]:
        if not contents:
            return {}
        return facts_of(contents, jobs=self._jobs, cache=self._cache, tell=lambda _: None)

    def _add_shapes(self, found: Mapping[str, Found]) -> None:
        if not found:
            return
        self._shapes.update(note_shapes(found, self._cache))

    def _known_shapes(self, contents: Iterable[str]) -> dict[str, Shape]:
        with shape_store(self._cache) as store:
            known = store.get_many(contents)
        return {key: Shape.from_bytes(value) for key, value in known.items()}

    def _hashes(self) -> dict[str, str]:
        """Return the hashes of the contents by their paths."""
        states = self._inputs.states.items()
        return {path: state for path, state in states if not isinstance(state, NotAnalysed)}

    def _key_of_shapes(self) -> str:
        hashes = self._hashes()
        ordered = list(dict.fromkeys(hashes[path] for path in sorted(hashes)))
        texts = numbered(self._shapes[each].texts for each in ordered)
        numbers = dict(zip(ordered, texts, strict=True))
        said = {each: f"{self._shapes[each].hash} {numbers[each]}" for each in ordered}
        return "like " + self._inputs.key_of(said)


def _key_of_places(like: str, path: str) -> str:
    return "places " + result_key([(like, path)])
