"""How is a run shown? As JSON by the contract, or as lines in English or Chinese."""

from __future__ import annotations

from typing import Any

from pelvicrt.foundation import VERSION, Language, Text
from pelvicrt.models.run import Simulated, interval
from pelvicrt.models.worth import NAMES

SCHEMA = "pelvicrt.simulation/1"
_LABELS = {
    "life_years": Text("life-years", "生命年"),
    "qalys": Text("QALYs", "质量调整生命年"),
    "cost": Text("cost", "费用"),
}
_HEAD = Text(
    "{title}: {engine}, {draws} parameter draw(s), {patients} patient(s), horizon {horizon:g} {unit}(s)",
    "{title}：{engine}，{draws} 组参数，{patients} 名患者，时间范围 {horizon:g}（单位：{unit}）",
)
_ENGINES = {"solver": Text("solved", "数值求解"), "montecarlo": Text("simulated life by life", "逐人模拟")}
_WHY = Text("Simulated because {why}.", "采用模拟的原因：{why}。")
_SPREAD = Text("95 % of draws {low} to {high}", "95% 的参数组：{low}～{high}")
_ERRORS = {
    "solver": Text("Largest error of the solver: {rows}.", "求解器最大误差：{rows}。"),
    "montecarlo": Text("Standard error from simulated luck: {rows}.", "模拟随机性的标准误：{rows}。"),
}
_EVPI = Text(
    "Best on average: {best} (in {chance:.0%} of draws). Perfect information is worth {evpi:.4g} {unit} a patient.",
    "平均最优：{best}（在 {chance:.0%} 的参数组中最优）。完全信息的价值为每名患者 {evpi:.4g} {unit}。",
)
_MONEY, _QALYS = Text("in money", "（货币）"), Text("QALYs", "质量调整生命年")
_UNSOURCED = Text(
    "{n} number(s) have no source: {which}.",
    "{n} 个数值没有来源：{which}。",
)
_SOURCED = Text("Every number has a source.", "所有数值均有来源。")
_MARK = Text("Model {hash}, seed {seed}, pelvicrt {version}.", "模型 {hash}，随机种子 {seed}，pelvicrt {version}。")
_FEW = 6


def to_json(run: Simulated) -> dict[str, Any]:
    """The contract's `simulate` answer: engine, draws, strategies with their rewards, voi, seconds, provenance."""
    spec = run.built.spec
    return {
        "schema": SCHEMA,
        "model": spec.id,
        "version": VERSION,
        "hash": run.hash,
        "seed": run.seed,
        "engine": run.engine,
        "why_not_solver": [{"en": reason.en, "zh": reason.zh} for reason in run.why_not_solver],
        "draws": run.draws,
        "patients": len(run.built.patients.weights),
        "time_unit": spec.time_unit,
        "horizon": spec.horizon,
        "strategies": [_strategy(run, place) for place in range(len(spec.strategies))],
        "voi": _voi(run),
        "sources": [{"field": field, "source": source} for field, source in run.built.sources],
        "without_source": list(run.built.unsourced),
        "seconds": run.seconds,
    }


def to_lines(run: Simulated, lang: Language) -> list[str]:
    """The answer as lines a person reads."""
    spec = run.built.spec
    head = _HEAD.fill(
        title=spec.title or spec.id,
        engine=_ENGINES[run.engine],
        draws=run.draws,
        patients=len(run.built.patients.weights),
        horizon=spec.horizon,
        unit=spec.time_unit,
    )
    lines = [head.say(lang)]
    if run.why_not_solver:
        reasons = ("；" if lang == "zh" else "; ").join(reason.say(lang) for reason in run.why_not_solver)
        lines.append(_WHY.fill(why=reasons).say(lang))
    for place, (name, strategy) in enumerate(spec.strategies.items()):
        lines.append(f"{strategy.name or name}")
        lines += [_reward_line(run, place, reward, lang) for reward in range(len(NAMES))]
    rows = ", ".join(f"{_LABELS[name].say(lang)} {run.error[:, r].max():.2g}" for r, name in enumerate(NAMES))
    lines.append(_ERRORS[run.engine].fill(rows=rows).say(lang))
    if run.value is not None and run.evpi is not None:
        best = list(spec.strategies)[run.value.best]
        said = _EVPI.fill(
            best=spec.strategies[best].name or best,
            chance=float(run.value.p_best[run.value.best]),
            evpi=run.evpi,
            unit=_QALYS if spec.willingness_to_pay is None else _MONEY,
        )
        lines.append(said.say(lang))
    lines += [_source_line(run, lang), _MARK.fill(hash=run.hash, seed=run.seed, version=VERSION).say(lang)]
    return lines


def _strategy(run: Simulated, place: int) -> dict[str, Any]:
    found: dict[str, Any] = {"id": list(run.built.spec.strategies)[place]}
    for r, name in enumerate(NAMES):
        mean, spread, low, high = interval(run.rewards[:, place, r])
        found[name] = {"mean": mean, "se": spread, "low": low, "high": high}
        found[name]["error"] = float(run.error[place, r])
        if run.draws == 1 and run.engine == "montecarlo":
            found[name]["se"] = float(run.error[place, r])
    return found


def _voi(run: Simulated) -> dict[str, Any] | None:
    if run.value is None:
        return None
    spec, ids = run.built.spec, list(run.built.spec.strategies)
    found: dict[str, Any] = {
        "unit": "money" if spec.willingness_to_pay is not None else "qalys",
        "willingness_to_pay": spec.willingness_to_pay,
        "evpi": run.evpi,
        "evpi_se": run.value.evpi.standard_error,
        "best": ids[run.value.best],
        "p_best": dict(zip(ids, run.value.p_best.tolist(), strict=True)),
        "expected_loss": dict(zip(ids, run.value.expected_loss.tolist(), strict=True)),
    }
    if run.costs is not None:
        found["ceac"] = [
            {"willingness_to_pay": float(price), **dict(zip(ids, row.tolist(), strict=True))}
            for price, row in zip(run.costs.willingness_to_pay, run.costs.ceac, strict=True)
        ]
    return found


def _reward_line(run: Simulated, place: int, reward: int, lang: Language) -> str:
    mean, _spread, low, high = interval(run.rewards[:, place, reward])
    form = ",.0f" if NAMES[reward] == "cost" else ".3f"
    line = f"  {_LABELS[NAMES[reward]].say(lang)} {mean:{form}}"
    if run.draws > 1:
        spread = _SPREAD.fill(low=f"{low:{form}}", high=f"{high:{form}}").say(lang)
        line += f"（{spread}）" if lang == "zh" else f" ({spread})"
    return line


def _source_line(run: Simulated, lang: Language) -> str:
    missing = run.built.unsourced
    if not missing:
        return _SOURCED.say(lang)
    shown = ", ".join(missing[:_FEW]) + (" …" if len(missing) > _FEW else "")
    return _UNSOURCED.fill(n=len(missing), which=shown).say(lang)
