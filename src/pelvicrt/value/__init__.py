"""What is it worth to know more? Decisions under uncertainty from draws of net benefit: arrays only.

START HERE: `decision` for the best option, its expected loss and the value of perfect information; `cost_effectiveness`
when there are costs.
"""

from pelvicrt.value.costs import CostEffectiveness, CostRow, cost_effectiveness, cost_table
from pelvicrt.value.decide import Decision, chance_best, decision, evpi_from_halves, expected_losses
from pelvicrt.value.estimate import Estimate, jackknife_error, of_mean
from pelvicrt.value.noise import Quiet, without_noise

__all__ = [
    "CostEffectiveness",
    "CostRow",
    "Decision",
    "Estimate",
    "Quiet",
    "chance_best",
    "cost_effectiveness",
    "cost_table",
    "decision",
    "evpi_from_halves",
    "expected_losses",
    "jackknife_error",
    "of_mean",
    "without_noise",
]
