"""Is a structure a target, and of which kind? The grammar of GTV, CTV, ITV and PTV names, read or left alone.

A target is its type, a classifier (n, p, sb, par, v, vas), a number where there are several, a level or a dose:
`PTVp_5000` is the planning volume of the primary at 50 Gy. A dose is written in cGy. What does not fit whole is not
read, so that a ring around a target or a target cut back from the skin is never taken for the target.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_PARTS = re.compile(
    r"""
    (?P<type>IGTV|ICTV|GTV|CTV|ITV|PTV!?)
    (?: [ _-]? (?P<classifier>vas|par|sb|n|p|v) (?![a-z]) )?
    (?: [ _]? (?P<number>[1-9]) (?![\d.,p]) )?
    (?: [ _-]? (?P<level>high|low|mid\d{0,2}|boost) (?![a-z\d]) )?
    (?: (?P<gap>[ _-]*) (?P<dose>\d{2,4}(?:[.,p]\d{1,2})?) [ ]? (?P<unit>c?Gy)? (?![a-z\d]) )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORDS = {
    "GTV": ("大体肿瘤靶区", "大体肿瘤体积", "肿瘤靶区", "gross tumour volume", "gross tumor volume"),
    "CTV": ("临床靶区", "临床靶体积", "clinical target volume"),
    "ITV": ("内靶区", "internal target volume"),
    "PTV": ("计划靶区", "计划靶体积", "planning target volume"),
}
DOUBTFUL = 90 / 100
LOWEST_GY, HIGHEST_GY = 15, 100
LOWEST_CGY = 100 * LOWEST_GY


@dataclass(frozen=True, slots=True)
class Target:
    """A target as its name says: TG-263 name, type, dose in it [Gy] if any, share of the name read, and the rest."""

    tg263: str
    type: str
    dose_gy: float | None
    read: float
    rest: str


def read_target(name: str) -> Target | None:
    """The target a name stands for, or None when it does not begin like one.

    `read` is 1 when the whole name was understood; a target of less is a proposal at best. A number without unit is a
    dose in cGy from 1500 on, in Gy from 15 to 100; another number is not understood (conventions of ours).

    >>> read_target("PTVp_50").tg263, read_target("CTV45").dose_gy, read_target("ptv_5040").tg263
    ('PTVp_5000', 45.0, 'PTV_5040')
    >>> read_target("PTV_ring").read < 1, read_target("Bladder-PTV")
    (True, None)
    """
    text = _short(unicodedata.normalize("NFKC", name).strip())
    found = _PARTS.match(text)
    if found is None or text[found.end() : found.end() + 1].isalpha():
        return None
    length = found.end()
    dose_gy = _dose_gy(found)
    if found["dose"] is not None and dose_gy is None:
        length = found.start("gap")
    share = length / len(text)
    return Target(
        tg263=_tg263(found, dose_gy),
        type=found["type"].upper().rstrip("!"),
        dose_gy=dose_gy,
        read=min(share, DOUBTFUL) if _perhaps_cut_back(found) else share,
        rest=text[length:],
    )


def _perhaps_cut_back(found: re.Match[str]) -> bool:
    """Whether `-20` may say that the target is cut back by 20 mm, which TG-263 writes so, and not 20 Gy."""
    return "-" in (found["gap"] or "") and len(found["dose"] or "") == 2 and not found["unit"]


def _short(text: str) -> str:
    """The name with a target's type written out in words replaced by its letters."""
    for letters, words in _WORDS.items():
        for word in words:
            if text.casefold().startswith(word):
                return letters + text[len(word) :]
    return text


def _dose_gy(found: re.Match[str]) -> float | None:
    if found["dose"] is None:
        return None
    number = float(re.sub("[,p]", ".", found["dose"].lower()))
    unit = (found["unit"] or "").lower()
    if unit == "cgy" or (not unit and number >= LOWEST_CGY):
        number /= 100
    return number if LOWEST_GY <= number <= HIGHEST_GY or (unit and 0 < number <= HIGHEST_GY) else None


def _tg263(found: re.Match[str], dose_gy: float | None) -> str:
    level = f"_{found['level'].capitalize()}" if found["level"] else ""
    dose = "" if dose_gy is None else f"_{round(100 * dose_gy)}"
    return f"{found['type'].upper()}{(found['classifier'] or '').lower()}{found['number'] or ''}{level}{dose}"
