"""Which table can a registry nurse fill in? A template with one column a field, and cases written back into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pelvicrt.case import FACT_SUPPLIERS, Case, FieldSpec, label_of, word_label
from pelvicrt.foundation import InvalidInput, Problem, Text, write_whole
from pelvicrt.intake.columns import HEAD, RECORDS_IN_TEMPLATE, Column, columns, parts_of
from pelvicrt.intake.dumping import dump_case
from pelvicrt.intake.expected import expected
from pelvicrt.intake.tables import MAX_ROWS, REMARK, SHEET

if TYPE_CHECKING:  # a quarter of a second to import, and seldom needed
    from openpyxl.worksheet.worksheet import Worksheet

NOTES: Final = "notes 说明"
LISTS: Final = "lists"
_FILLED_ROWS: Final = 500
_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
_HEAD_HELP: Final[dict[str, Text]] = {
    "id": Text("letters, digits, dots and dashes; no name of a patient", "字母、数字、点、短横线；不得填写患者姓名"),
    "assessed_on": Text("a date such as 2026-05-04", "日期，如 2026-05-04"),
}
_HOW_TO: Final = (
    Text("One row a case. Leave a cell empty when nobody has recorded the fact.", "每行一份病例。未记录的资料请留空。"),
    Text(
        "Empty never means no. Write none or absent only when it was looked for.",
        "空白不等于“无”。仅在确实检查过时填写“无”或“阴性”。",
    ),
    Text("Rows whose first cell begins with # are remarks.", "首格以 # 开头的行为备注，不导入。"),
    Text(
        "Lists: write none in the list's own column, or fill its numbered columns.",
        "列表：没有时在该列填“无”；有则填写编号列。",
    ),
    Text("Several words in one cell are separated by ;", "同一单元格内的多个词用分号分隔。"),
    Text(
        "Dates: 2026-05-04. Numbers without unit, in the unit the second row names.",
        "日期写作 2026-05-04；数值不带单位，单位见第二行。",
    ),
    Text("The two heights are two facts: never copy one into the other.", "两个高度是两项资料，切勿互相代填。"),
)


def write_template(path: Path | str) -> None:
    """Write an empty table to fill in, as .csv or .xlsx.

    Raises:
        InvalidInput: when the name ends otherwise.
        OSError: when the folder cannot be written.
    """
    write_table((), path)


def write_table(cases: Iterable[Case], path: Path | str) -> None:
    """Write cases into the template's table, as .csv or .xlsx; reading it back gives equal cases.

    Raises:
        InvalidInput: when the name ends otherwise.
        OSError: when the folder cannot be written.
    """
    path = Path(path)
    plain = [dump_case(case) for case in cases]
    wanted = columns(max([RECORDS_IN_TEMPLATE, *(_longest(data) for data in plain)]))
    rows = [[_cell_of(data, column) for column in wanted] for data in plain]
    writers = {".csv": _csv_bytes, ".xlsx": _excel_bytes}
    if path.suffix.lower() not in writers:
        raise InvalidInput(
            [
                Problem(
                    file=str(path),
                    field="(file)",
                    found=repr(path.suffix),
                    expected=Text(".csv or .xlsx", ".csv 或 .xlsx"),
                )
            ]
        )
    write_whole(path, writers[path.suffix.lower()](wanted, rows))


def describe(column: Column) -> Text:
    """The second row of a template: what the column holds and what may be written there."""
    label = label_of(column.name)
    allowed = _HEAD_HELP.get(column.name) or _allowed(column.spec)
    return Text(f"{label.en}: {allowed.en}", f"{label.zh}：{allowed.zh}")


def safe_text(text: str) -> str:
    """A text no spreadsheet runs as a formula.

    >>> safe_text("=1+1"), safe_text("T3b")
    ("'=1+1", 'T3b')
    """
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _allowed(spec: FieldSpec) -> Text:
    if spec.kind == "records":
        return Text("none, or fill the numbered columns", "填“无”，或填写编号列")
    if spec.kind in ("choice", "choices"):
        words = [word_label(word) for word in spec.allowed]
        chinese = "、".join(f"{word}={label.zh}" for word, label in zip(spec.allowed, words, strict=True))
        several = (
            Text("; several separated by ;, none for none", "；多项用分号分隔，没有填“无”")
            if spec.kind == "choices"
            else None
        )
        return Text(
            ", ".join(spec.allowed) + (several.en if several else ""), chinese + (several.zh if several else "")
        )
    if spec.kind == "texts":
        return Text("words separated by ;", "用分号分隔的词")
    full = expected(spec)
    return Text(full.en.removesuffix(", or unknown"), full.zh.removesuffix("，或 unknown"))


def _longest(data: dict[str, Any]) -> int:
    lists = [value for value in data.values() if isinstance(value, list)]
    lists += [
        item for value in data.values() if isinstance(value, dict) for item in value.values() if isinstance(item, list)
    ]
    return max((len(items) for items in lists if any(isinstance(item, dict) for item in items)), default=0)


def _cell_of(data: dict[str, Any], column: Column) -> Any:
    name, number, key = parts_of(column.name)
    section, _, inner = name.partition(".")
    value = data.get(section, {}).get(inner) if inner else data.get(section)
    if number is not None:
        items = value or []
        value = items[number - 1].get(key, "unknown") if number <= len(items) else None
    elif column.spec.kind == "records" and value:
        value = None
    return _written(value)


def _written(value: Any) -> Any:
    if isinstance(value, list):
        return "; ".join(safe_text(str(item)) for item in value) or "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return safe_text(value) if isinstance(value, str) else value


def _csv_bytes(wanted: tuple[Column, ...], rows: list[list[Any]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow([column.name for column in wanted])
    writer.writerow(_second_row(wanted))
    writer.writerows([_positional(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _positional(cell: Any) -> Any:
    """A number without exponent, as people and our reader write it."""
    return f"{Decimal(repr(cell)):f}" if isinstance(cell, float) else cell


def _second_row(wanted: tuple[Column, ...]) -> list[str]:
    texts = [f"{text.en} / {text.zh}" for text in map(describe, wanted)]
    return [safe_text(f"{REMARK} {texts[0]}"), *map(safe_text, texts[1:])]


def _excel_bytes(wanted: tuple[Column, ...], rows: list[list[Any]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    sheet.append([column.name for column in wanted])
    sheet.append(_second_row(wanted))
    for row in rows:
        sheet.append(row)
    _dress(sheet, wanted)
    _write_notes(book.create_sheet(NOTES), wanted)
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _offer_words(sheet, lists, wanted)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _dress(sheet: Worksheet, wanted: tuple[Column, ...]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "C3"
    sheet.row_dimensions[2].height = 60
    for place in range(1, len(wanted) + 1):
        sheet.cell(1, place).font = Font(bold=True)
        sheet.cell(2, place).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.cell(2, place).fill = PatternFill("solid", fgColor="EEEEEE")
        sheet.column_dimensions[get_column_letter(place)].width = 28


def _write_notes(sheet: Worksheet, wanted: tuple[Column, ...]) -> None:
    for text in _HOW_TO:
        sheet.append([text.en, text.zh])
    sheet.append([])
    sheet.append(["column 列", "English", "中文", "who can supply it", "谁可提供"])
    for column in wanted:
        supplier = FACT_SUPPLIERS.get(parts_of(column.name)[0])
        text = describe(column)
        names = [supplier.en, supplier.zh] if supplier else ["", ""]
        sheet.append([safe_text(item) for item in (column.name, text.en, text.zh, *names)])
    for letter, width in zip("ABCDE", (44, 70, 70, 28, 28), strict=True):
        sheet.column_dimensions[letter].width = width


def _offer_words(sheet: Worksheet, lists: Worksheet, wanted: tuple[Column, ...]) -> None:
    """Drop-downs for every column with a fixed choice; the words stand on a hidden sheet, so no length limit bites."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    places: dict[tuple[str, ...], str] = {}
    for place, column in enumerate(wanted, start=1):
        words = _offered(column)
        if not words:
            continue
        if words not in places:
            letter = get_column_letter(len(places) + 1)
            for row, word in enumerate(words, start=1):
                lists[f"{letter}{row}"] = word
            places[words] = f"{LISTS}!${letter}$1:${letter}${len(words)}"
        rule = DataValidation(type="list", formula1=places[words], allow_blank=True, showErrorMessage=False)
        sheet.add_data_validation(rule)
        letter = get_column_letter(place)
        rule.add(f"{letter}3:{letter}{min(_FILLED_ROWS, MAX_ROWS)}")


def _offered(column: Column) -> tuple[str, ...]:
    offered = {
        "choice": (*column.spec.allowed, "unknown"),
        "boolean": ("true", "false", "unknown"),
        "records": ("none",),
    }
    return () if column.name in HEAD else offered.get(column.spec.kind, ())
