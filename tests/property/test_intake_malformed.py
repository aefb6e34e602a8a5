"""Is every case file that cannot be used refused with its file, field, what was found and what to write instead?"""

from __future__ import annotations

import contextlib
import copy
import random
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pelvicrt.case import CONTRACT_FACTS, FieldSpec
from pelvicrt.foundation import InvalidInput
from pelvicrt.intake import load_case

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "example-1.yaml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
DATA: dict[str, Any] = yaml.safe_load(TEXT)
DATA["assessed_on"] = "2026-05-04"
DATA["liver"]["hpb_review_on"] = "2026-04-28"
SECTIONED = [name for name in CONTRACT_FACTS if "." in name]


def refused(content: bytes, folder: Path, suffix: str = ".yaml") -> InvalidInput:
    """The refusal of a file with this content; anything else is a failure."""
    path = folder / f"case{suffix}"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        load_case(path)
    for problem in caught.value.problems:
        assert problem.file == str(path)
        assert problem.field
        assert problem.found
        assert len(problem.found) <= 60
        assert problem.expected.en.strip()
        assert problem.expected.zh.strip()
    assert caught.value.exit_code == 3
    return caught.value


def dumped(data: Any) -> bytes:
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True).encode()


def changed(dotted: str, value: Any) -> dict[str, Any]:
    data = copy.deepcopy(DATA)
    section, _, name = dotted.partition(".")
    if name:
        data.setdefault(section, {})[name] = value
    else:
        data[section] = value
    return data


def wrong_values(spec: FieldSpec) -> st.SearchStrategy[Any]:
    """Values no field of that kind allows."""
    never = st.sampled_from([{"a": 1}, {}, float("nan"), float("inf"), "", " ", "x" * 500, "\u0001", "#N/A"])
    outside = [] if spec.range is None else [spec.range.high + 1, spec.range.low - 1, 10**400, -(10**9)]
    by_kind: dict[str, st.SearchStrategy[Any]] = {
        "integer": st.sampled_from([True, False, "7", 1.5, [3], "ten", *outside]),
        "number": st.sampled_from([True, False, "7,5", [3], "ten", "1e999", *outside]),
        "boolean": st.sampled_from([0, 1, "y", "on", "true ", [True], 2.0]),
        "choice": st.sampled_from([0, 1.5, True, ["none"], "None", "absnt", "是"]),
        "choices": st.sampled_from([1, "surgery", [["surgery"]], [None], ["nothing"], [True], [1.5], ["x"] * 101]),
        "date": st.sampled_from(
            ["04/05/2026", "2026-02-30", "2026-5-4", 20260504, "next week", 46000, "2026-05-04T10:00"]
        ),
        "records": st.sampled_from([1, "none", [1], ["left"], [[]], [None], [{"no_such_key": 1}], {"1": {}}]),
    }
    return st.one_of(never, by_kind[spec.kind])


@st.composite
def one_wrong_value(draw: st.DrawFn) -> tuple[str, Any]:
    name = draw(st.sampled_from(sorted(CONTRACT_FACTS)))
    return name, draw(wrong_values(CONTRACT_FACTS[name]))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("malformed")


often = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@often
@given(wrong=one_wrong_value())
def test_a_wrong_value_is_refused_at_its_field(wrong: tuple[str, Any], folder: Path) -> None:
    name, value = wrong
    refusal = refused(dumped(changed(name, value)), folder)
    assert all(problem.field.startswith(name) or problem.field == "(file)" for problem in refusal.problems)


@often
@given(
    section=st.sampled_from(["", *{name.partition(".")[0] for name in SECTIONED}]), key=st.text(min_size=1, max_size=20)
)
@example(section="patient", key="agee")
@example(section="", key="Patient")
def test_an_unknown_key_is_refused_by_name(section: str, key: str, folder: Path) -> None:
    data = copy.deepcopy(DATA)
    place = data[section] if section else data
    if key in place or key in ("elsewhere", "schema") or f"{section}.{key}" in CONTRACT_FACTS:
        return
    place[key] = 1
    refusal = refused(dumped(data), folder)
    assert len(refusal.problems) == 1


@often
@given(raw=st.binary(max_size=300))
@example(raw=b"")
@example(raw=b"\x00")
@example(raw=b"\xff\xfe\x00a")
@example(raw="年龄: 58".encode("gb18030"))
@example(raw=b"[" * 5000)
@example(raw=b"{" * 5000)
@example(raw=b"a: &a [*a]")
@example(raw=b"a: &x [1]\nb: *x")
@example(raw=b"<<: {a: 1}")
@example(raw=b"!!python/object/apply:os.system ['true']")
@example(raw=b"? [1]\n: 2")
@example(raw=b"--- 1\n--- 2")
@example(raw=b"- schema: pelvicrt.case/1")
@example(raw=b"%YAML 9.9\n---\na: 1")
def test_random_bytes_are_refused(raw: bytes, folder: Path) -> None:
    refused(raw, folder)
    refused(raw, folder, ".json")


@often
@given(cut=st.integers(0, TEXT.index("patient:") - 20))
def test_a_file_cut_before_its_first_fact_is_refused(cut: int, folder: Path) -> None:
    refused(TEXT.encode()[:cut], folder)


@often
@given(seed=st.integers(0, 10_000), count=st.integers(1, 4))
def test_a_damaged_bracket_or_colon_is_refused_or_read_whole(seed: int, count: int, folder: Path) -> None:
    """Damage that leaves valid YAML may load; it must then be a case, never another error."""
    chosen = random.Random(seed)
    letters = list(TEXT)
    for _ in range(count):
        letters[chosen.randrange(len(letters))] = chosen.choice("{}[]:,\"'&*!|>%@`\t #-?~")
    path = folder / "damaged.yaml"
    path.write_text("".join(letters), encoding="utf-8")
    with contextlib.suppress(InvalidInput):
        assert load_case(path).id


@pytest.mark.parametrize("key", ["schema", "id", "assessed_on"])
def test_a_case_without_its_head_is_refused_at_that_key(key: str, folder: Path) -> None:
    data = {name: value for name, value in DATA.items() if name != key}
    assert [p.field for p in refused(dumped(data), folder).problems] == [key]


@pytest.mark.parametrize("section", ["patient", "symptoms", "primary", "liver", "molecular", "labs", "preferences"])
@pytest.mark.parametrize("value", [1, "x", [], [{}], True])
def test_a_section_that_is_no_mapping_is_refused(section: str, value: Any, folder: Path) -> None:
    assert [p.field for p in refused(dumped(changed(section, value)), folder).problems] == [section]


@pytest.mark.parametrize("bad_id", [1, "", "../x", "a/b", "-a", "a b", "x" * 65, "a\n", None, [], "=cmd"])
def test_an_id_that_cannot_name_a_file_is_refused(bad_id: Any, folder: Path) -> None:
    assert [p.field for p in refused(dumped(changed("id", bad_id)), folder).problems] == ["id"]


def test_a_key_written_twice_is_refused(folder: Path) -> None:
    refusal = refused((TEXT + "\nlabs: {cea_ng_ml: 3}\n").encode(), folder)
    assert "once" in refusal.problems[0].expected.en


def test_a_key_written_twice_in_json_is_refused(folder: Path) -> None:
    refused(b'{"schema": "pelvicrt.case/1", "id": "a", "id": "b", "assessed_on": "2026-05-04"}', folder, ".json")


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-Infinity", b"1e999", b"9" * 6000])
def test_a_number_that_is_none_is_refused_in_json(word: bytes, folder: Path) -> None:
    head = b'{"schema": "pelvicrt.case/1", "id": "a", "assessed_on": "2026-05-04", "labs": {"cea_ng_ml": '
    refused(head + word + b"}}", folder, ".json")


def test_a_file_of_three_megabytes_is_refused(folder: Path) -> None:
    refused(TEXT.encode() + b"#" * 3_000_000, folder)


def test_many_entries_are_refused(folder: Path) -> None:
    refused(b"a: [" + b"1," * 60_000 + b"1]", folder)


def test_deep_json_is_refused(folder: Path) -> None:
    refused(b'{"a":' * 100_000 + b"1" + b"}" * 100_000, folder, ".json")


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="a file that can be read"):
        load_case(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="a file that can be read"):
        load_case(tmp_path / "none.yaml")


def test_every_problem_is_listed_at_once(folder: Path) -> None:
    data = changed("patient.age", 5) | {"livr": 1, "elsewhere": 1}
    fields = {problem.field for problem in refused(dumped(data), folder).problems}
    assert fields == {"patient.age", "livr", "elsewhere"}


def test_free_text_is_never_quoted_back(folder: Path) -> None:
    story = "Mrs Example of Example Street was told by her doctor that"
    refusal = refused(dumped(changed("primary.ct", story)), folder)
    assert "Example" not in refusal.message.en
