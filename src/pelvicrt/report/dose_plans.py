"""What do the dose plans given say of harm? One table a plan, beside the ledger and no part of it."""

from __future__ import annotations

from dataclasses import dataclass

from pelvicrt.assessment import NOT_CHANGED, NOT_CHANGED_SOURCES, PlanHarm, PlanToxicity
from pelvicrt.foundation import Text
from pelvicrt.report.options import Option
from pelvicrt.report.page import Page

LEAST_OF_100 = 1 / 10


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmRow:
    """One complication: organ, endpoint, chance and range of 100 patients, what limits its use, sources."""

    organ: str
    harm: str
    number: str
    range: str
    flags: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DosePlan:
    """One plan with the options it belongs to, which `long_title` names. `said` are the sentences beside the table."""

    title: str
    long_title: str
    options: tuple[Option, ...]
    rows: tuple[HarmRow, ...]
    said: tuple[str, ...]


def dose_plans(page: Page) -> tuple[DosePlan, ...]:
    """Every plan that delivers the schedule of an option, in the order given."""
    made = ((plan, _options(plan, page)) for plan in page.assessment.plans)
    return tuple(_dose_plan(plan, options, page) for plan, options in made if options)


def not_changed(page: Page) -> tuple[str, tuple[str, ...]]:
    """Which simulated number the plans did not change and why, and the sources of that."""
    return NOT_CHANGED.say(page.words.lang), NOT_CHANGED_SOURCES


def _options(plan: PlanToxicity, page: Page) -> tuple[Option, ...]:
    return tuple(option for option in page.options.all if plan in option.assessed.plans)


def _dose_plan(plan: PlanToxicity, options: tuple[Option, ...], page: Page) -> DosePlan:
    w = page.words
    title = w("dose_plan.plan", plan=plan.label, n=plan.fractions)
    shared = _shared_flags(plan)
    said = []
    if not plan.harms:
        said.append(w("dose_plan.none"))
    if shared:
        said.append(w("dose_plan.all", flags=w.semicolon.join(flag.say(w.lang) for flag in shared)))
    for key, volume_cc in (("loops", plan.bowel_loops_v15_cc), ("bag", plan.bowel_bag_v45_cc)):
        if volume_cc is not None:
            said.append(w(f"dose_plan.{key}", n=w.number(volume_cc)))
    return DosePlan(
        title=title,
        long_title=w("dose_plan.for", plan=title, letters=w.join(option.letter for option in options)),
        options=options,
        rows=tuple(_row(harm, shared, page) for harm in plan.harms),
        said=(*said, *(text.say(w.lang) for text in plan.withheld)),
    )


def _shared_flags(plan: PlanToxicity) -> tuple[Text, ...]:
    """Flags that every estimate of a plan bears, so that they are said once."""
    if len(plan.harms) < 2:
        return ()
    first, *others = ([flag.text for flag in harm.estimate.flags] for harm in plan.harms)
    return tuple(text for text in first if all(text in other for other in others))


def _row(harm: PlanHarm, shared: tuple[Text, ...], page: Page) -> HarmRow:
    estimate, lang = harm.estimate, page.words.lang
    return HarmRow(
        organ=harm.name.say(lang),
        harm=estimate.endpoint.say(lang),
        number=_of_100(estimate.value, page),
        range=page.words.span(_of_100(estimate.low, page), _of_100(estimate.high, page)),
        flags=tuple(flag.text.say(lang) for flag in estimate.flags if flag.text not in shared),
        sources=estimate.sources,
    )


def _of_100(chance: float, page: Page) -> str:
    """A chance as patients of 100: whole from 10 on, one decimal below, never a bare 0 for what can happen."""
    count = 100 * chance
    if 0 < count < LEAST_OF_100:
        return page.words("dose_plan.under_tenth")
    return page.words.number(count, 0 if count >= 10 else 1)
