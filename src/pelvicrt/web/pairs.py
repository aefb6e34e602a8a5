"""By how much do two options differ, row by row, in words a team can argue with? Left of the line one is better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pelvicrt.assessment import head_to_head
from pelvicrt.recommend import Comparison
from pelvicrt.report import estimates, verdicts
from pelvicrt.web.assessor import Answer
from pelvicrt.web.showing import Named, Shown
from pelvicrt.web.words import PageWords

MOST_GAINS: Final = 3
_MIDDLE: Final = 50.0  # number: per cent of the drawing's width


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One outcome of two options. `start`, `width`, `mark` [%] place the bar about the middle; `better` is a letter."""

    outcome: str
    title: str
    unit: str
    left: str
    right: str
    told: str
    span: str
    words: str
    sure: str
    start: float
    width: float
    mark: float
    better: str
    gain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two options head to head."""

    left: Named
    right: Named
    rows: tuple[Difference, ...]

    def gains(self, letter: str) -> tuple[str, ...]:
        """The largest differences that can be told apart in favour of one option."""
        found = sorted((row for row in self.rows if row.better == letter), key=lambda row: -abs(row.mark - _MIDDLE))
        return tuple(row.gain for row in found[:MOST_GAINS])


def pair_of(answer: Answer, shown: Shown, left: Named, right: Named, w: PageWords) -> Pair:
    """Every outcome both options have, at its first time (three years where it has that).

    Raises:
        UsageError: when one of them was not simulated, or both are the same.
    """
    first: dict[str, Comparison] = {}
    for item in head_to_head(answer.light, left.key, right.key):
        first.setdefault(item.outcome, item)
    rows = tuple(_difference(item, shown, left, right, w) for item in first.values())
    return Pair(left=left, right=right, rows=rows)


def _difference(item: Comparison, shown: Shown, left: Named, right: Named, w: PageWords) -> Difference:
    kind = estimates.kind_of(item.outcome)
    title, unit = _title(item, w), estimates.unit_of(kind, w)
    ours, theirs = (_at(shown, option.key, item) for option in (left, right))
    # Told as right minus left; drawn so that whoever is better stands on his side, whatever the outcome's direction.
    mean, low, high = (estimates.scaled(value, kind) for value in (-item.difference, -item.high, -item.low))
    turn = 1 if estimates.more_is_better(item.outcome) else -1
    reach = max(abs(low), abs(high)) or 1
    ends = sorted((turn * low / reach, turn * high / reach))
    span = w.span(signed(low, w), signed(high, w))
    shown_left, shown_right = (estimates.told(one.mean, kind, w) for one in (ours, theirs))
    # A sure difference nobody can see in the numbers helps nobody; the ledger says so too.
    word = verdicts.rung(max(item.chance_a_better, 1 - item.chance_a_better)) if shown_left != shown_right else None
    more = (right if mean > 0 else left).letter
    better = left if item.chance_a_better > 1 / 2 else right
    key = "compare.gain_more" if turn > 0 else "compare.gain_fewer"
    return Difference(
        outcome=item.outcome,
        title=title,
        unit=unit,
        left=shown_left,
        right=shown_right,
        told=signed(mean, w),
        span=span,
        words=w(f"compare.{word}_more", letter=more) if word else w("compare.same"),
        sure=w("now.chance", n=w.number(100 * item.chance_a_better)),
        start=round(_MIDDLE + _MIDDLE * ends[0], 1),
        width=round(_MIDDLE * (ends[1] - ends[0]), 1),
        mark=round(_MIDDLE + _MIDDLE * turn * mean / reach, 1),
        better=better.letter if word else "",
        gain=w(
            key,
            outcome=title,
            n=amount(abs(mean), w),
            unit=unit,
            span=gained(turn * low, turn * high, better is right, turn > 0, w),
        ),
    )


def _title(item: Comparison, w: PageWords) -> str:
    name = w.label("outcome", item.outcome)
    if item.at_months is None:
        return name
    return w.label("outcome", "at_months").format(outcome=name, time=w.horizon(item.at_months))


def _at(shown: Shown, key: str, item: Comparison) -> estimates.Estimate:
    found = shown.estimates[key][item.outcome]
    return next(one for one in found if one.at_months == item.at_months)


def amount(value: float, w: PageWords) -> str:
    """A size with a decimal only where it would otherwise be nothing."""
    return w.number(value, 1 if 0 < value < 1 else 0)


def gained(low: float, high: float, by_right: bool, more: bool, w: PageWords) -> str:
    """The range of a gain: two sizes, or, when it reaches to the other side, both sides in words.

    >>> gained(2.0, 6.0, True, True, PageWords("en")), gained(-3.0, 6.0, True, False, PageWords("en"))
    ('2 to 6', '3 more to 6 fewer')
    """
    ends = sorted(end if by_right else -end for end in (low, high))
    if ends[0] >= 0:
        return w.span(amount(ends[0], w), amount(ends[1], w))
    said = [w(f"compare.end_{'more' if (end > 0) == more else 'fewer'}", n=amount(abs(end), w)) for end in ends]
    return w.span(*said)


def signed(value: float, w: PageWords) -> str:
    """A difference with its sign.

    >>> signed(-2.4, PageWords("en")), signed(6, PageWords("en")), signed(0.0, PageWords("en"))
    ('−2', '+6', '0')
    """
    said = amount(abs(value), w)
    if said in {"0", "0.0"}:
        return "0"
    return f"{'+' if value > 0 else '−'}{said}"
