"""By how much do two options of one assessment differ, whatever their place? The same paired draws again."""

from __future__ import annotations

from pelvicrt.assessment.result import Assessment
from pelvicrt.foundation import Text, UsageError
from pelvicrt.recommend import Comparison, comparisons


def head_to_head(assessment: Assessment, left: str, right: str) -> tuple[Comparison, ...]:
    """Every outcome both options have, `left` minus `right`, at three and at five years where it has a time.

    Raises:
        UsageError: when one of them is no option of this assessment, or was not simulated.
    """
    simulated = assessment.simulated
    if simulated is None or not {left, right} <= set(simulated.by_candidate) or left == right:
        raise UsageError(
            Text(
                f"{left!r} and {right!r} cannot be compared; choose two simulated options of this assessment",
                f"{left!r} 与 {right!r} 无法比较；请选择本次评估中已模拟的两个方案",
            )
        )
    return comparisons((left, right), simulated)
