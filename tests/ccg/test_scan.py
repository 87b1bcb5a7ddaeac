import ast

from ccg.graph import NotAnalysed
from ccg.scan import try_scan
from ccg.source import Source


def test_try_scan__a_fault_of_ours_costs_one_file() -> None:
    unheard_of = ast.Module(body=[ast.Assign(targets=[])], type_ignores=[])
    found = try_scan(Source("a.py", "", unheard_of), name="a")
    assert isinstance(found, NotAnalysed)
    assert (found.path, found.reason.partition(":")[0]) == ("a.py", "the analysis failed")
