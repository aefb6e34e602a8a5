"""Do text, HTML and PDF say what they must: the answer first, unknown as unknown, sources, and what this is not?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import re
from pathlib import Path

import pypdf
import pytest
from rich.cells import cell_len
from tests.support import assessment_builder as builder

from pelvicrt.case import Case
from pelvicrt.foundation import Text, UsageError, write_whole
from pelvicrt.report import render, to_html, to_pdf, to_text, write_report
from pelvicrt.report.as_pdf import fonts_for
from pelvicrt.strategies import Timeline

LIBRARY = builder.a_library()
STATES = ("an_assessment", "one_option", "none_open", "blocked", "emergency", "palliative")
NOT_A_DEVICE = {"en": "Not a medical device", "zh": "非医疗器械"}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_written_as_text_and_says_it_is_no_device(state: str, lang: str) -> None:
    assert NOT_A_DEVICE[lang] in to_text(getattr(builder, state)(), lang, library=LIBRARY)


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_can_be_written_as_a_page_and_says_it_is_no_device(state: str, lang: str) -> None:
    assert NOT_A_DEVICE[lang] in to_html(getattr(builder, state)(), lang, library=LIBRARY)


def test_the_text_begins_with_the_answer() -> None:
    assert to_text(builder.an_assessment(), "en", library=LIBRARY).startswith("No clear winner between")


def test_an_emergency_stands_before_the_answer() -> None:
    assert to_text(builder.emergency(), "en", library=LIBRARY).startswith("!! Act first: decompress first")


@pytest.mark.parametrize("width", [80, 100, 140])
@pytest.mark.parametrize("lang", ["en", "zh"])
def test_no_line_of_the_text_is_wider_than_asked(lang: str, width: int) -> None:
    lines = to_text(builder.an_assessment(), lang, width, library=LIBRARY).splitlines()
    assert max(cell_len(line) for line in lines) <= width


def test_columns_of_the_chinese_text_stand_under_their_letter() -> None:
    lines = to_text(builder.an_assessment(), "zh", 120, library=LIBRARY).splitlines()
    head = next(line for line in lines if re.fullmatch(r"\s+A\s+B\s+C\s+D", line))
    row = next(line for line in lines if "3 年存活  " in line)
    assert cell_len(row[: row.index("64")]) == cell_len(head[: head.index("A")])


def test_a_number_of_the_page_stands_beside_its_range() -> None:
    page = to_html(builder.an_assessment(), "en", library=LIBRARY)
    numbers = re.findall(r'<span class="num[^"]*">[^<]+</span>(.{0,60})', page)
    assert numbers
    assert all(after.startswith('<span class="range"><span class="vh">likely range </span>') for after in numbers)


def test_an_unknown_fact_is_said_to_be_unknown() -> None:
    assert '<li class="unknown">EMVI unknown</li>' in to_html(builder.an_assessment(), "en", library=LIBRARY)


def test_a_case_of_unknown_facts_only_is_still_shown() -> None:
    empty = Case(id="empty", assessed_on=dt.date(2026, 5, 4))
    page = to_html(dataclasses.replace(builder.blocked(), case=empty), "en", library=LIBRARY)
    assert "person (sex unknown), age unknown" in page


def test_a_second_hand_source_is_marked_as_second_hand() -> None:
    assert "V2 second-hand" in to_html(builder.an_assessment(), "en", library=LIBRARY)


def test_a_source_outside_the_library_is_said_to_be_outside() -> None:
    assert "not in the evidence library" in to_html(builder.an_assessment(), "en", library=LIBRARY)


def test_blocked_names_the_fact_and_who_can_supply_it() -> None:
    page = to_html(builder.blocked(), "en", library=LIBRARY)
    assert "These facts decide the first step and are unknown" in page
    assert "Pathology: immunohistochemistry" in page


def test_words_from_a_file_cannot_become_markup() -> None:
    bad = Text("<script>alert(1)</script>", "<script>alert(1)</script>")
    base = builder.an_assessment()
    advice = dataclasses.replace(
        base.advice, recommendation=dataclasses.replace(base.advice.recommendation, headline=bad)
    )
    page = to_html(dataclasses.replace(base, advice=advice), "en", library=LIBRARY)
    assert "<script>" not in page


def test_the_page_asks_nothing_of_the_outside() -> None:
    page = to_html(builder.an_assessment(), "en", library=LIBRARY)
    addresses = set(re.findall(r'(?:src|href|url)\s*[=(]\s*["\']?([^"\')\s>]+)', page))
    assert {address for address in addresses if not address.startswith("#")} == set()


def test_the_page_has_no_inline_style_and_no_script() -> None:
    page = to_html(builder.an_assessment(), "zh", library=LIBRARY)
    assert not re.search(r"\sstyle=|<script|\son[a-z]+=", page)


def test_no_id_is_used_twice_on_the_page() -> None:
    ids = re.findall(r'\sid="([^"]+)"', to_html(builder.an_assessment(), "en", library=LIBRARY))
    assert len(ids) == len(set(ids))


def test_every_link_inside_the_page_has_its_target() -> None:
    page = to_html(builder.an_assessment(), "en", library=LIBRARY)
    ids = set(re.findall(r'\sid="([^"]+)"', page))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= ids


def test_the_same_assessment_gives_the_same_page() -> None:
    first = to_html(builder.an_assessment(), "en", library=LIBRARY)
    assert first == to_html(builder.an_assessment(), "en", library=LIBRARY)


def _read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def test_the_chinese_pdf_embeds_its_chinese_font() -> None:
    reader = _read(to_pdf(builder.blocked(), "zh", library=LIBRARY))
    names = {font.get_object()["/BaseFont"] for page in reader.pages for font in page["/Resources"]["/Font"].values()}
    assert any("NotoSansCJK" in name or "SourceHanSans" in name for name in names)


def test_the_chinese_pdf_can_be_read_as_text() -> None:
    text = "".join(page.extract_text() for page in _read(to_pdf(builder.blocked(), "zh", library=LIBRARY)).pages)
    assert "非医疗器械" in re.sub(r"\s", "", text)


def test_the_pdf_is_tagged_and_names_its_title_and_language() -> None:
    reader = _read(to_pdf(builder.blocked(), "zh", library=LIBRARY))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).lower().startswith("zh")
    assert reader.metadata is not None
    assert reader.metadata.title == "评估 example-1 · pelvicrt"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_full_pdf_has_at_most_six_pages(lang: str) -> None:
    assert len(_read(to_pdf(builder.an_assessment(), lang, library=LIBRARY)).pages) <= 6


@pytest.mark.parametrize("state", STATES[1:])
def test_every_state_can_be_written_as_a_pdf(state: str) -> None:
    assert to_pdf(getattr(builder, state)(), "en", library=LIBRARY).startswith(b"%PDF")


def test_chinese_without_a_chinese_font_names_the_package_to_install() -> None:
    with pytest.raises(UsageError, match="install the package fonts-noto-cjk"):
        fonts_for("zh", frozenset({"DejaVu Sans", "Libertinus Serif"}))


def test_words_in_a_pdf_are_never_run_as_code() -> None:
    base = builder.blocked()
    bad = Text('#panic("run") $x$ ] #let', '#panic("run") $x$ ] #let')
    advice = dataclasses.replace(
        base.advice, recommendation=dataclasses.replace(base.advice.recommendation, headline=bad)
    )
    made = to_pdf(dataclasses.replace(base, advice=advice), "en", library=LIBRARY)
    assert '#panic("run")' in _read(made).pages[0].extract_text()


def test_a_plan_whose_stops_contradict_each_other_says_so() -> None:
    base = builder.one_option()
    first = base.strategies[0]
    reason = builder.a_reason(Text("Liver surgery before week 6", "肝切除须在第 6 周前"), direction="block")
    impossible = dataclasses.replace(first.candidate, timeline=Timeline(feasible=False, conflict=(reason,)))
    changed = (dataclasses.replace(first, candidate=impossible), *base.strategies[1:])
    text = to_text(dataclasses.replace(base, strategies=changed), "en", library=LIBRARY)
    assert "no date satisfies all of them: Liver surgery before week 6" in text


def test_a_format_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="'docx' cannot be printed; write text, json or html"):
        render(builder.blocked(), "docx", "en")


def test_a_failed_write_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path, monkeypatch) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_whole(target, b"new")
    assert (target.read_text(), list(tmp_path.iterdir())) == ("old", [target])


def test_a_report_is_written_to_its_file(tmp_path: Path) -> None:
    write_report(builder.blocked(), tmp_path / "a.json", "json", "en")
    assert (tmp_path / "a.json").read_text().startswith('{\n  "schema": "pelvicrt.assessment/1"')
