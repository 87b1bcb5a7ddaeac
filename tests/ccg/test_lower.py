import ast

from ccg.graph import NotAnalysed
from ccg.lowering import try_lower
from ccg.source import Source


def test_try_lower__a_fault_of_ours_costs_one_file() -> None:
    without_lines = ast.Module(body=[ast.Import(names=[ast.alias("os")])], type_ignores=[])
    found = try_lower(Source("a.py", "", without_lines))
    assert isinstance(found, NotAnalysed)
    assert (found.path, found.reason.partition(":")[0]) == ("a.py", "the analysis failed")
