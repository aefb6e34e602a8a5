"""Which published numbers does the radiobiology run on? The library's parameters as radiobiology's own types."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Library, Parameter
from pelvicrt.foundation import Streams, Text
from pelvicrt.radiobiology import Flag, LkbModel, LqValidity, ResponseModel, TimeFactor

Floats = npt.NDArray[np.float64]
PREFIX = "radiobiology."
DRAWS = 1000
SEED = 0


def centre(parameter: Parameter) -> float:
    """The published value of a parameter: what its spread is drawn around.

    A cut or skewed family keeps the value that was printed, which is not always its median.
    """
    if parameter.spread.family in ("uniform", "beta"):
        return parameter.spread.distribution().median()
    return parameter.spread.a


def value(library: Library, name: str) -> float:
    """The published value of the parameter `radiobiology.<name>`.

    Raises:
        KeyError: when the library has no such parameter.
    """
    return centre(library.parameters[PREFIX + name])


def alpha_beta(library: Library, name: str) -> float:
    """The alpha/beta [Gy] of `tumour_planning`, `tumour_fitted`, `late_low` or `late_high`.

    Raises:
        KeyError: when the library has no such parameter.
    """
    return value(library, f"alpha_beta.{name}")


def lq_validity(library: Library) -> LqValidity:
    """Doses per fraction [Gy] up to which the linear-quadratic formula may be used."""
    return LqValidity(
        comfortable_to_gy=value(library, "lq.comfortable_to"),
        reasonable_to_gy=value(library, "lq.reasonable_to"),
        arguable_to_gy=value(library, "lq.arguable_to"),
    )


def time_factor(library: Library) -> TimeFactor:
    """Daily loss, kick-off and alpha/beta of the one fit that gave all three [@suwinski-2007, abstract]."""
    return TimeFactor(
        dose_per_day_gy=value(library, "time.dose_per_day"),
        kick_off_day=value(library, "time.kick_off"),
        alpha_beta_gy=value(library, "time.alpha_beta"),
    )


def response_models(library: Library) -> tuple[ResponseModel, ...]:
    """The dose responses of tumour regression the library holds, in name order."""
    return tuple(_response_model(library, name) for name in _groups(library, "response."))


def complication_models(library: Library, *, structure: str | None = None) -> tuple[LkbModel, ...]:
    """The Lyman-Kutcher-Burman models the library holds, in name order; only those of one structure if named.

    A structure with a side (`Femur_Head_L`) finds the model of the pair (`Femur_Head`).
    """
    models = (_complication_model(library, name) for name in _groups(library, "lkb."))
    wanted = structure.removesuffix("_L").removesuffix("_R") if structure else None
    return tuple(model for model in models if wanted is None or model.organ == wanted)


def _groups(library: Library, kind: str) -> list[str]:
    start = PREFIX + kind
    found = {p.group for p in library.parameters if p.group.startswith(start)}
    return sorted(found)


def _response_model(library: Library, group: str) -> ResponseModel:
    d50, gamma50 = (library.parameters[f"{group}.{part}"] for part in ("d50", "gamma50"))
    assert d50.endpoint is not None
    return ResponseModel(
        endpoint=d50.endpoint,
        d50_gy=centre(d50),
        gamma50=centre(gamma50),
        d50_draws_gy=_draws(d50),
        gamma50_draws=_draws(gamma50),
        fitted_from_gy=value(library, "response.fitted_from"),
        fitted_to_gy=value(library, "response.fitted_to"),
        sources=_sources((d50, gamma50)),
        flags=(Flag("dose_metric", _DOSE_METRIC), Flag("population", _FROM_M0)),
    )


def _complication_model(library: Library, group: str) -> LkbModel:
    td50, n, m, alpha_beta = (library.parameters[f"{group}.{part}"] for part in ("td50", "n", "m", "alpha_beta"))
    assert td50.endpoint is not None
    assert td50.population is not None
    flags = [Flag("population", _POPULATION.fill(population=td50.population)), Flag("fractionation", _FRACTIONATION)]
    flags.extend(Flag("organ", p.caution) for p in (td50, n, m) if p.caution)
    if any(p.spread.family == "uniform" for p in (td50, n, m)):
        flags.append(Flag("assumed_spread", _ASSUMED_SPREAD))
    if td50.mark == "V2":
        flags.append(Flag("endpoint", _SECOND_HAND))
    return LkbModel(
        organ=td50.applies_to,
        endpoint=td50.endpoint,
        population=td50.population,
        td50_gy=centre(td50),
        n=centre(n),
        m=centre(m),
        alpha_beta_gy=centre(alpha_beta),
        td50_draws_gy=_draws(td50),
        n_draws=_draws(n),
        m_draws=_draws(m),
        sources=_sources((td50, n, m)),
        flags=tuple(flags),
    )


def _draws(parameter: Parameter) -> Floats:
    uniform = Streams(SEED).uniforms(f"params/{parameter.id}", rows=DRAWS)[:, 0]
    return parameter.spread.distribution().at(uniform)


def _sources(parameters: Iterable[Parameter]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cited.source for p in parameters for cited in p.evidence))


_POPULATION = Text("fitted to other patients: {population}", "拟合自其他人群：{population}")
_FRACTIONATION = Text(
    "fitted to fractions of about 2 Gy; other schedules are converted bin by bin",
    "拟合自约 2 Gy 的分次；其他方案逐格换算",
)
_ASSUMED_SPREAD = Text(
    "no interval was published: parameters drawn 30 % to either side, our convention",
    "未公布区间：参数按上下 30% 抽样，为本软件约定",
)
_SECOND_HAND = Text("numbers read second-hand, endpoint not read at its origin", "数值为二手资料，终点未查原文")
_DOSE_METRIC = Text(
    "whether the curve runs on physical dose or on EQD2 was not found, so both are given",
    "未查明该曲线采用物理剂量还是 EQD2，故两者都给出",
)
_FROM_M0 = Text("from patients without metastases", "数据来自无远处转移的患者")
