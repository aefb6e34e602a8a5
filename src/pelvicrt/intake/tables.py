"""Which cases does a registry table (CSV or Excel) hold? All of them, or none and every problem by row and column."""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pelvicrt.case import Case
from pelvicrt.foundation import InvalidInput, Language, Problem, Text, write_whole
from pelvicrt.intake.cells import read_cell
from pelvicrt.intake.columns import HEAD, Column, column_of, known_headers, parts_of
from pelvicrt.intake.dumping import case_text
from pelvicrt.intake.expected import suggest
from pelvicrt.intake.parsing import SCHEMA, Parser
from pelvicrt.intake.reading import read_bytes, show

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 2_000
MAX_TABLE_BYTES: Final = 20_000_000
MAX_UNPACKED: Final = 200_000_000
SHEET: Final = "cases"
REMARK: Final = "#"
_EXCEL: Final = frozenset({".xlsx", ".xlsm"})
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """The cases of one table, in its order, and how many rows below the header were read."""

    file: str
    rows: int
    cases: tuple[Case, ...]

    def write(self, output: Path | str) -> Written:
        """Write every case as `<id>.yaml` in a folder, or one case as the one .yaml file named.

        Raises:
            InvalidInput: when a file is already there, or several cases were to go into one file.
            OSError: when the folder cannot be written.
        """
        output = Path(output)
        if output.suffix.lower() not in (".yaml", ".yml"):
            return Written(paths=write_cases(self.cases, output))
        if len(self.cases) > 1:
            wanted = Text("a folder, for several cases", "多份病例时应填写文件夹")
            raise InvalidInput([_problem(output, "(file)", str(len(self.cases)), wanted)])
        return Written(paths=_write_all({output: case_text(self.cases[0]).encode()}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The files an import has written."""

    paths: tuple[Path, ...]

    def lines(self, lang: Language) -> tuple[str, ...]:
        """How many cases were written, and each file."""
        head = Text("Cases written: {n}", "已写入 {n} 份病例").fill(n=len(self.paths)).say(lang)
        return (head, *(str(path) for path in self.paths))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSurvey:
    """What a table holds row by row: the cases that can be used, and every problem of the rows that cannot."""

    rows: int
    cases: tuple[Case, ...]
    problems: tuple[Problem, ...]


def import_cases(path: Path | str) -> ImportResult:
    """Every case of a CSV or Excel table.

    Raises:
        InvalidInput: listing every problem by row and column; then no case of the table is given.
    """
    found = survey_table(path)
    if found.problems:
        raise InvalidInput(found.problems)
    return ImportResult(file=str(path), rows=found.rows, cases=found.cases)


def survey_table(path: Path | str, *, most_rows: int = MAX_ROWS, most_unpacked: int = MAX_UNPACKED) -> TableSurvey:
    """The cases of a CSV or Excel table that can be used and the problems of the others; an id used twice is neither's.

    Raises:
        InvalidInput: when the table as a whole cannot be used: its kind, size, encoding or header, or it has no case.
    """
    path = Path(path)
    rows = list(_rows(path, most_rows, most_unpacked))
    header = _header(path, rows[0] if rows else ())
    padded = [(*row, *[None] * (len(header) - len(row))) for row in rows[1:]]
    body = [(n, row) for n, row in enumerate(padded, start=2) if _is_case(row, header)]
    if not body:
        raise InvalidInput([_problem(path, "row 2", "null", Text("a row with a case", "至少一行病例"))])
    found: list[Case] = []
    problems: list[Problem] = []
    for number, row in body:
        try:
            found.append(_case(path, number, row, header))
        except InvalidInput as refusal:
            problems += refusal.problems
    ids = [(number, row[_place(header, "id")]) for number, row in body]
    problems += _repeated_ids(path, ids)
    names = [str(name).strip().casefold() for _, name in ids]
    once = tuple(case for case in found if names.count(case.id.casefold()) <= 1)
    return TableSurvey(rows=len(body), cases=once, problems=tuple(problems))


def write_cases(cases: Iterable[Case], folder: Path | str) -> tuple[Path, ...]:
    """Write each case as `<id>.yaml` in a folder; an existing file is never overwritten.

    Raises:
        InvalidInput: naming every file that is already there; then nothing is written.
        OSError: when the folder cannot be written.
    """
    place = Path(folder)
    return _write_all({place / f"{case.id}.yaml": case_text(case).encode() for case in cases})


def _write_all(planned: dict[Path, bytes]) -> tuple[Path, ...]:
    new = Text("a new file", "尚不存在的文件")
    there = [_problem(path, "(file)", path.name, new) for path in planned if path.exists()]
    if there:
        raise InvalidInput(there)
    written: list[Path] = []
    try:
        for path, content in planned.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_whole(path, content)
            written.append(path)
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return tuple(written)


def _problem(path: Path, field: str, found: str, wanted: Text) -> Problem:
    return Problem(file=str(path), field=field, found=found, expected=wanted)


# --- rows of a file ---


def _rows(path: Path, most_rows: int, most_unpacked: int) -> Iterator[Row]:
    content = read_bytes(path, limit=MAX_TABLE_BYTES)
    is_excel = path.suffix.lower() in _EXCEL
    source = _excel_rows(path, content, most_rows, most_unpacked) if is_excel else _csv_rows(path, content)
    for count, row in enumerate(source):
        if count > most_rows or len(row) > MAX_COLUMNS:
            limits = f"{most_rows} x {MAX_COLUMNS}"
            raise InvalidInput([_problem(path, "(file)", f"> {limits}", Text(f"at most {limits}", f"不超过 {limits}"))])
        yield row


def _csv_rows(path: Path, content: bytes) -> Iterator[Row]:
    text = _decoded(path, content)
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        yield from (tuple(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        wanted = Text("a table with closed quotes", "引号成对的表格")
        raise InvalidInput([_problem(path, "(file)", '"', wanted)]) from None


def _decoded(path: Path, content: bytes) -> str:
    encodings = ["utf-16"] if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    wanted = Text("text in UTF-8 or GB18030", "UTF-8 或 GB18030 编码的文本")
    raise InvalidInput([_problem(path, "(file)", show(content[:4].hex()), wanted)])


def _excel_rows(path: Path, content: bytes, most_rows: int, most_unpacked: int) -> Iterator[Row]:
    import openpyxl  # a quarter of a second to import, and seldom needed

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _refuse_bomb(path, packed, most_unpacked)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            sheet = book[SHEET] if SHEET in book.sheetnames else book.worksheets[0]
            sheet.reset_dimensions()
            rows = [_trimmed(row) for row in sheet.iter_rows(values_only=True, max_row=most_rows + 2)]
    except InvalidInput:
        raise
    except Exception as error:  # noqa: BLE001 -- a broken workbook raises anything; all of it is the file's fault
        wanted = Text("an Excel workbook (.xlsx)", "Excel 工作簿（.xlsx）")
        raise InvalidInput([_problem(path, "(file)", type(error).__name__, wanted)]) from None
    return iter(rows)


def _trimmed(row: Row) -> Row:
    filled = max((place for place, cell in enumerate(row, start=1) if cell is not None), default=0)
    return row[:filled]


def _refuse_bomb(path: Path, packed: zipfile.ZipFile, most: int) -> None:
    if sum(item.file_size for item in packed.infolist()) > most:
        size = f"{most // 1_000_000} MB"
        raise InvalidInput([_problem(path, "(file)", f"> {size}", Text(f"at most {size}", f"不超过 {size}"))])


# --- header ---


def _header(path: Path, row: Row) -> tuple[Column | None, ...]:
    problems: list[Problem] = []
    found: list[Column | None] = []
    for place, cell in enumerate(row, start=1):
        column = column_of(str(cell)) if cell is not None else None
        if column is None and cell is not None and str(cell).strip():
            wanted = Text("the name of a field or its label in the template", "模板中的字段名或中文名")
            wanted = suggest(wanted, cell, known_headers())
            problems.append(_problem(path, f"row 1, column {place}", show(str(cell)), wanted))
        if column is not None and column in found:
            problems.append(
                _problem(path, f"row 1, column {place}", column.name, Text("each field once", "每个字段一列"))
            )
        found.append(column)
    names = {column.name for column in found if column}
    absent = [name for name in HEAD if name not in names]
    problems += [_problem(path, "row 1", "null", Text(f"a column {name}", f"{name} 列")) for name in absent]
    if problems:
        raise InvalidInput(problems)
    return tuple(found)


def _place(header: tuple[Column | None, ...], name: str) -> int:
    return next(place for place, column in enumerate(header) if column and column.name == name)


def _is_case(row: Row, header: tuple[Column | None, ...]) -> bool:
    """Whether a row holds a case: not empty, and no remark (its first cell or its id begins with #)."""
    filled = [cell for cell in row if cell is not None and str(cell).strip()]
    marks = (row[0], row[_place(header, "id")])
    return bool(filled) and not any(str(mark).lstrip().startswith(REMARK) for mark in marks)


# --- one row ---


def _case(path: Path, number: int, row: Row, header: tuple[Column | None, ...]) -> Case:
    parser = Parser(str(path), lambda field: f"row {number}, column {field}")
    data: dict[str, Any] = {"schema": SCHEMA}
    lists: dict[str, dict[int, dict[str, Any]]] = {}
    for place, cell in enumerate(row):
        column = header[place] if place < len(header) else None
        if column is None:
            if cell is not None and str(cell).strip():
                parser.refuse(str(place + 1), show(str(cell)), Text("no cell without a header", "无表头的单元格应留空"))
            continue
        blank = cell is None or not str(cell).strip()
        value = _id_text(cell) if column.name == "id" and not blank else read_cell(column.spec, cell)
        _enter(data, lists, column, value, blank=blank)
    for name, records in lists.items():
        _enter_records(parser, data, name, records)
    return parser.case(data)


def _enter(
    data: dict[str, Any], lists: dict[str, dict[int, dict[str, Any]]], column: Column, value: Any, *, blank: bool
) -> None:
    name, number, inner = parts_of(column.name)
    if number is not None:
        if not blank:
            lists.setdefault(name, {}).setdefault(number, {})[inner] = value
    elif column.spec.kind != "records" or value is not None:
        _put(data, name, value)


def _id_text(cell: Any) -> str:
    """An id as text; spreadsheets hold whole numbers as 17.0."""
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell).strip()


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    section, _, inner = name.partition(".")
    if inner:
        data.setdefault(section, {})[inner] = value
    else:
        data[section] = value


def _enter_records(parser: Parser, data: dict[str, Any], name: str, records: dict[int, dict[str, Any]]) -> None:
    section, _, inner = name.partition(".")
    said = data.get(section, {}).get(inner) if inner else data.get(section)
    if said is not None:
        parser.refuse(
            name,
            "[…]" if said == [] else show(said),
            Text("either none or numbered columns", "填“无”或填编号列，二者择一"),
        )
        return
    _put(data, name, [records[number] for number in sorted(records)])


def _repeated_ids(path: Path, ids: list[tuple[int, Any]]) -> list[Problem]:
    first: dict[str, int] = {}
    problems: list[Problem] = []
    for number, cell in ids:
        key = str(cell).strip().casefold()
        if key in first:
            wanted = Text(f"an id used once; row {first[key]} has it", f"唯一的编号；第 {first[key]} 行已使用")
            problems.append(_problem(path, f"row {number}, column id", show(str(cell)), wanted))
        first.setdefault(key, number)
    return problems
