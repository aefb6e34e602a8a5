"""Is the whole library sound? Every file read strictly, references followed, marks honoured, values sane."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

from pelvicrt.evidence.designs import Design
from pelvicrt.evidence.licence import copied, restricted_ids
from pelvicrt.evidence.load import KINDS, Library, read_record
from pelvicrt.evidence.parts import parts, parts_of
from pelvicrt.evidence.predicates import facts_of, parse
from pelvicrt.evidence.records import (
    Cited,
    Conflict,
    DoseLimit,
    Guideline,
    Parameter,
    Position,
    Regimen,
    ResponseScheme,
    Rule,
    Source,
    Strategy,
    Study,
    Window,
)
from pelvicrt.evidence.sane import Finds, insane
from pelvicrt.evidence.structures import words_of
from pelvicrt.foundation import STRATEGY_IDS, InvalidInput, Problem, Text

Records = dict[str, dict[str, Any]]
"""The records of each kind by id."""

_CONDITIONS: Final = ("when", "applies_when", "only_when", "block_if")
_READ_AS_WELL: Final = {"V1": {"V1", "V3"}, "V2": {"V1", "V2", "V3"}}
_DRIVES: Final = (Regimen, Window, Rule, DoseLimit, ResponseScheme)


def check_library(
    library: Library, *, known_facts: Collection[str] | None = None, today: dt.date | None = None
) -> tuple[Problem, ...]:
    """Everything wrong with the library: empty when it is sound.

    Reads every file on its own, so that one bad file hides no other. With `known_facts`, conditions may only read
    those; without, the names of facts are not checked. Dates after `today` are refused (default: the current date).
    """
    found, problems = _read_all(library.folder)
    sources = {**found["sources"], **{name: study.source for name, study in found["studies"].items()}}
    restricted = restricted_ids(sources)
    day = today or dt.datetime.now(tz=dt.UTC).date()
    for kind, records in found.items():
        for record_id, record in records.items():
            finds = (
                *insane(record, today=day),
                *copied(record, restricted=restricted),
                *_references(record, found, sources),
                *_marks(record, sources),
                *_conditions(record, known_facts),
            )
            problems += [_problem(kind, record_id, find) for find in finds]
    problems += _counted_twice(found)
    problems += _called_alike(found["structures"])
    return tuple(problems)


def _read_all(folder: Path) -> tuple[Records, list[Problem]]:
    found: Records = {kind: {} for kind in KINDS}
    owner: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.y*ml")):
        kind = path.relative_to(folder).parts[0]
        try:
            record = _read(path, kind)
        except InvalidInput as error:
            problems += error.problems
            continue
        names = owner["sources" if kind in {"sources", "studies"} else kind]
        if record.id in names:
            other = names[record.id]
            expected = Text(f"an id used once; {other} has it", f"唯一的标识；{other} 已使用")
            problems.append(Problem(file=f"{kind}/{path.name}", field="id", found=record.id, expected=expected))
            continue
        names[record.id] = f"{kind}/{path.name}"
        found[kind][record.id] = record
    return found, problems


def _read(path: Path, kind: str) -> Any:
    if kind not in KINDS or path.suffix != ".yaml":
        expected = Text(f"a .yaml file in one of {', '.join(KINDS)}", f"位于 {'、'.join(KINDS)} 之一的 .yaml 文件")
        raise InvalidInput([Problem(file=f"{kind}/{path.name}", field="(file)", found=path.suffix, expected=expected)])
    record = read_record(path, kind)
    if record.id != path.stem:
        expected = Text(f"the file's name, {path.stem}", f"与文件名一致：{path.stem}")
        raise InvalidInput([Problem(file=f"{kind}/{path.name}", field="id", found=record.id, expected=expected)])
    return record


def _counted_twice(found: Records) -> list[Problem]:
    """Publications recorded twice: never as sources, as studies only in one overlap group, so that all count once."""
    first: dict[tuple[str, str], Any] = {}
    problems: list[Problem] = []
    for kind in ("sources", "studies"):
        for record_id, record in found[kind].items():
            origin: Source = record.source if isinstance(record, Study) else record
            if not origin.doi:
                continue
            other: Any = first.setdefault((kind, origin.doi.lower()), record)
            if other is record or (isinstance(record, Study) and other.overlap_group == record.overlap_group != ""):
                continue
            expected = Text(
                f"one record, or the overlap group of {other.id}", f"只保留一条记录，或与 {other.id} 同一重叠组"
            )
            problems.append(_problem(kind, record_id, ("doi", f"{origin.doi}, as in {other.id}", expected)))
    return problems


def _called_alike(structures: dict[str, Any]) -> list[Problem]:
    """Words that would stand for two structures: each must stand for one."""
    first: dict[str, str] = {}
    problems: list[Problem] = []
    for record_id, record in structures.items():
        for _, spelling in record.spellings:
            owner = first.setdefault("".join(sorted(words_of(spelling))), record_id)
            if owner != record_id:
                expected = Text(f"a word of one structure; {owner} has it", f"只属于一个结构的名称；{owner} 已使用")
                problems.append(_problem("structures", record_id, ("synonyms", repr(spelling), expected)))
    return problems


def _references(record: object, found: Records, sources: dict[str, Source]) -> Finds:
    for path, cited in parts_of(record, Cited):
        yield from _known(f"{path}.source", cited.source, sources, "sources or studies")
    for path, part in parts(record):
        if path.rsplit(".", maxsplit=1)[-1] == "evidence" and part == ():
            yield path, "nothing", Text("at least one source", "至少一个来源")
    match record:
        case Study() if record.companion:
            yield from _known("companion", record.companion, sources, "sources or studies")
        case Strategy():
            yield from _strategy(record, found)
        case Design():
            for place, item in enumerate(record.measures):
                for name in ("parameter", "against", "between"):
                    if named := getattr(item, name):
                        yield from _known(f"measures.{place}.{name}", named, found["parameters"], "parameters")
        case Conflict():
            names = {*STRATEGY_IDS, *found["regimens"], *found["guidelines"]}
            for place, name in enumerate(record.concerns):
                yield from _known(f"concerns.{place}", name, names, "strategies, regimens or guidelines")


def _strategy(strategy: Strategy, found: Records) -> Finds:
    yield from _known("id", strategy.id, STRATEGY_IDS, "the contract's strategies")
    for place, window in enumerate(strategy.windows):
        yield from _known(f"windows.{place}", window, found["windows"], "windows")
    for place, variant in enumerate(strategy.variants):
        if variant.regimen is not None:
            yield from _known(f"variants.{place}.regimen", variant.regimen, found["regimens"], "regimens")


def _known(path: str, name: str, names: Collection[str], where: str) -> Finds:
    if name not in names:
        yield path, repr(name), Text(f"an id of {where}", f"{where} 中已有的标识")


def _marks(record: object, sources: dict[str, Source]) -> Finds:
    from_memory = Text("enabled: false, since mark M drives nothing", "enabled: false，标记 M 不得驱动任何规则")
    if isinstance(record, Parameter) and record.mark == "M":
        yield "mark", "M", Text("a figure that was read; drop it otherwise", "已核读的数值，否则删除")
    for path, part in parts(record):
        if isinstance(part, _DRIVES) and part.mark == "M" and part.enabled and _is_on(record):
            yield f"{path}.enabled".lstrip("."), "true", from_memory
        if isinstance(part, Position) and part.mark == "M" and _is_on(record):
            yield f"{path}.mark", "M", from_memory
        mark, evidence = getattr(part, "mark", None), getattr(part, "evidence", None)
        if mark in _READ_AS_WELL and isinstance(evidence, tuple):
            yield from _no_better_than(mark, evidence, sources, f"{path}.mark".lstrip("."))


def _is_on(record: object) -> bool:
    return bool(getattr(record, "enabled", True)) if isinstance(record, (Guideline, Conflict)) else True


def _no_better_than(mark: str, evidence: tuple[Cited, ...], sources: dict[str, Source], path: str) -> Finds:
    marks = {sources[cited.source].mark for cited in evidence if cited.source in sources}
    if marks and not marks & _READ_AS_WELL[mark]:
        found = f"{mark} on sources marked {', '.join(sorted(marks))}"
        yield (
            path,
            found,
            Text("the mark of its best source, or a source read itself", "其最佳来源的标记，或亲自核读的来源"),
        )


def _conditions(record: object, known_facts: Collection[str] | None) -> Finds:
    for path, part in parts(record):
        for name in _CONDITIONS:
            raw = getattr(part, name, None)
            if raw is not None:
                yield from _condition(f"{path}.{name}".lstrip("."), raw, known_facts)


def _condition(path: str, raw: object, known_facts: Collection[str] | None) -> Finds:
    try:
        facts = facts_of(parse(raw))
    except ValueError as error:
        yield path, str(error)[:80], Text("a condition with one of the eight operators", "使用八种运算符之一的条件")
        return
    for fact in sorted(facts):
        if known_facts is not None and fact not in known_facts:
            yield path, repr(fact), Text("a fact of a case", "病例中已有的事项名称")


def _problem(kind: str, record_id: str, find: tuple[str, str, Text]) -> Problem:
    field, found, expected = find
    return Problem(file=f"{kind}/{record_id}.yaml", field=field, found=found, expected=expected)
