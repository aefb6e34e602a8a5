"""Do the list, the new case and the import work as plain forms, in both languages, and refuse what is wrong calmly?"""

import datetime as dt

import pytest
from tests.support.follow_up import patient
from tests.support.web import Waiting, workspace

from pelvicrt.case import Case
from pelvicrt.intake import write_table
from pelvicrt.mdt import Store, add_case, imports, meetings, newest, person

DAY = dt.date(2026, 5, 4)
HEAD = "id,assessed_on,patient.sex\n"


@pytest.fixture
def site(tmp_path):
    made = Store(f"sqlite:///{tmp_path / 'store.db'}")
    made.migrate()
    yield workspace(made, assessor=Waiting())
    made.close()


def fill(site, *names, unit=""):
    with site.store.writing("chair") as writing:
        for name in names:
            add_case(writing, Case(id=name, assessed_on=DAY), person(writing.session, "chair"), unit=unit)


def send(browser, name, content):
    return browser.post("/cases/import", files={"file": (name, content)})


def test_an_empty_list_says_what_to_do_in_both_languages_and_a_viewer_is_offered_nothing(site):
    assert "No case yet. Add one" in site.client("chair").get("/cases").text
    assert "还没有病例" in site.client("chair", lang="zh").get("/cases").text
    assert "/cases/new" not in site.client("viewer").get("/cases").text


def test_the_list_is_found_by_a_plain_form_and_by_a_fragment(site):
    fill(site, "RL-1", "RL-2")
    browser = site.client("viewer")
    page = browser.get("/cases?q=rl-2&stage=draft&missing=some&due=undated").text
    assert "/cases/RL-2/facts" in page
    assert "/cases/RL-1/facts" not in page
    fragment = browser.get("/cases?q=rl-2", headers={"HX-Request": "true"})
    assert fragment.text.lstrip().startswith('<div id="cases"')
    assert "Cases found: 1" in fragment.text
    assert "HX-Request" in fragment.headers["vary"]
    assert "No case fits" in browser.get("/cases?q=nobody").text


def test_what_nobody_offers_is_looked_for_as_nothing(site):
    fill(site, "RL-1")
    for query in ("stage=x", "missing=x", "due=x", "page=-1", "page=99999999999", "page=²", "q=%00", "q=%ff"):
        answer = site.client("viewer").get(f"/cases?{query}")
        assert answer.status_code == 200, query


def test_the_cases_of_another_unit_are_not_shown(site):
    fill(site, "N-1", unit="north")
    assert "N-1" not in site.client("contributor").get("/cases").text
    assert "N-1" in site.client("coordinator").get("/cases").text


def test_a_long_list_comes_in_pages_that_keep_what_is_looked_for(site):
    fill(site, *(f"RL-{number:03}" for number in range(51)))
    page = site.client("chair").get("/cases?q=RL").text
    assert "Page 1 of 2" in page
    assert 'href="/cases?q=RL&amp;page=2"' in page
    assert "Page 2 of 2" in site.client("chair").get("/cases?q=RL&page=2").text


def test_a_new_case_begins_with_every_fact_unknown(site):
    answer = site.client("chair").post("/cases/new", data={"id": " RL-7 ", "assessed_on": "2026-05-04"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases/RL-7/facts?said=cases.added")
    with site.store.reading() as session:
        assert newest(session, "RL-7").case == Case(id="RL-7", assessed_on=DAY)


def test_a_new_case_that_cannot_be_is_refused_with_what_was_written_kept(site):
    fill(site, "RL-1")
    browser = site.client("chair")
    for written, said in (
        ({"id": "RL-1", "assessed_on": "2026-05-04"}, "an id no case has yet"),
        ({"id": "<b>x</b>", "assessed_on": "2026-05-04"}, "letters, digits, dots and dashes"),
        ({"id": "RL-2", "assessed_on": "4 May"}, "the date of the assessment"),
        ({}, "letters, digits, dots and dashes"),
    ):
        answer = browser.post("/cases/new", data=written)
        assert answer.status_code == 422
        assert said in answer.text
        assert "<b>x</b>" not in answer.text
    assert 'value="RL-2"' in browser.post("/cases/new", data={"id": "RL-2", "assessed_on": "x"}).text


def test_a_viewer_and_a_physicist_may_not_add(site):
    for login in ("viewer", "physicist"):
        for url in ("/cases/new", "/cases/import"):
            assert site.client(login).get(url).status_code == 403
        assert send(site.client(login), "a.csv", b"x").status_code == 403


def test_a_table_is_shown_with_its_problems_before_its_good_cases_are_taken_in(site):
    fill(site, "RL-1")
    browser = site.client("chair")
    rows = "RL-1,2026-05-04,male\nRL-2,2026-05-04,<i>x\nRL-3,2026-05-04,male\nRL-4,2026-05-04,\n"
    answer = send(browser, "<b>list.csv", (HEAD + rows).encode())
    assert answer.status_code == 303
    url = answer.headers["location"]
    page = browser.get(url).text
    for said in ("Cases read: 3, of them new: 2", "is there already", "row 3, column patient.sex", "Take in 2 new"):
        assert said in page
    assert "&lt;b&gt;list.csv" in page
    assert "&lt;i&gt;x" in page
    chinese = browser.get(f"{url}?lang=zh-Hans").text
    assert "读取 3 份病例" in chinese
    assert "第 3 行，patient.sex 列" in chinese
    with site.store.reading() as session, pytest.raises(KeyError):
        newest(session, "RL-3")
    assert browser.post(url).headers["location"] == "/cases?said=imports.taken"
    assert "Cases taken in" not in browser.get("/cases").text
    with site.store.reading() as session:
        assert newest(session, "RL-3").case.patient.sex == "male"
    assert browser.post(url).status_code == 404


def test_one_case_leads_to_its_facts_and_onto_the_agenda_when_wanted(site, tmp_path):
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    with site.store.writing("chair") as writing:
        meetings.plan_meeting(writing, on=soon, starts="14:00", title="Liver meeting")
    write_table([patient()], tmp_path / "one.xlsx")
    browser = site.client("chair")
    url = send(browser, "one.xlsx", (tmp_path / "one.xlsx").read_bytes()).headers["location"]
    assert "Liver meeting" in browser.get(url).text
    answer = browser.post(url, data={"on_agenda": "yes"})
    assert answer.headers["location"] == "/cases/example-1/facts?said=imports.taken_one"
    with site.store.reading() as session:
        assert [item.case_id for item in meetings.items(session, 1)] == ["example-1"]
    assert "For discussion" in browser.get("/cases").text
    assert site.service.assessor.begun == ["example-1"]


def test_a_draft_is_nobody_elses(site):
    url = send(site.client("chair"), "a.csv", (HEAD + "RL-1,2026-05-04,\n").encode()).headers["location"]
    assert site.client("chair2").get(url).status_code == 404
    assert site.client("chair2").post(url).status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"%PDF", "ends in .csv, .xlsx, .yaml or .json"),
        ("a.csv", b"", "at least one case"),
        ("a.xlsx", b"PK\x03\x04 cut", "an Excel workbook"),
        ("a.csv", b"\xff\xff\xff\x00", "UTF-8 or GB18030"),
        ("a.yaml", b"a: &a [1]\nb: [*a, *a]\n", "without anchors, aliases and tags"),
        ("a.csv", (HEAD + "x y,2026-05-04,\n").encode(), "row 2, column id"),
        ("a.csv", (HEAD + "A,2026-05-04,\n" * (imports.MOST_CASES + 1)).encode(), "at most 500"),
    ],
)
def test_a_file_of_no_use_is_refused_on_the_page_with_where_what_and_what_to_write(site, name, content, said):
    answer = send(site.client("contributor"), name, content)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Nothing was written" in answer.text


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Starlette leaves a cut part to the collector
def test_an_import_without_a_file_or_cut_short_is_refused(site):
    browser = site.client("chair")
    assert browser.post("/cases/import", data={"file": "text"}).status_code == 422
    assert send(browser, "", b"x").status_code in {400, 422}
    headers = {"content-type": "multipart/form-data; boundary=b"}
    cut = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nid,ass'
    assert browser.post("/cases/import", content=cut, headers=headers).status_code in {400, 422}


def test_a_file_larger_than_a_request_may_be_is_refused(site):
    answer = send(site.client("chair"), "a.csv", b"x" * (12 * 1024 * 1024 + 1))
    assert answer.status_code == 413
    assert "At most 12 MB" in answer.text
