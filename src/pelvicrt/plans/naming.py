"""START HERE for names. What does a plan call its structures, and which names are sure enough to be used?

A name is used when it is a TG-263 name, when the library's table gives it as another word for one, or when the user
confirmed it. A name that only resembles one is proposed and never used. Side, bag or loops, head or whole bone, organ
or tumour are never guessed: a proposal keeps the side of the name, and derived shapes (rings, cut-back organs,
planning-risk volumes) get none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from pelvicrt.evidence import Library
from pelvicrt.foundation import InvalidInput, Problem, Text
from pelvicrt.plans.reading_names import Reading, Side, Table, is_derived, names_tumour, side_of, table_of
from pelvicrt.plans.results import NamedStructure, Proposal, StructureKind, Way
from pelvicrt.plans.targets import read_target

_NO_FILE = "names"
IGNORED = "none"
"""What a user writes for a structure that shall not be read as anything; an empty word says the same."""
MOST_PROPOSALS = 3
LEAST_READ = 60 / 100
"""The share of a target's name that must have been understood before it is proposed."""


def name_structures(
    names: Sequence[str], *, library: Library, confirmed: Mapping[str, str] | None = None
) -> tuple[NamedStructure, ...]:
    """Each name in its order, read by the table and by what the user confirmed (original name to TG-263 name).

    Two structures that would bear one TG-263 name: neither is used until one of them is confirmed. Names confirmed that
    this plan does not have are left alone, so that one file serves many plans; `none` confirms that a structure is not
    to be read.

    Raises:
        InvalidInput: a confirmed name that is no TG-263 name known here, that contradicts the side its structure's own
            name states, or that is confirmed for two structures.

    >>> from pelvicrt.evidence import library
    >>> found = name_structures(["Bowel_Bag", "Blader", "PTVp_50"], library=library())
    >>> [(item.tg263, item.way) for item in found]
    [('Bag_Bowel', 'synonym'), (None, 'proposed'), ('PTVp_5000', 'synonym')]
    >>> found[1].proposals
    (Proposal(tg263='Bladder', likeness=0.857),)
    """
    table = table_of(library)
    wanted = {name: word for name, word in (confirmed or {}).items() if name in set(names)}
    check_confirmed(wanted, library=library, file=_NO_FILE)
    read = [_confirmed(name, wanted[name], table) if name in wanted else _read(name, table) for name in names]
    return tuple(_once(read, wanted))


def known_name(name: str, library: Library) -> StructureKind | None:
    """What kind of structure a TG-263 name means, or None when it is none known here.

    >>> from pelvicrt.evidence import library
    >>> known_name("Femur_Head_L", library()), known_name("CTVn_4500", library()), known_name("Femur_Head", library())
    ('organ', 'target', None)
    """
    return _kind_of(name, table_of(library))


def name_in_words(tg263: str, library: Library) -> Text:
    """An organ's TG-263 name in words of both languages; any other name stands for itself.

    >>> from pelvicrt.evidence import library
    >>> name_in_words("Femur_Head_L", library())
    Text(en='femoral head and neck, left', zh='左侧股骨头（含颈）')
    """
    for record in library.structures:
        if record.tg263 == tg263:
            return record.name
        if record.paired and tg263 in (f"{record.tg263}_L", f"{record.tg263}_R"):
            side = _SIDES["L" if tg263.endswith("_L") else "R"]
            return Text(f"{record.name.en}, {side.en}", f"{side.zh}{record.name.zh}")
    return Text(tg263, tg263)


def _kind_of(name: str, table: Table) -> StructureKind | None:
    if name in table.kinds:
        return table.kinds[name]
    target = read_target(name)
    return "target" if target is not None and target.read == 1 and target.tg263 == name else None


def _read(name: str, table: Table) -> NamedStructure:
    if (kind := _kind_of(name, table)) is not None:
        return _named(name, name, kind, "exact")
    if is_derived(name):
        return _not_used(name, _DERIVED)
    target = read_target(name)
    if target is not None:
        if target.read == 1:
            return _named(name, target.tg263, "target", "synonym")
        told = not side_of(name) and not any(letter.isdigit() for letter in target.rest)
        near = (
            (Proposal(tg263=target.tg263, likeness=round(target.read, 3)),)
            if told and target.read >= LEAST_READ
            else ()
        )
        return _not_used(name, _UNREAD_TARGET, near)
    if names_tumour(name):
        return _not_used(name, _TUMOUR)
    found = table.read(name)
    if found is not None:
        return _named(name, found.tg263, table.kinds[found.tg263], "synonym")
    return _not_used(name, _no_reading(name, table), tuple(_nearest(table.resembling(name))))


def _named(drawn: str, tg263: str, kind: StructureKind, way: Way) -> NamedStructure:
    target = read_target(tg263) if kind == "target" else None
    return NamedStructure(
        drawn=drawn,
        way=way,
        kind=kind,
        said=_READ_AS[way].fill(drawn=drawn, tg263=tg263),
        tg263=tg263,
        kind_of_target=target.type if target else None,
        dose_in_name_gy=target.dose_gy if target else None,
    )


def _not_used(name: str, said: Text, near: tuple[Proposal, ...] = ()) -> NamedStructure:
    if not near:
        return NamedStructure(drawn=name, way="unknown", kind="unknown", said=said)
    return NamedStructure(drawn=name, way="proposed", kind="unknown", said=_RESEMBLES, proposals=near)


def _nearest(readings: Iterator[Reading]) -> Iterator[Proposal]:
    best: dict[str, float] = {}
    for reading in readings:
        best[reading.tg263] = max(reading.likeness, best.get(reading.tg263, 0.0))
    for tg263, likeness in sorted(best.items(), key=lambda item: (-item[1], item[0]))[:MOST_PROPOSALS]:
        yield Proposal(tg263=tg263, likeness=round(likeness / 100, 3))


def _no_reading(name: str, table: Table) -> Text:
    return _WHICH_SIDE if side_of(name) is None and table.is_paired(name) else _UNKNOWN


def _confirmed(name: str, word: str, table: Table) -> NamedStructure:
    if word in ("", IGNORED):
        return NamedStructure(drawn=name, way="left_out", kind="unknown", said=_IGNORED)
    by_table = _read(name, table)
    if by_table.tg263 == word:
        return by_table
    return _named(name, word, _kind_of(word, table) or "unknown", "confirmed")


def _once(read: Sequence[NamedStructure], confirmed: Mapping[str, str]) -> Iterator[NamedStructure]:
    """Takes the name from structures that share it, unless the user confirmed one of them."""
    spelt = Counter(item.drawn for item in read)
    sure = {item.tg263 for item in read if item.drawn in confirmed and spelt[item.drawn] == 1}
    times = Counter(item.tg263 for item in read)
    for item in read:
        name = item.tg263
        if name is None or times[name] == 1 or (item.drawn in confirmed and spelt[item.drawn] == 1):
            yield item
            continue
        others = ", ".join(other.drawn for other in read if other.tg263 == name and other is not item)
        said = (_TAKEN if name in sure else _TWICE).fill(tg263=name, others=others)
        proposals = () if name in sure else (Proposal(tg263=name, likeness=1.0),)
        yield NamedStructure(drawn=item.drawn, way="doubly", kind="unknown", said=said, proposals=proposals)


def check_confirmed(confirmed: Mapping[str, str], *, library: Library, file: str) -> None:
    """Refuses confirmations a user cannot mean, all of them at once.

    Raises:
        InvalidInput: see `name_structures`; it names `file` and the structure.
    """
    table = table_of(library)
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for name, word in confirmed.items():
        expected = _refusal(name, word, table)
        if expected is None and word not in ("", IGNORED) and first.setdefault(word, name) != name:
            expected = _TWO_CONFIRMED.fill(other=first[word])
        if expected is not None:
            problems.append(Problem(file=file, field=f"names.{name}", found=repr(word)[:60], expected=expected))
    if problems:
        raise InvalidInput(problems)


def _refusal(name: str, word: str, table: Table) -> Text | None:
    if word in ("", IGNORED):
        return None
    if _kind_of(word, table) is None:
        near = table.near(word)
        return _NEAR.fill(near=" / ".join(near)) if near else _NOT_TG263
    own, asked = side_of(name), side_of(word)
    if own and asked and own != asked:
        return _OTHER_SIDE.fill(own=_SIDES[own])
    return None


_SIDES: dict[Side, Text] = {
    "L": Text("left", "左侧"),
    "R": Text("right", "右侧"),
    "both": Text("both sides", "双侧"),
}
_READ_AS: dict[Way, Text] = {
    "exact": Text("{drawn} is the standard name", "{drawn} 即标准名称"),
    "synonym": Text("{drawn} is another word for {tg263}", "{drawn} 是 {tg263} 的另一名称"),
    "confirmed": Text("{drawn} was confirmed as {tg263}", "{drawn} 已确认为 {tg263}"),
}
_UNKNOWN = Text(
    "not in the table of names: confirm a TG-263 name to use it", "名称表中没有：如需使用请确认 TG-263 名称"
)
_RESEMBLES = Text("only resembles a known name: confirm it to use it", "仅与已知名称相近：确认后方可使用")
_WHICH_SIDE = Text(
    "a structure with two sides whose name says neither: confirm the left or the right one",
    "该结构分左右，而名称未说明侧别：请确认左侧或右侧",
)
_DERIVED = Text(
    "a shape derived for planning, not the structure itself: not used unless confirmed",
    "为制定计划而派生的轮廓，并非结构本身：未经确认不使用",
)
_UNREAD_TARGET = Text(
    "begins like a target, but the rest of the name was not understood: confirm what it is",
    "开头像靶区，但名称其余部分无法理解：请确认其含义",
)
_TUMOUR = Text(
    "speaks of a tumour, so it is not read as an organ: confirm GTVp or another target if that is meant",
    "名称涉及肿瘤，故不读作器官：若指靶区请确认 GTVp 等名称",
)
_IGNORED = Text("left out by the user", "用户选择不使用")
_TWICE = Text(
    "{others} reads as {tg263} too: neither is used until one is confirmed",
    "{others} 也读作 {tg263}：确认其一之前均不使用",
)
_TAKEN = Text("{others} was confirmed as {tg263}, so this one is not used", "{others} 已确认为 {tg263}，故不使用此结构")
_NOT_TG263 = Text(
    "a TG-263 name known here (Bladder, Femur_Head_L, PTVp_5000 ...), or none",
    "已知的 TG-263 名称（如 Bladder、Femur_Head_L、PTVp_5000），或 none",
)
_NEAR = Text("a TG-263 name known here; near: {near}; or none", "已知的 TG-263 名称；相近：{near}；或 none")
_OTHER_SIDE = Text(
    "a name of the side that the structure's own name states ({own}); if that is wrong, rename it where it was drawn",
    "与结构自身名称所示侧别（{own}）一致的名称；若原名称有误，请在计划系统中改名",
)
_TWO_CONFIRMED = Text(
    "a TG-263 name confirmed for one structure only; {other} has it",
    "每个 TG-263 名称只能确认给一个结构；{other} 已使用",
)
