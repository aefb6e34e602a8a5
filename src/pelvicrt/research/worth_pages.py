"""How does a person read the worth of knowing more? As text, as a page, and as bars."""

from __future__ import annotations

from html import escape
from typing import Any

import vl_convert

from pelvicrt.foundation import Language, Text
from pelvicrt.research import worth_words as words
from pelvicrt.research.worth import Worth
from pelvicrt.research.worth_rows import HEADS, Kind, Row, in_years, json_text, rows, told

KINDS: tuple[Kind, ...] = ("everything", "group", "study", "fact")
COLOURS: dict[Kind, str] = {"everything": "#1f2a36", "group": "#2b6cb0", "study": "#b7791f", "fact": "#2f855a"}
FONT = '"Source Sans 3", "Noto Sans", "Noto Sans CJK SC", "PingFang SC", sans-serif'
WIDTH, BAR, LABEL = 520, 24, 330
STYLE = """
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","PingFang SC",sans-serif;max-width:60rem;margin:2rem auto;
padding:0 1rem;color:#1f2a36}
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:1rem 0 .3rem}
td,th{padding:.25rem .5rem;border-bottom:1px solid #d5dbe1;text-align:left}td.n{text-align:right;white-space:nowrap}
small{color:#52606d}svg{max-width:100%;height:auto}
"""


def render(worth: Worth, format: str, lang: Language = "en") -> str:  # noqa: A002  the command's own word
    """The answer as text, json, html or svg.

    Raises:
        KeyError: for another format.
    """
    writers = {"text": to_text, "json": json_text, "html": to_html, "svg": to_svg}
    return writers[format](worth, lang)


def to_text(worth: Worth, lang: Language = "en") -> str:
    """Plain text, highest first in each part."""
    found = rows(worth)
    lines = [words.TITLE.fill(case=worth.case_id).say(lang), _stands(worth).say(lang)]
    for kind in KINDS:
        kept, rest = told(found, kind)
        if not kept:
            continue
        lines += ["", f"{HEADS[kind].say(lang)} ({words.UNIT.say(lang)})"]
        lines += [_line(row, lang) for row in kept]
        lines += [f"  {rest.say(lang)}"] if rest else []
    return "\n".join([*lines, "", *(note.say(lang) for note in _notes(worth))])


def to_html(worth: Worth, lang: Language = "en") -> str:
    """One page that stands alone."""
    found = rows(worth)
    tables = []
    for kind in KINDS:
        kept, rest = told(found, kind)
        if kept:
            body = "".join(_row(row, lang) for row in kept)
            tail = f"<tr><td colspan=2><small>{escape(rest.say(lang))}</small></td></tr>" if rest else ""
            head = escape(f"{HEADS[kind].say(lang)} ({words.UNIT.say(lang)})")
            tables.append(f"<table><caption>{head}</caption><tbody>{body}{tail}</tbody></table>")
    title = escape(words.TITLE.fill(case=worth.case_id).say(lang))
    notes = "".join(f"<p><small>{escape(note.say(lang))}</small></p>" for note in _notes(worth))
    code = "zh-CN" if lang == "zh" else "en"
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><h1>{title}</h1>'
        f"<p>{escape(_stands(worth).say(lang))}</p>{to_svg(worth, lang)}{''.join(tables)}{notes}</body></html>"
    )


def to_svg(worth: Worth, lang: Language = "en") -> str:
    """Bars with one standard error either side."""
    return str(vl_convert.vegalite_to_svg(spec(worth, lang)))


def spec(worth: Worth, lang: Language = "en") -> dict[str, Any]:
    """The picture as Vega-Lite."""
    found = rows(worth)
    values = [
        {
            "place": place,
            "name": row.name.say(lang),
            "kind": HEADS[row.kind].say(lang),
            "value": row.worth.value,
            "low": max(0.0, row.worth.value - row.worth.standard_error),
            "high": row.worth.value + row.worth.standard_error,
        }
        for place, row in enumerate(row for kind in KINDS for row in told(found, kind)[0])
    ]
    # Two rows may bear one name (a fact and a group); the place keeps them apart and is not shown.
    for value in values:
        value["label"] = f"{value['place']:02d}{value['name']}"
    axis = {"title": None, "labelLimit": LABEL, "labelExpr": "slice(datum.value, 2)", "domain": False, "ticks": False}
    names = {"field": "label", "type": "nominal", "sort": {"field": "place"}, "axis": axis}
    kinds = [HEADS[kind].say(lang) for kind in KINDS]
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": kinds, "range": [COLOURS[kind] for kind in KINDS]},
        "legend": {"title": None, "orient": "top", "columns": 2, "labelLimit": LABEL, "symbolType": "square"},
    }
    amount = {"type": "quantitative", "axis": {"title": words.BARS.say(lang), "tickCount": 6}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": {"step": BAR},
        "background": "white",
        "padding": 8,
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "bar", "height": BAR // 2},
                "encoding": {"y": names, "x": {"field": "value", **amount}, "color": colour},
            },
            {
                "mark": {"type": "rule", "strokeWidth": 2, "color": "#52606d"},
                "encoding": {"y": names, "x": {"field": "low", **amount}, "x2": {"field": "high"}},
            },
        ],
        "config": {"font": FONT, "view": {"stroke": None}, "axis": {"labelFontSize": 13, "titleFontSize": 13}}
        | {"legend": {"labelFontSize": 13}},
    }


def _stands(worth: Worth) -> Text:
    if not worth.ranked:
        return words.BLIND
    best = worth.decision.best
    return words.STANDS.fill(name=worth.names[worth.options[best]], chance=f"{worth.decision.p_best[best]:.2f}")


def _notes(worth: Worth) -> list[Text]:
    notes = [words.READ.fill(draws=worth.draws), words.NO_NOISE]
    years = in_years(worth, worth.decision.evpi)
    if years is not None:
        notes.append(words.POPULATION.fill(n=worth.population, evpi=f"{years:.1f}"))
    notes += [words.NOTE_OF.fill(name=item.design.name, note=item.design.note) for item in worth.studies]
    return notes


def _line(row: Row, lang: Language) -> str:
    aside = f"  ({row.aside.say(lang)})" if row.aside else ""
    return f"  {row.worth.value:6.3f} ± {row.worth.standard_error:.3f}  {row.name.say(lang)}{aside}"


def _row(row: Row, lang: Language) -> str:
    aside = f" <small>{escape(row.aside.say(lang))}</small>" if row.aside else ""
    return (
        f"<tr><td>{escape(row.name.say(lang))}{aside}</td>"
        f'<td class="n">{row.worth.value:.3f} ± {row.worth.standard_error:.3f}</td></tr>'
    )
