"""Can a registry fill in a table and have every row become a case, or every problem named by row and column?"""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.case_strategies import cases

from pelvicrt.case import Case
from pelvicrt.foundation import UNKNOWN, InvalidInput
from pelvicrt.intake import import_cases, load_case, write_cases, write_table, write_template

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
HEADER = ["id", "assessed_on", "patient.age", "patient.sex", "primary.mrf_mm", "primary.emvi", "liver.hpb_review_on"]


def table(*rows: list[Any], header: list[str] | None = None, separator: str = ",") -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows([header or HEADER, *rows])
    return stream.getvalue()


def imported(folder: Path, content: str, encoding: str = "utf-8") -> tuple[Case, ...]:
    path = folder / "registry.csv"
    path.write_bytes(content.encode(encoding))
    return import_cases(path).cases


def refused(folder: Path, content: str) -> dict[str, str]:
    """Field and what was found of every problem."""
    with pytest.raises(InvalidInput) as caught:
        imported(folder, content)
    assert all(p.expected.en and p.expected.zh and p.found for p in caught.value.problems)
    return {problem.field: problem.found for problem in caught.value.problems}


GOOD = ["a-1", "2026-05-04", "58", "male", "3", "absent", "2026-04-28"]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_three_separators_are_read(separator: str, tmp_path: Path) -> None:
    assert imported(tmp_path, table(GOOD, separator=separator))[0].primary.mrf_mm == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_tables_are_read_in_usual_encodings(encoding: str, tmp_path: Path) -> None:
    header = [
        "病例编号",
        "评估日期",
        "年龄",
        "出生性别",
        "距直肠系膜筋膜（MRF）距离",
        "壁外血管侵犯（EMVI）",
        "肝胆团队评审日期",
    ]
    row = ["a-1", "2026年5月4日", "５８", "男", "1,5", "有", "2026/4/28"]
    case = imported(tmp_path, table(row, header=header), encoding)[0]
    assert (case.patient.sex, case.patient.age, case.primary.mrf_mm, case.primary.emvi) == ("male", 58, 1.5, "present")
    assert case.liver.hpb_review_on == dt.date(2026, 4, 28)


@pytest.mark.parametrize("blank", ["", "未知", "unknown", "不详", "N/A"])
def test_blank_cells_stay_unknown(blank: str, tmp_path: Path) -> None:
    case = imported(tmp_path, table(["a", "2026-05-04", blank, blank, blank, blank, blank]))[0]
    assert (case.patient.age, case.primary.emvi, case.liver.hpb_review_on) == (UNKNOWN, UNKNOWN, UNKNOWN)


def test_every_bad_cell_is_named_by_row_and_column_and_nothing_is_imported(tmp_path: Path) -> None:
    rows = [GOOD, ["a-2", "2026-05-04", "580", "male", "", "", ""], ["a-3", "", "58", "x", "", "maybe", "28/04/2026"]]
    fields = refused(tmp_path, table(*rows))
    assert fields == {
        "row 3, column patient.age": "580",
        "row 4, column assessed_on": "null",
        "row 4, column patient.sex": "'x'",
        "row 4, column primary.emvi": "'maybe'",
        "row 4, column liver.hpb_review_on": "'28/04/2026'",
    }


@pytest.mark.parametrize("number", ["1,200", "12 mm", "> 20", "1.2.3", "=2+3", "NaN", "1e3"])
def test_a_number_with_two_meanings_is_refused(number: str, tmp_path: Path) -> None:
    fields = refused(tmp_path, table(["a", "2026-05-04", "58", "male", number, "", ""]))
    assert list(fields) == ["row 2, column primary.mrf_mm"]


@pytest.mark.parametrize("day", ["04/05/2026", "4.5.26", "2026-13-01", "46146", "May 2026"])
def test_a_date_with_two_meanings_is_refused(day: str, tmp_path: Path) -> None:
    fields = refused(tmp_path, table(["a", day, "58", "male", "", "", ""]))
    assert list(fields) == ["row 2, column assessed_on"]


def test_an_id_used_twice_is_refused_whatever_its_case(tmp_path: Path) -> None:
    assert "row 3, column id" in refused(tmp_path, table(GOOD, ["A-1", *GOOD[1:]]))


def test_an_unknown_header_is_refused_with_the_near_one(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"did you mean primary\.mrf_mm"):
        imported(tmp_path, table(["a", "2026-05-04", "1"], header=["id", "assessed_on", "primary.mrf"]))


def test_a_header_twice_is_refused(tmp_path: Path) -> None:
    fields = refused(
        tmp_path, table(["a", "2026-05-04", "1", "2"], header=["id", "assessed_on", "patient.age", "年龄"])
    )
    assert fields == {"row 1, column 4": "patient.age"}


def test_a_cell_without_header_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, table([*GOOD, "stray"])) == {"row 2, column 8": "'stray'"}


def test_numbered_columns_become_a_list(tmp_path: Path) -> None:
    header = ["id", "assessed_on", "primary.lateral_nodes.1.side", "primary.lateral_nodes.1.short_axis_mm", "elsewhere"]
    case = imported(tmp_path, table(["a", "2026-05-04", "左", "8", "无"], header=header))[0]
    assert isinstance(case.primary.lateral_nodes, tuple)
    assert (case.primary.lateral_nodes[0].side, case.primary.lateral_nodes[0].short_axis_mm) == ("left", 8)
    assert case.elsewhere == ()


def test_a_list_left_blank_stays_unknown(tmp_path: Path) -> None:
    header = ["id", "assessed_on", "primary.lateral_nodes", "primary.lateral_nodes.1.side"]
    assert imported(tmp_path, table(["a", "2026-05-04", "", ""], header=header))[0].primary.lateral_nodes is UNKNOWN


def test_a_list_that_is_none_and_filled_is_refused(tmp_path: Path) -> None:
    header = ["id", "assessed_on", "primary.lateral_nodes", "primary.lateral_nodes.1.side"]
    fields = refused(tmp_path, table(["a", "2026-05-04", "none", "left"], header=header))
    assert list(fields) == ["row 2, column primary.lateral_nodes"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_alone_holds_no_case(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"registry.{ending}"
    write_template(path)
    with pytest.raises(InvalidInput, match="a row with a case"):
        import_cases(path)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_filled_template_gives_the_case(ending: str, tmp_path: Path) -> None:
    case = load_case(EXAMPLE)
    path = tmp_path / f"registry.{ending}"
    write_table([case], path)
    assert import_cases(path).cases == (case,)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=st.lists(cases(), min_size=1, max_size=2, unique_by=lambda case: case.id.casefold()))
def test_any_case_survives_a_csv_table_up_to_free_text(
    drawn: list[Case], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Free text may meet the table's own marks (separators, unknown words); all other facts come back equal."""
    path = tmp_path_factory.mktemp("table") / "registry.csv"
    plain = [without_free_text(case) for case in drawn]
    write_table(plain, path)
    assert import_cases(path).cases == tuple(plain)


def without_free_text(case: Case) -> Case:
    def cleaned(items: Any, *names: str) -> Any:
        return (
            items if items is UNKNOWN else tuple(dataclasses.replace(i, **dict.fromkeys(names, UNKNOWN)) for i in items)
        )

    return dataclasses.replace(
        case,
        patient=dataclasses.replace(case.patient, prior_pelvic_rt=cleaned(case.patient.prior_pelvic_rt, "site")),
        elsewhere=cleaned(case.elsewhere, "station"),
        treated_so_far=cleaned(case.treated_so_far, "agents", "result"),
    )


def test_excel_dates_and_numbers_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER)
    sheet.append([17, dt.datetime.fromisoformat("2026-05-04T00:00:00"), 58.0, "男", 1.5, "无", dt.date(2026, 4, 28)])
    path = tmp_path / "registry.xlsx"
    book.save(path)
    case = import_cases(path).cases[0]
    assert (case.id, case.assessed_on, case.patient.age, case.primary.emvi) == ("17", dt.date(2026, 5, 4), 58, "absent")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken", b"not a workbook", b"\x00" * 100])
def test_a_broken_workbook_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="Excel workbook"):
        import_cases(path)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace"))))
def test_random_bytes_are_refused_as_a_table(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInput):
        import_cases(path)


def test_a_template_offers_words_freezes_its_head_and_explains_itself(tmp_path: Path) -> None:
    path = tmp_path / "registry.xlsx"
    write_template(path)
    book = openpyxl.load_workbook(path)
    sheet = book["cases"]
    assert sheet.freeze_panes == "C3"
    assert len(sheet.data_validations.dataValidation) > 30
    notes = [str(cell.value) for row in book["notes 说明"].iter_rows() for cell in row]
    assert any("Empty never means no" in text for text in notes)
    assert any("空白不等于" in text for text in notes)


def test_no_cell_of_a_written_table_can_run_as_a_formula(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    write_template(path)
    cells = [cell for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_cases_are_written_all_or_none(tmp_path: Path) -> None:
    case = load_case(EXAMPLE)
    other = imported(tmp_path, table(GOOD))[0]
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "example-1.yaml").write_text("kept")
    with pytest.raises(InvalidInput, match=r"example-1\.yaml"):
        write_cases([other, case], folder)
    assert [path.name for path in folder.iterdir()] == ["example-1.yaml"]
    assert (folder / "example-1.yaml").read_text() == "kept"


def test_written_cases_read_back(tmp_path: Path) -> None:
    cases_found = imported(tmp_path, table(GOOD, ["a-2", *GOOD[1:]]))
    written = write_cases(cases_found, tmp_path / "out")
    assert tuple(load_case(path) for path in written) == cases_found


def test_several_cases_do_not_fit_one_file(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    path.write_text(table(GOOD, ["a-2", *GOOD[1:]]), encoding="utf-8")
    with pytest.raises(InvalidInput, match="a folder, for several cases"):
        import_cases(path).write(tmp_path / "one.yaml")


def test_one_case_may_be_written_as_one_file(tmp_path: Path) -> None:
    path = tmp_path / "registry.csv"
    path.write_text(table(GOOD), encoding="utf-8")
    written = import_cases(path).write(tmp_path / "one.yaml")
    assert written.lines("en") == ("Cases written: 1", str(tmp_path / "one.yaml"))
    assert load_case(tmp_path / "one.yaml").id == "a-1"
