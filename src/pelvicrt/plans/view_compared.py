"""What does the page of two plans say? Gains, curves, limits side by side and differences in harm, in one language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pelvicrt.evidence import Library
from pelvicrt.foundation import Text
from pelvicrt.plans.compared import (
    ComplicationDifference,
    ConstraintPair,
    CurvePair,
    PlanComparison,
    StructureComparison,
)
from pelvicrt.plans.results import INTENDED_USE
from pelvicrt.plans.view import OPEN, limit_row, made_line, name_row, schedule_said, sources_of
from pelvicrt.plans.wording import chance_said, notice_said
from pelvicrt.plans.words import PlanWords


def comparison_view(comparison: PlanComparison, words: PlanWords, library: Library) -> dict[str, Any]:
    """Everything a page of two plans prints, charts apart."""
    w, a, b = words, comparison.a, comparison.b
    return {
        "title": w("title_compare", a=a.plan, b=b.plan),
        "kind": w("kind_compare"),
        "headline": w("headline_compare"),
        "use": INTENDED_USE.say(w.lang),
        "chips": [
            w("chip.letter", letter=letter, plan=w.join((one.plan, schedule_said(one, w))))
            for letter, one in (("A", a), ("B", b))
        ],
        "notices": [notice_said(item, w.lang) for item in comparison.notices],
        "gains": [
            {"letter": letter, "css": letter.lower(), "title": w("gains.of", letter=letter), "said": _all(said, w)}
            for letter, said in (("A", comparison.gains_of_a), ("B", comparison.gains_of_b))
        ],
        "flips": _all(comparison.flips, w),
        "only": [
            w("compare.only", letter=letter, names=w.join(names))
            for letter, names in (("A", comparison.only_in_a), ("B", comparison.only_in_b))
            if names
        ],
        "limits": [_pair_row(pair, w) for pair in comparison.constraints if _judged(pair)],
        "open_limits": [_open_row(pair, w) for pair in comparison.constraints if not _judged(pair)],
        "harms": [_difference_row(item, w) for item in comparison.complications],
        "names": [name_row(item, w) for one in (a, b) for item in one.structures],
        "sources": sources_of((a, b), w, library),
        "made": made_line(a, w, library),
    }


def pair_said(structure: str, pair: CurvePair, w: PlanWords) -> str:
    """What one pair of curves shows, with its numbers."""
    kind = w("dvh.physical") if pair.alpha_beta_gy is None else w("dvh.eqd2")
    ratio = "" if pair.alpha_beta_gy is None else f" ({w('compare.ratio', ratio=f'{pair.alpha_beta_gy:g}')})"
    mean = w("compare.mean", a=w.number(pair.mean_a_gy, 1), b=w.number(pair.mean_b_gy, 1))
    return f"{structure}{w.colon}{kind}{ratio}{w.semicolon}{mean}{w.semicolon}{w(f'compare.lower_{pair.lower}')}"


def _all(texts: Iterable[Text], w: PlanWords) -> list[str]:
    return [text.say(w.lang) for text in texts]


def _judged(pair: ConstraintPair) -> bool:
    """Whether at least one of the two has a verdict."""
    return any(one is not None and one.standing != OPEN for one in (pair.a, pair.b))


def _open_row(pair: ConstraintPair, w: PlanWords) -> dict[str, str]:
    """A question that neither plan answers, in one line."""
    rows = [limit_row(one, w) for one in (pair.a, pair.b) if one is not None]
    asked = w.join(dict.fromkeys(f"{row['metric']} {row['limit']}" for row in rows))
    return {"structure": pair.structure, "asked": asked, "why": w.semicolon.join(dict.fromkeys(r["why"] for r in rows))}


def in_order(structures: Iterable[StructureComparison]) -> list[StructureComparison]:
    """Planning targets first, then organs, other targets, and the body last."""

    def rank(item: StructureComparison) -> int:
        if item.kind == "target":
            return 0 if item.a.named.kind_of_target == "PTV" else 2
        return {"organ": 1, "body": 4}.get(item.kind, 3)

    return sorted(structures, key=rank)


def _pair_row(pair: ConstraintPair, w: PlanWords) -> dict[str, Any]:
    return {
        "structure": pair.structure,
        "a": limit_row(pair.a, w) if pair.a else None,
        "b": limit_row(pair.b, w) if pair.b else None,
    }


def _difference_row(item: ComplicationDifference, w: PlanWords) -> dict[str, Any]:
    return {
        "structure": item.structure,
        "what": item.a.estimate.endpoint.say(w.lang),
        "a": chance_said(item.a.estimate.value),
        "b": chance_said(item.b.estimate.value),
        "difference": _signed(item.difference, w),
        "range": w.span(_signed(item.low, w), _signed(item.high, w)),
        "sure": item.is_sure,
        "verdict": w("harm.sure" if item.is_sure else "harm.unsure"),
        "sources": list(item.a.estimate.sources),
    }


def _signed(difference: float, w: PlanWords) -> str:
    """How many more or fewer of 100 with B."""
    shown = w.number(abs(100 * difference), 1)
    if abs(100 * difference) < 0.05:  # number: half of the last digit shown
        return w("harm.equal")
    return w("harm.more_b" if difference > 0 else "harm.fewer_b", n=shown)
