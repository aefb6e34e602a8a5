"""Do metrics in the usual notation say what they ask, and answer right on a histogram one can work out by hand?"""

from __future__ import annotations

import numpy as np
import pytest

from pelvicrt.dosimetry import Histogram, NotComputable, parse_metric
from pelvicrt.foundation import InvalidInput

# 10 cc from 10 to 20 Gy, evenly: V(D) = 20 - D cc.
EVEN = Histogram(
    edges_gy=np.arange(0.0, 31.0),
    differential_cc=np.where((np.arange(30) >= 10) & (np.arange(30) < 20), 1.0, 0.0),
    volume_cc=10.0,
    outside_cc=0.0,
    min_gy=10.0,
    max_gy=20.0,
    mean_gy=15.0,
    mean_square_gy2=700 / 3,
)


@pytest.mark.parametrize(
    ("notation", "value"),
    [
        ("D98%[Gy]", 10.2),
        ("D2%", 19.8),
        ("D0.03cc[Gy]", 19.97),
        ("D0.03cc[%]", 79.88),
        ("D100%", 10.0),
        ("D0%", 20.0),
        ("DC1cc[Gy]", 11.0),
        ("DC10%[Gy]", 11.0),
        ("V15Gy[cc]", 5.0),
        ("V15Gy[%]", 50.0),
        ("V15Gy", 50.0),
        ("V50%[%]", 75.0),
        ("V95%[cc]", 0.0),
        ("CV12Gy[cc]", 2.0),
        ("CV12Gy[%]", 20.0),
        ("Mean[Gy]", 15.0),
        ("Mean[%]", 60.0),
        ("Max", 20.0),
        ("Min[%]", 40.0),
    ],
)
def test_a_metric_of_an_even_spread_is_what_one_works_out_by_hand(notation: str, value: float) -> None:
    assert parse_metric(notation).of(EVEN, prescription_gy=25.0) == pytest.approx(value)


def test_uniform_equivalent_dose_is_the_power_mean_of_the_bins() -> None:
    # Exactly ((20^3 - 10^3) / 30)^(1/2) = 15.2753 for a = 2; bins of 1 Gy add at most 1/24 Gy^2 to the square.
    assert parse_metric("gEUD2[Gy]").of(EVEN) == pytest.approx(np.sqrt(700 / 3), abs=0.003)


def test_the_worked_bins_of_the_specification_give_their_uniform_doses() -> None:
    """10 Gy to half, 20 Gy to 30 %, 40 Gy to 20 %: clinical-spec E4, printed to 0.001 Gy."""
    edges = np.arange(0.0, 50.002, 0.004) - 0.002
    bins = np.zeros(len(edges) - 1)
    for dose, share in ((10, 0.5), (20, 0.3), (40, 0.2)):
        bins[np.searchsorted(edges, dose) - 1] = share
    worked = Histogram(
        edges_gy=edges,
        differential_cc=bins,
        volume_cc=1.0,
        outside_cc=0.0,
        min_gy=10.0,
        max_gy=40.0,
        mean_gy=19.0,
        mean_square_gy2=490.0,
    )
    found = [worked.generalised_eud_gy(a) for a in (1.0, 2.0, 8.0, 0.5)]
    assert found == pytest.approx([19.000, 22.136, 32.735, 17.537], abs=0.001)


@pytest.mark.parametrize(
    ("notation", "written"),
    [
        ("D98%", "D98%[Gy]"),
        ("V 45 Gy [ cc ]", "V45Gy[cc]"),
        ("gEUD8", "gEUD8[Gy]"),
        ("Max", "Max[Gy]"),
        ("V20Gy", "V20Gy[%]"),
    ],
)
def test_a_metric_is_written_back_in_full(notation: str, written: str) -> None:
    assert str(parse_metric(notation)) == written


@pytest.mark.parametrize(
    "notation", ["", "D98", "V45", "X5Gy", "D98%[cc]", "D120%", "V-5Gy", "gEUD0", "Mean8", "D98Gy", "median", "D1e3cc"]
)
def test_a_notation_without_meaning_is_refused_with_examples(notation: str) -> None:
    with pytest.raises(InvalidInput, match=r"limits\.yaml: rows\[2\]\.metric: found .*; expected a metric such as"):
        parse_metric(notation, file="limits.yaml", field="rows[2].metric")


def _reason(notation: str, histogram: Histogram = EVEN) -> str:
    found = parse_metric(notation).of(histogram)
    assert isinstance(found, NotComputable)
    return found.reason.en


@pytest.mark.parametrize("notation", ["D95%[%]", "V95%[%]", "Mean[%]", "CV95%[cc]"])
def test_without_a_prescription_a_share_of_it_is_not_computable(notation: str) -> None:
    assert _reason(notation) == "no prescribed dose is known for it"


def test_a_volume_larger_than_the_structure_is_not_computable() -> None:
    assert "less than 11 cc" in _reason("D11cc[Gy]")


def test_a_structure_without_dose_is_not_computable() -> None:
    nothing = Histogram(
        edges_gy=np.array([0.0, 0.01]),
        differential_cc=np.zeros(1),
        volume_cc=3.0,
        outside_cc=3.0,
        min_gy=np.nan,
        max_gy=np.nan,
        mean_gy=np.nan,
        mean_square_gy2=np.nan,
    )
    assert "lies in the dose grid" in _reason("Mean", nothing)


def test_a_prescription_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="must be above 0 Gy"):
        parse_metric("V95%").of(EVEN, prescription_gy=0.0)


def test_the_histogram_in_two_gray_fractions_has_the_worked_doses() -> None:
    """20 Gy in 5 fractions is EQD2 28 Gy for alpha/beta 3 (clinical-spec E4)."""
    found = EVEN.in_two_gy_fractions(fractions=5, alpha_beta_gy=3.0)
    assert (found.max_gy, found.min_gy) == (pytest.approx(28.0), pytest.approx(10.0))
    # The mean over an even spread: (700/3 / 5 + 3 x 15) / 5 = 18.333, more than that of the mean dose (18).
    assert found.mean_gy == pytest.approx(18 + 1 / 3)
