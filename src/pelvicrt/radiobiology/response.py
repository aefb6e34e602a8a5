"""What chance of complication or response goes with a dose? Curves, and estimates that keep their band and flags."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
import numpy.typing as npt
from scipy import special

from pelvicrt.foundation import Text
from pelvicrt.radiobiology.flags import Flag, NtcpEstimate, ResponseEstimate
from pelvicrt.radiobiology.fractionation import Bed
from pelvicrt.radiobiology.volumes import TwoGyBins, generalised_eud, require_two_gy

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class LkbModel:
    """A Lyman-Kutcher-Burman model: its numbers never without endpoint, population, alpha/beta and source.

    `td50_gy` [Gy in 2 Gy fractions] to the whole organ for half of the patients; `n` volume, `m` slope.
    The three draw arrays hold the parameter uncertainty, one value a draw.
    """

    organ: str
    endpoint: Text
    population: Text
    td50_gy: float
    n: float
    m: float
    alpha_beta_gy: float
    td50_draws_gy: Floats
    n_draws: Floats
    m_draws: Floats
    sources: tuple[str, ...]
    flags: tuple[Flag, ...] = ()

    def __post_init__(self) -> None:
        if min(self.td50_gy, self.n, self.m, self.alpha_beta_gy) <= 0:
            raise ValueError(f"td50, n, m and alpha/beta of {self.organ} must be above 0")

    def drawn(self, bins: TwoGyBins) -> Floats:
        """The chance of the complication under each draw of the parameters, shape (draws,).

        Two plans under the same model share their draws, so their difference may be taken draw by draw.
        """
        drawn_eud_gy = np.array([generalised_eud(bins, a=1 / n) for n in self.n_draws])
        return lkb(drawn_eud_gy, td50_gy=self.td50_draws_gy, m=self.m_draws)

    def estimate(self, bins: TwoGyBins, *, flags: tuple[Flag, ...] = ()) -> NtcpEstimate:
        """The chance of the complication with its 95 % parameter band and every flag of model and use."""
        eud_gy = generalised_eud(bins, a=1 / self.n)
        low, high = _band(self.drawn(bins))
        value = lkb(eud_gy, td50_gy=self.td50_gy, m=self.m)
        return NtcpEstimate(
            value=value,
            low=min(low, value),
            high=max(high, value),
            flags=(*self.flags, *flags),
            endpoint=self.endpoint,
            population=self.population,
            equivalent_uniform_dose_gy=eud_gy,
            alpha_beta_gy=self.alpha_beta_gy,
            sources=self.sources,
        )


@overload
def lkb(eud_gy: float, *, td50_gy: float, m: float) -> float: ...
@overload
def lkb(eud_gy: Floats, *, td50_gy: Floats, m: Floats) -> Floats: ...
def lkb(eud_gy: float | Floats, *, td50_gy: float | Floats, m: float | Floats) -> float | Floats:
    """Lyman-Kutcher-Burman chance of a complication: Phi((EUD - TD50) / (m TD50)).

    >>> round(lkb(32.0, td50_gy=37.5, m=0.347), 4)
    0.3363
    """
    chance = special.ndtr((eud_gy - td50_gy) / (m * td50_gy))
    return float(chance) if np.ndim(chance) == 0 else np.asarray(chance, dtype=np.float64)


def relative_seriality(bins: TwoGyBins, *, d50_gy: float, gamma: float, s: float) -> float:
    """Chance of a complication by relative seriality: [1 - prod (1 - P(D_i)^s)^v_i]^(1/s).

    P(D) = 2^(-exp(e gamma (1 - D / D50))); s = 1 is a serial organ, s near 0 a parallel one.

    Raises:
        TypeError: physical bins; convert them first.
        ValueError: a D50, gamma or s that is not above zero.

    >>> round(relative_seriality(TwoGyBins([50.0], [1.0]), d50_gy=55, gamma=2, s=1), 5)
    0.32103
    """
    require_two_gy(bins)
    if min(d50_gy, gamma, s) <= 0:
        raise ValueError(f"D50, gamma and s must be above 0; got {d50_gy:g}, {gamma:g} and {s:g}")
    whole = np.exp2(-np.exp(math.e * gamma * (1 - bins.dose_gy / d50_gy)))
    # expm1 and log1p keep digits where P is tiny.
    log_spared = float(bins.volume_share @ np.log1p(-np.minimum(whole**s, 1 - 2.0**-53)))
    return float((-math.expm1(log_spared)) ** (1 / s))


@overload
def logistic_response(dose_gy: float, *, d50_gy: float, gamma50: float) -> float: ...
@overload
def logistic_response(dose_gy: float, *, d50_gy: Floats, gamma50: Floats) -> Floats: ...
def logistic_response(dose_gy: float, *, d50_gy: float | Floats, gamma50: float | Floats) -> float | Floats:
    """Logistic dose response: 1 / (1 + exp(4 gamma50 (1 - D / D50))).

    >>> round(logistic_response(50.4, d50_gy=92.0, gamma50=0.982), 4)
    0.1448
    """
    chance = special.expit(-4 * np.asarray(gamma50) * (1 - dose_gy / np.asarray(d50_gy)))
    return float(chance) if np.ndim(chance) == 0 else np.asarray(chance, dtype=np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseModel:
    """A logistic dose response of tumour regression with the dose range [Gy] of its fit and its parameter draws."""

    endpoint: Text
    d50_gy: float
    gamma50: float
    d50_draws_gy: Floats
    gamma50_draws: Floats
    fitted_from_gy: float
    fitted_to_gy: float
    sources: tuple[str, ...]
    flags: tuple[Flag, ...] = ()

    def estimate(self, dose_gy: float, *, dose_metric: Literal["physical", "eqd2"]) -> ResponseEstimate:
        """The chance of this response, flagged when the dose lies outside the range of the fit."""
        value = logistic_response(dose_gy, d50_gy=self.d50_gy, gamma50=self.gamma50)
        low, high = _band(logistic_response(dose_gy, d50_gy=self.d50_draws_gy, gamma50=self.gamma50_draws))
        return ResponseEstimate(
            value=value,
            low=min(low, value),
            high=max(high, value),
            flags=(*self.flags, *self._range_flag(dose_gy)),
            endpoint=self.endpoint,
            dose_gy=dose_gy,
            dose_metric=dose_metric,
            sources=self.sources,
        )

    def _range_flag(self, dose_gy: float) -> tuple[Flag, ...]:
        if self.fitted_from_gy <= dose_gy <= self.fitted_to_gy:
            return ()
        words = _OUTSIDE_FIT.fill(dose=f"{dose_gy:.4g}", low=f"{self.fitted_from_gy:g}", high=f"{self.fitted_to_gy:g}")
        return (Flag("dose_range", words),)


_OUTSIDE_FIT = Text(
    "{dose} Gy lies outside the {low} to {high} Gy the curve was fitted on",
    "{dose} Gy 超出该曲线拟合所用的 {low}～{high} Gy",
)


def poisson_control(dose: Bed, *, clonogens: float, alpha_per_gy: float) -> float:
    """Chance that no clonogenic cell survives: exp(-N exp(-alpha BED)). Too steep for a population of tumours.

    Raises:
        ValueError: clonogens or alpha not above zero.

    >>> round(poisson_control(Bed(59.472, 10), clonogens=1e7, alpha_per_gy=0.25), 5)
    0.03048
    """
    if clonogens <= 0 or alpha_per_gy <= 0:
        raise ValueError(f"clonogens and alpha must be above 0; got {clonogens:g} and {alpha_per_gy:g}")
    return math.exp(-clonogens * math.exp(-alpha_per_gy * dose.value_gy))


def population_control(dose: Bed, *, clonogens: float, alpha_per_gy: float, alpha_sd_per_gy: float) -> float:
    """Chance of control averaged over tumours whose alpha differs, alpha ~ normal(mean, sd) cut at zero.

    The alpha/beta stays as given in the BED, so beta rises and falls with alpha.

    Raises:
        ValueError: clonogens, alpha or its standard deviation not above zero.

    >>> steep = poisson_control(Bed(80.0, 10), clonogens=1e7, alpha_per_gy=0.25)
    >>> flat = population_control(Bed(80.0, 10), clonogens=1e7, alpha_per_gy=0.25, alpha_sd_per_gy=0.08)
    >>> flat < steep
    True
    """
    if alpha_sd_per_gy <= 0 or clonogens <= 0 or alpha_per_gy <= 0:
        raise ValueError("clonogens, alpha and the spread of alpha must be above 0")
    inside = float(special.ndtr(alpha_per_gy / alpha_sd_per_gy))

    def weighted(z: float) -> float:
        survivors = clonogens * math.exp(-(alpha_per_gy + z * alpha_sd_per_gy) * dose.value_gy)
        return math.exp(-survivors - z * z / 2) / math.sqrt(2 * math.pi)

    low = max(-_TAIL, -alpha_per_gy / alpha_sd_per_gy)
    # The integrand bends where about one clonogen is left; telling quad keeps it from stepping over the bend.
    bend = (math.log(clonogens) / dose.value_gy - alpha_per_gy) / alpha_sd_per_gy if dose.value_gy > 0 else low
    points = [bend] if low < bend < _TAIL else None
    from scipy import integrate  # half a second to import, and seldom needed

    area, _ = integrate.quad(weighted, low, _TAIL, points=points, limit=200)
    return min(1.0, float(area) / inside)


_TAIL = 10.0
"""Standard deviations beyond which a normal density adds nothing a float can hold."""


def _band(drawn: Floats) -> tuple[float, float]:
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)
