"""Which timing window speaks about which two steps of a plan?

A step raises the events named in `Step.event`, joined by `+` when it is two things at once (`liver+tme`); every
operation also raises `surgery`, and a step with bevacizumab among its agents also raises `bevacizumab`. A window from
`rt.end` to `tme.start` binds each step that raises `tme` to the nearest earlier step that raises `rt`; a window between
the start and the end of one event binds the step to itself. Windows between events no step raises belong to follow-up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pelvicrt.evidence import FactValue, Regimen, Step, Window, holds, parse

OPERATIONS: Final = frozenset({"liver_local", "tme", "simultaneous_surgery", "transplant", "stoma"})
SYSTEMIC: Final = frozenset({"systemic", "immunotherapy"})
PELVIC_RT: Final = frozenset({"short_course", "long_course", "palliative_rt", "consolidative_rt"})
BEVACIZUMAB: Final = "bevacizumab"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A window bound to two steps (or to both ends of one): days from one end of `earlier` to one end of `later`."""

    window: Window
    earlier: int
    earlier_edge: str
    later: int
    later_edge: str


def events_of(step: Step) -> frozenset[str]:
    """The events a step raises.

    >>> from pelvicrt.foundation import Text
    >>> sorted(events_of(Step(id="tme", kind="tme", label=Text("TME", "TME"), event="tme")))
    ['surgery', 'tme']
    """
    named = {part for part in step.event.split("+") if part}
    if step.kind in OPERATIONS:
        named.add("surgery")
    if any(agent.startswith(BEVACIZUMAB) for agent in step.agents):
        named.add(BEVACIZUMAB)
    return frozenset(named)


def bind(
    steps: Sequence[Step],
    windows: Iterable[Window],
    *,
    regimen: Regimen | None = None,
    context: Mapping[str, FactValue] | None = None,
) -> tuple[Gap, ...]:
    """Every window that applies to this plan, bound to its steps; `context` adds facts named `plan.*`."""
    about = {
        "plan.strategy": "none",
        "plan.regimen": regimen.id if regimen else "none",
        "plan.family": regimen.family if regimen else "none",
        "plan.fractions": regimen.fractions if regimen else 0,
        "plan.ablation": False,
        **(context or {}),
    }
    return tuple(
        gap for window in windows if window.enabled for gap in _pairs(window, steps) if _applies(gap, steps, about)
    )


def _pairs(window: Window, steps: Sequence[Step]) -> Iterator[Gap]:
    earlier_event, _, earlier_edge = window.from_event.partition(".")
    later_event, _, later_edge = window.to_event.partition(".")
    for later, step in enumerate(steps):
        if later_event not in events_of(step):
            continue
        within = earlier_event == later_event and earlier_edge == "start" and later_edge == "end"
        earlier = later if within else _nearest(steps, earlier_event, before=later)
        if earlier is not None:
            yield Gap(window=window, earlier=earlier, earlier_edge=earlier_edge, later=later, later_edge=later_edge)


def _nearest(steps: Sequence[Step], event: str, *, before: int) -> int | None:
    return next((i for i in range(before - 1, -1, -1) if event in events_of(steps[i])), None)


def _applies(gap: Gap, steps: Sequence[Step], about: Mapping[str, FactValue]) -> bool:
    if gap.window.applies_when is None:
        return True
    between = tuple(step.kind for step in steps[gap.earlier + 1 : gap.later])
    facts = {
        **about,
        "plan.from_kind": steps[gap.earlier].kind,
        "plan.to_kind": steps[gap.later].kind,
        "plan.systemic_between": any(kind in SYSTEMIC for kind in between),
        "plan.surgery_between": any(kind in OPERATIONS for kind in between),
        "plan.rt_between": any(kind in PELVIC_RT for kind in between),
        "plan.rt_before": any(step.kind in PELVIC_RT for step in steps[: gap.later]),
    }
    return holds(parse(gap.window.applies_when), facts.__getitem__).value is True
