from quality.timing import Timing, alternately


def test_alternately__each_goes_first_in_turn() -> None:
    order: list[str] = []

    def run(name: str, seconds: float) -> float:
        order.append(name)
        return seconds

    timing = alternately("Tests", lambda: run("head", 3.0), lambda: run("base", 1.0))
    assert order == ["head", "base", "base", "head", "head", "base"]
    assert timing.head == (3.0, 3.0, 3.0)
    assert timing.ratio == 3.0


def test_timing__slower_only_when_every_run_was() -> None:
    assert Timing("Tests", (2.0, 2.1, 2.2), (1.0, 1.1, 1.2)).is_slower
    assert not Timing("Tests", (2.0, 2.1, 2.2), (1.0, 1.1, 2.05)).is_slower
    assert not Timing("Tests", (1.03, 1.04, 1.05), (1.0, 1.01, 1.02)).is_slower
    assert Timing("Tests", (1.0,), (2.0,)).is_faster


def test_timing__line() -> None:
    line = Timing("Tests", (2.0, 2.1, 2.2), (1.0, 1.1, 1.2)).line()
    assert line == "Tests: 2.10 s, 1.10 s on the base (slower, 3 runs)"
