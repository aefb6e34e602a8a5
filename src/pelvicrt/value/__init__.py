"""What is it worth to know more? Decisions under uncertainty from draws of net benefit: arrays only.

START HERE: `decision` for the best option, its expected loss and the value of perfect information; `cost_effectiveness`
when there are costs; `evppi` for some of the parameters, `evsi` for a study, `worth_of_fact` for a patient's fact.
"""

from pelvicrt.value.costs import CostEffectiveness, CostRow, cost_effectiveness, cost_table
from pelvicrt.value.decide import Decision, chance_best, decision, evpi_from_halves, expected_losses
from pelvicrt.value.estimate import Estimate, jackknife_error, of_mean
from pelvicrt.value.facts import worth_of_fact, worth_of_test
from pelvicrt.value.noise import Quiet, without_noise
from pelvicrt.value.partial import Partial, evppi, evppi_of_groups
from pelvicrt.value.sample import Sample, evsi, evsi_by_size
from pelvicrt.value.study import Likelihood, Measure

__all__ = [
    "CostEffectiveness",
    "CostRow",
    "Decision",
    "Estimate",
    "Likelihood",
    "Measure",
    "Partial",
    "Quiet",
    "Sample",
    "chance_best",
    "cost_effectiveness",
    "cost_table",
    "decision",
    "evpi_from_halves",
    "evppi",
    "evppi_of_groups",
    "evsi",
    "evsi_by_size",
    "expected_losses",
    "jackknife_error",
    "of_mean",
    "without_noise",
    "worth_of_fact",
    "worth_of_test",
]
