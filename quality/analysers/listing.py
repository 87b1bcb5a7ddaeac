"""All analysers and comparers, in the order in which they are asked."""

from quality.analysers.compiled import CompiledCodeAnalyser
from quality.analysers.complexity import ComplexityAnalyser
from quality.analysers.coverage import CoverageAnalyser
from quality.analysers.coverage_settings import CoverageSettingComparer
from quality.analysers.cycles import CycleAnalyser
from quality.analysers.dead_code import DeadCodeAnalyser
from quality.analysers.dependencies import DependencyAnalyser
from quality.analysers.docstrings import DocstringAnalyser
from quality.analysers.drift import DriftAnalyser
from quality.analysers.duplication import DuplicationAnalyser
from quality.analysers.escapes import EscapeAnalyser
from quality.analysers.growth import GrowthComparer
from quality.analysers.hidden_calls import HiddenCallAnalyser
from quality.analysers.hidden_tests import HiddenTestAnalyser
from quality.analysers.hollow_tests import HollowTestAnalyser
from quality.analysers.interface import Analyser, Comparer
from quality.analysers.lint import LintAnalyser
from quality.analysers.maintainability import MaintainabilityAnalyser
from quality.analysers.outcome_hooks import OutcomeHookAnalyser
from quality.analysers.secrets import SecretAnalyser
from quality.analysers.security import SecurityAnalyser
from quality.analysers.suppressions import SuppressionAnalyser
from quality.analysers.trojan import TrojanAnalyser
from quality.analysers.unjudged import UnjudgedImportAnalyser
from quality.analysers.weakened_tests import WeakenedTestComparer

ANALYSERS: tuple[Analyser, ...] = (
    ComplexityAnalyser(),
    MaintainabilityAnalyser(),
    SecurityAnalyser(),
    LintAnalyser(),
    SuppressionAnalyser(),
    DocstringAnalyser(),
    CoverageAnalyser(),
    DriftAnalyser(),
    DeadCodeAnalyser(),
    CycleAnalyser(),
    DuplicationAnalyser(),
    EscapeAnalyser(),
    HiddenCallAnalyser(),
    TrojanAnalyser(),
    CompiledCodeAnalyser(),
    UnjudgedImportAnalyser(),
    DependencyAnalyser(),
    SecretAnalyser(),
    HollowTestAnalyser(),
    HiddenTestAnalyser(),
    OutcomeHookAnalyser(),
)

COMPARERS: tuple[Comparer, ...] = (
    GrowthComparer(),
    WeakenedTestComparer(),
    CoverageSettingComparer(),
)
