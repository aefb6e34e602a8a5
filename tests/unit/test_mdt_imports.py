"""Is an uploaded file believed in nothing, shown before it is written, and taken in whole? On both databases."""

import dataclasses
import datetime as dt
import io
import json
import zipfile

import pytest
from tests.support.databases import KINDS
from tests.support.follow_up import SIGNED_AT, filled_store, patient

from pelvicrt.case import Case
from pelvicrt.foundation import InvalidInput
from pelvicrt.intake import case_text, dump_case, write_table
from pelvicrt.mdt import add_person, imports, meetings, newest, origins, person, verify
from pelvicrt.mdt.tables import CaseRow

DAY = dt.date(2026, 5, 4)
HEAD = "id,assessed_on,patient.sex\n"


@pytest.fixture(params=KINDS)
def store(request, tmp_path):
    made = filled_store(request.param, tmp_path)
    with made.writing("setup") as writing:
        add_person(writing, login="nora", name="Nora", role="contributor", discipline="nursing", unit="north")
    yield made
    made.close()


def table(tmp_path, *names, kind="csv"):
    path = tmp_path / f"cases.{kind}"
    write_table([dataclasses.replace(patient(), id=name) for name in names], path)
    return path.read_bytes()


def refused(name, content):
    with pytest.raises(InvalidInput) as refusal:
        imports.read_upload(name, content)
    return "\n".join(problem.say("en") for problem in refusal.value.problems)


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_table_gives_its_cases(tmp_path, kind):
    found = imports.read_upload(f"list.{kind}", table(tmp_path, "A-1", "A-2", kind=kind))
    assert [case.id for case in found.cases] == ["A-1", "A-2"]
    assert found.cases[0] == dataclasses.replace(patient(), id="A-1")
    assert (found.file, found.problems) == (f"list.{kind}", ())


@pytest.mark.parametrize(
    ("name", "text"), [("a.yaml", case_text), ("a.json", lambda case: json.dumps(dump_case(case)))]
)
def test_a_case_file_gives_its_case(name, text):
    assert imports.read_upload(name, text(patient()).encode()).cases == (patient(),)


def test_a_row_that_is_wrong_is_named_and_the_others_are_kept():
    found = imports.read_upload("t.csv", (HEAD + "A-1,2026-05-04,male\nA-2,2026-05-04,robot\n").encode())
    assert [case.id for case in found.cases] == ["A-1"]
    said = found.problems[0].say("en")
    assert said.startswith("t.csv: row 3, column patient.sex: found 'robot'; expected one of female, male")


def test_an_id_used_twice_is_nobodys():
    found = imports.read_upload("t.csv", (HEAD + "A,2026-05-04,\na,2026-05-04,\nB,2026-05-04,\n").encode())
    assert [case.id for case in found.cases] == ["B"]
    assert "row 3, column id" in found.problems[0].say("en")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("scan.pdf", b"%PDF-1.7", "ends in .csv, .xlsx, .yaml or .json"),
        ("noending", b"id\n", "ends in .csv, .xlsx, .yaml or .json"),
        ("old.xls", b"\xd0\xcf\x11\xe0", "ends in .csv, .xlsx, .yaml or .json"),
        ("empty.csv", b" \n", "at least one case"),
        ("empty.xlsx", b"", "at least one case"),
        ("head.csv", HEAD.encode(), "a row with a case"),
        ("not.xlsx", b"PK no workbook", "an Excel workbook"),
        ("zip.xlsx", packed(hello="x"), "an Excel workbook"),
        ("bytes.csv", b"\xff\xff\xff\x00", "text in UTF-8 or GB18030"),
        ("other.csv", b"name,born\nx,y\n", "the name of a field"),
        ("open.csv", HEAD.encode() + b'"A-1,2026-05-04,', "closed quotes"),
        ("latin.yaml", "id: é".encode("latin-1"), "UTF-8 text"),
        ("broken.yaml", b"id: [", "valid YAML"),
        ("broken.json", b'{"id": ', "valid JSON"),
        ("deep.json", b"[" * 200_000, "the shape of a case"),
        ("list.json", b"[]", "a mapping that begins with schema"),
        ("alias.yaml", b"a: &a [1]\nb: [*a, *a]\n", "without anchors, aliases and tags"),
        ("code.yaml", b"!!python/object/apply:os.system [ls]", "without anchors, aliases and tags"),
        ("long.yaml", b"#" * 2_100_000, "at most 2 MB"),
    ],
)
def test_a_file_of_no_use_is_refused_with_what_to_send_instead(name, content, said):
    found = refused(name, content)
    assert said in found
    assert found.startswith(name)
    assert "/tmp" not in found


def test_a_workbook_cut_short_is_refused(tmp_path):
    whole = table(tmp_path, "A-1", kind="xlsx")
    for share in (3, 2):
        assert "an Excel workbook" in refused("cut.xlsx", whole[: len(whole) // share])


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked():
    bomb = packed(**{"xl/sharedStrings.xml": b"0" * (imports.MOST_UNPACKED + 1)})
    assert len(bomb) < 100_000
    assert "at most 60 MB" in refused("bomb.xlsx", bomb)


def test_more_rows_than_the_limit_are_refused_whole():
    rows = "".join(f"A-{n},2026-05-04,\n" for n in range(imports.MOST_CASES + 1))
    assert f"at most {imports.MOST_CASES}" in refused("many.csv", (HEAD + rows).encode())


def test_the_name_of_a_file_is_shown_without_folder_or_strange_marks():
    assert imports.read_upload("C:\\lists\\\u202ea.yaml", case_text(patient()).encode()).file == "a.yaml"


def take(store, tmp_path, *names, login="nora", **more):
    found = imports.read_upload("list.csv", table(tmp_path, *names))
    with store.writing(login, at=SIGNED_AT) as writing:
        by = person(writing.session, login)
        draft = imports.keep_draft(writing, found, by)
        return imports.take_in(writing, draft, by, **{key: value(writing) for key, value in more.items()})


def test_new_cases_come_in_for_the_unit_with_where_each_fact_is_from_and_old_ones_stay(store, tmp_path):
    assert take(store, tmp_path, "A-1", "example-1", "A-2") == ("A-1", "A-2")
    with store.reading() as session:
        assert newest(session, "A-1").case == dataclasses.replace(patient(), id="A-1")
        assert newest(session, "example-1").version == 1
        assert session.get(CaseRow, "A-1").unit == "north"
        notes = origins.origins(session, "A-1")
        assert {(item.kind, item.source, item.author) for item in notes.values()} == {("imported", "list.csv", "Nora")}
        assert "molecular.mmr" in notes
        assert verify(session).why is None


def test_cases_come_onto_the_agenda_of_a_meeting_in_the_same_write(store, tmp_path):
    def meeting(writing):
        return meetings.plan_meeting(writing, on=DAY + dt.timedelta(days=3), starts="14:00", title="Meeting")

    take(store, tmp_path, "A-1", meeting=meeting)
    with store.reading() as session:
        assert [item.case_id for item in meetings.items(session, 1)] == ["A-1"]
        assert session.get(CaseRow, "A-1").stage == "for_discussion"


def test_a_draft_is_its_owners_alone_for_a_day_and_says_what_was_read(store):
    found = imports.read_upload("t.csv", (HEAD + "A-1,2026-05-04,male\nA-2,2026-05-04,robot\n").encode())
    with store.writing("nora", at=SIGNED_AT) as writing:
        draft = imports.keep_draft(writing, found, person(writing.session, "nora"))
    with store.reading() as session:
        nora, chair = person(session, "nora"), person(session, "chen")
        kept = imports.draft_of(session, draft.id, nora, now=SIGNED_AT)
        assert imports.drafted(kept) == found
        assert found.missing(Case(id="x", assessed_on=DAY))
        with pytest.raises(KeyError):
            imports.draft_of(session, draft.id, chair, now=SIGNED_AT)
        with pytest.raises(KeyError):
            imports.draft_of(session, draft.id, nora, now=SIGNED_AT + dt.timedelta(days=1, seconds=1))
