"""How does a person read a region's run? As a page of text in English or Chinese, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from unicodedata import east_asian_width

from pelvicrt.evidence import library as shipped_library
from pelvicrt.foundation import CLASSIFICATION_VALUES, Language, Text
from pelvicrt.report import label_text
from pelvicrt.research.population_results import Figure, Load, PolicyFound, summarise, to_json, unsourced
from pelvicrt.research.population_run import CLASS_KINDS, CLASSES, Regional
from pelvicrt.research.population_spec import Policy

_USED = {
    "radiotherapy_courses": Text("Radiotherapy courses", "放疗疗程数"),
    "fractions": Text("Radiotherapy fractions", "放疗分次数"),
    "liver_operations": Text("Liver operations", "肝脏手术"),
    "rectal_operations": Text("Rectal operations", "直肠手术"),
    "stoma_operations": Text("Stoma operations before other treatment", "治疗前造口术"),
    "bed_days": Text("Days in hospital for operations", "手术住院日数"),
    "operative_deaths": Text("Deaths from operations", "手术相关死亡"),
    "cost": Text("Cost", "费用"),
}
_UNITS = {
    "per_100_patients": Text("per 100 patients", "每百名患者"),
    "months": Text("months", "月"),
    "days": Text("days", "天"),
    "per_year": Text("a year", "每年"),
}
_TITLE = Text(
    "{name}: {patients} virtual patients, {draws} parameter draws", "{name}：{patients} 名虚拟患者，{draws} 组参数"
)
_REGION = Text(
    "Figures are for {year:g} patients a year; intervals are 95 % of what the evidence leaves open.",
    "按每年 {year:g} 名患者计；区间为证据不确定性的 95% 范围。",
)
_CLASSES = Text("Patients by class (%)", "患者分类（%）")
_PLANS = Text("What they get (% of patients)", "所用策略（% 患者）")
_OUTCOMES = Text("Outcomes", "结局")
_USE = Text("Used in a year", "每年资源使用")
_LOADS = Text("Use a month beside capacity", "每月使用量与容量")
_DIFFERENCES = Text("Difference to: {name}", "与“{name}”之差")
_OVER = Text("more than there is with chance {chance:.0%}", "超出容量的概率 {chance:.0%}")
_AT = Text("{name}, {month:g} months", "{name}（{month:g} 个月）")
_NOTES = {
    "undelivered": Text(
        "{share:.1%} of patients were given something else, because what the policy names is contraindicated.",
        "{share:.1%} 的患者因方案所列策略禁忌而改用其他策略。",
    ),
    "against": Text(
        "{share:.1%} of patients are given a plan that the rules do not recommend for them, or cannot yet.",
        "{share:.1%} 的患者所得策略不为规则推荐，或尚不能判断。",
    ),
    "unadvised": Text(
        "For {share:.1%} nothing could be recommended; they were given what the rules speak least against.",
        "{share:.1%} 的患者无法给出推荐，采用规则反对最少的策略。",
    ),
    "unjudged": Text(
        "For {share:.1%} a rule could not be judged for want of a fact; the next rule was taken.",
        "{share:.1%} 的患者因缺少信息无法判断某条规则，采用下一条规则。",
    ),
}
_TIED = Text(
    "For {share:.0%} of patients the recommendation is a tie; the option named first was taken.",
    "{share:.0%} 的患者推荐为并列，采用首列方案。",
)
_SAMPLING = Text(
    "Following {patients} patients instead of all adds at most {error:.1f} per 100 (standard error).",
    "以 {patients} 名患者代替全部患者，至多增加每百人 {error:.1f} 的标准误。",
)
_NO_SOURCE = Text("Fields of the file without a source: {fields}.", "无来源的字段：{fields}。")
_SOURCE = Text("Sources: {sources}", "来源：{sources}")
_SPEED = Text(
    "{rate:,.0f} patient x draw x policy a second; {seconds:.0f} s.",
    "每秒 {rate:,.0f}（患者×参数组×方案）；共 {seconds:.0f} 秒。",
)
_CAVEAT = Text(
    "Treatment after progression is in the outcomes but not in the use. Costs and capacities are the file's.",
    "进展后治疗计入结局，未计入资源使用。费用与容量由文件给出。",
)
_WIDE = 54


def render_population(found: Regional, format: str, lang: Language = "en") -> str:  # noqa: A002  the command's own word
    """The answer as text or json.

    Raises:
        KeyError: for another format.
    """
    writers = {"text": to_text, "json": lambda run, _lang: json.dumps(to_json(run), ensure_ascii=False, indent=1)}
    return writers[format](found, lang)


def to_text(found: Regional, lang: Language = "en") -> str:
    """A page of plain text."""
    asked = found.population
    policies = summarise(found)
    patients = int(found.patients.sum())
    lines = [
        _TITLE.fill(name=asked.name, patients=patients, draws=asked.draws).say(lang),
        _REGION.fill(year=asked.patients_per_year).say(lang),
        "",
        f"{_CLASSES.say(lang)}:",
        *_classes(found, lang),
    ]
    for policy, item in zip(asked.policies, policies, strict=True):
        lines += ["", f"== {policy.name.say(lang)} =="]
        lines += list(_policy(item, asked.policies[0], lang))
    return "\n".join([*lines, "", *_closing(found, policies, lang)])


def _classes(found: Regional, lang: Language) -> Iterator[str]:
    """One line a kind of class; the values in the order of the contract."""
    share = dict(zip(CLASSES, found.classes.sum(axis=0) / found.patients.sum(), strict=True))
    for kind in CLASS_KINDS:
        parts = [
            f"{_class_value(kind, value).say(lang)} {100.0 * share[f'{kind}: {value}']:.0f}"
            for value in CLASSIFICATION_VALUES[kind]
            if share[f"{kind}: {value}"] > 0.0
        ]
        yield f"  {_padded(label_text('class', kind).say(lang))}{', '.join(parts)}"


def _class_value(kind: str, value: str) -> Text:
    return label_text("class_value", value if value == "unknown" else f"{kind}.{value}")


def _policy(item: PolicyFound, reference: Policy, lang: Language) -> Iterator[str]:
    yield f"{_PLANS.say(lang)}:"
    yield from (f"  {_padded(_plan(key).say(lang))}{100.0 * share:6.1f}" for key, share in item.plans)
    yield f"{_OUTCOMES.say(lang)}:"
    yield from (_line(figure, lang) for figure in item.outcomes)
    yield f"{_USE.say(lang)}:"
    yield from (_line(figure, lang) for figure in item.used)
    if item.loads:
        yield f"{_LOADS.say(lang)}:"
        yield from (_load(load, lang) for load in item.loads)
    if item.differences:
        yield f"{_DIFFERENCES.fill(name=reference.name).say(lang)}:"
        yield from (_line(figure, lang, sign="+") for figure in item.differences)
    yield from (f"! {_NOTES[name].fill(share=share).say(lang)}" for name, share in item.notes.items() if share > 0.0)


def _plan(key: str) -> Text:
    """A plan by the name of its strategy and schedule."""
    name, _, regimen = key.partition(":")
    strategy = next(item for item in shipped_library().strategies if item.id == name)
    if not regimen:
        return strategy.name
    schedule = shipped_library().regimens[regimen].short_name
    return Text(f"{strategy.name.en} ({schedule.en})", f"{strategy.name.zh}（{schedule.zh}）")


def _line(figure: Figure, lang: Language, *, sign: str = "") -> str:
    name = _USED.get(figure.name) or label_text("outcome", figure.name)
    if figure.at_months is not None:
        name = _AT.fill(name=name, month=figure.at_months)
    unit = _UNITS.get(figure.unit) or Text(figure.unit.replace("_", " "), figure.unit.replace("_", " "))
    # Adding 0 turns a rounded -0 into 0.
    cells = " ".join(f"{round(value, 1) + 0.0:{sign}10.1f}" for value in (figure.mean, figure.low, figure.high))
    return f"  {_padded(name.say(lang))}{cells}  {unit.say(lang)}"


def _load(load: Load, lang: Language) -> str:
    cells = " ".join(f"{value:10.1f}" for value in (load.mean, load.low, load.high))
    over = _OVER.fill(chance=load.chance_above).say(lang)
    return f"  {_padded(_USED[load.name].say(lang))}{cells} / {load.capacity:g}  {over}"


def _padded(text: str) -> str:
    """Filled to a column; Chinese characters are two wide."""
    wide = sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
    return text + " " * max(1, _WIDE - wide)


def _closing(found: Regional, policies: Sequence[PolicyFound], lang: Language) -> Iterator[str]:
    asked, patients = found.population, int(found.patients.sum())
    if any(policy.asks_advice for policy in asked.policies) and found.tied.sum() > 0:
        yield _TIED.fill(share=found.tied.sum() / patients).say(lang)
    errors = [
        figure.sampling_error
        for item in policies
        for figure in item.outcomes
        if figure.unit == "per_100_patients" and figure.sampling_error is not None
    ]
    if errors:
        yield _SAMPLING.fill(patients=patients, error=max(errors)).say(lang)
    yield _CAVEAT.say(lang)
    if fields := unsourced(found):
        yield _NO_SOURCE.fill(fields=", ".join(fields)).say(lang)
    given = {**asked.sources, **({"costs": asked.costs.source} if asked.costs else {})}
    if given:
        yield _SOURCE.fill(sources="; ".join(f"{name}: {text}" for name, text in given.items())).say(lang)
    if found.resumed == 0.0:
        rate = patients * asked.draws * len(asked.policies) / found.seconds
        yield _SPEED.fill(rate=rate, seconds=found.seconds).say(lang)
