"""How the library's YAML files become records: strictly, with the file and key named when one is wrong."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pydantic
import yaml

from pelvicrt.evidence import posterior, records
from pelvicrt.evidence.designs import Accuracy, Design
from pelvicrt.evidence.kept import kept
from pelvicrt.evidence.structures import StructureName
from pelvicrt.foundation import InvalidInput, Problem, Text

LIBRARY = Path(__file__).parent / "library"
R = TypeVar("R")

KINDS: dict[str, type[Any]] = {
    "sources": records.Source,
    "studies": records.Study,
    "parameters": records.Parameter,
    "life_tables": records.LifeTable,
    "regimens": records.Regimen,
    "windows": records.Window,
    "limits": records.DoseLimitSet,
    "guidelines": records.Guideline,
    "conflicts": records.Conflict,
    "response": records.ResponseScheme,
    "strategies": records.Strategy,
    "gates": records.Gate,
    "posterior": posterior.Recipe,
    "designs": Design,
    "accuracies": Accuracy,
    "structures": StructureName,
}


@dataclass(frozen=True, slots=True)
class Shelf(Generic[R]):
    """All records of one kind, by id, in name order."""

    kind: str
    by_id: dict[str, R]

    def __iter__(self) -> Iterator[R]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def __contains__(self, record_id: object) -> bool:
        return record_id in self.by_id

    def __getitem__(self, record_id: str) -> R:
        """The record of that id.

        Raises:
            KeyError: naming the kind and the id.
        """
        try:
            return self.by_id[record_id]
        except KeyError:
            raise KeyError(f"no {self.kind} record {record_id!r} in the evidence library") from None


class Library:
    """The evidence library of one folder; each shelf is read when first asked for."""

    def __init__(self, folder: Path = LIBRARY) -> None:
        self.folder = folder
        self._shelves: dict[str, Shelf[Any]] = {}

    def shelf(self, kind: str) -> Shelf[Any]:
        """All records of one kind.

        Raises:
            InvalidInput: naming file and key of every record that does not fit its schema.
        """
        if kind not in self._shelves:
            self._shelves[kind] = _shelf(self.folder / kind, kind)
        return self._shelves[kind]

    @property
    def sources(self) -> Shelf[records.Source]:
        """Publications, guidelines and other origins of figures (the studies' own are with the studies)."""
        return self.shelf("sources")

    @property
    def studies(self) -> Shelf[records.Study]:
        """Studies with their figures."""
        return self.shelf("studies")

    @property
    def parameters(self) -> Shelf[records.Parameter]:
        """Numbers of the models with their uncertainty."""
        return self.shelf("parameters")

    @property
    def life_tables(self) -> Shelf[records.LifeTable]:
        """Background mortality by country."""
        return self.shelf("life_tables")

    @property
    def regimens(self) -> Shelf[records.Regimen]:
        """Radiotherapy schedules."""
        return self.shelf("regimens")

    @property
    def windows(self) -> Shelf[records.Window]:
        """Allowed times between events."""
        return self.shelf("windows")

    @property
    def limits(self) -> Shelf[records.DoseLimitSet]:
        """Sets of dose limits."""
        return self.shelf("limits")

    @property
    def guidelines(self) -> Shelf[records.Guideline]:
        """Classification rules, one guideline and question a record."""
        return self.shelf("guidelines")

    @property
    def conflicts(self) -> Shelf[records.Conflict]:
        """Questions on which sources disagree."""
        return self.shelf("conflicts")

    @property
    def response(self) -> Shelf[records.ResponseScheme]:
        """Response criteria and surveillance rhythms."""
        return self.shelf("response")

    @property
    def strategies(self) -> Shelf[records.Strategy]:
        """The strategies as data."""
        return self.shelf("strategies")

    @property
    def gates(self) -> Shelf[records.Gate]:
        """Rules shared by many strategies."""
        return self.shelf("gates")

    @functools.cached_property
    def posterior(self) -> posterior.Posterior | None:
        """The newest calibrated draws of the outcome model, or None when the library has none.

        Raises:
            InvalidInput: when the draws are not those their recipe names.
        """
        recipes = sorted(self.shelf("posterior"), key=lambda item: (item.made_on, item.id))
        if not recipes:
            return None
        return posterior.read_posterior(recipes[-1], self.folder / "posterior" / f"{recipes[-1].id}.npz")

    @property
    def designs(self) -> Shelf[Design]:
        """Studies under way or planned, for the worth of waiting for them."""
        return self.shelf("designs")

    @property
    def accuracies(self) -> Shelf[Accuracy]:
        """How often examinations are right about a fact."""
        return self.shelf("accuracies")

    @property
    def structures(self) -> Shelf[StructureName]:
        """Names of the structures of a plan."""
        return self.shelf("structures")

    def source_of(self, source_id: str) -> records.Source:
        """The source of that id, be it a source record or a study.

        Raises:
            KeyError: when neither shelf has it.
        """
        if source_id in self.sources:
            return self.sources[source_id]
        return self.studies[source_id].source

    @functools.cached_property
    def hash(self) -> str:
        """Twelve hex digits over every file of the library, so that a result says which evidence made it."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.rglob("*.yaml")):
            digest.update(str(path.relative_to(self.folder)).encode())
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]


@functools.cache
def library() -> Library:
    """The library shipped with the package."""
    return Library()


def read_record(path: Path, kind: str) -> Any:
    """One record from one file.

    Raises:
        InvalidInput: naming file and key.
    """
    try:
        raw = read_yaml(path.read_bytes())
    except yaml.YAMLError as error:
        raise _one_problem(path, "(file)", f"{type(error).__name__}", Text("valid YAML", "有效的 YAML")) from error
    try:
        return _adapter(kind).validate_python(raw)
    except pydantic.ValidationError as error:
        raise InvalidInput(
            Problem(
                file=f"{kind}/{path.name}",
                field=".".join(str(part) for part in item["loc"]) or "(record)",
                found=repr(item["input"])[:60],
                expected=Text(item["msg"], item["msg"]),
            )
            for item in error.errors()
        ) from error


def read_yaml(content: bytes) -> Any:
    """Plain data of a YAML text: no key twice, no tags that build objects, only true and false are booleans.

    Raises:
        yaml.YAMLError: when it is not such a text.
    """
    return yaml.load(content, Loader=_StrictLoader)  # noqa: S506 (derives from the safe loader)


class _StrictLoader(yaml.CSafeLoader):
    """YAML without duplicate keys; only true and false are booleans, so `on` and `no` stay words as in YAML 1.2."""


_BOOL = "tag:yaml.org,2002:bool"
_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in pairs if tag != _BOOL]
    for first, pairs in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(_BOOL, re.compile("^(?:true|false)$"), list("tf"))


def _no_duplicates(loader: yaml.CSafeLoader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    if len(set(keys)) != len(keys):
        raise yaml.constructor.ConstructorError(None, None, "a key stands twice", node.start_mark)
    return dict(zip(keys, (loader.construct_object(value, deep=True) for _, value in node.value), strict=True))


_StrictLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _no_duplicates)


@functools.cache
def _adapter(kind: str) -> pydantic.TypeAdapter[Any]:
    return pydantic.TypeAdapter(KINDS[kind])


def _shelf(folder: Path, kind: str) -> Shelf[Any]:
    files = sorted(folder.rglob("*.yaml"))
    if folder.parent != LIBRARY:
        return _read_shelf(files, kind)
    return kept(kind, files, lambda: _read_shelf(files, kind))


def _read_shelf(files: Sequence[Path], kind: str) -> Shelf[Any]:
    found: dict[str, Any] = {}
    for path in files:
        record = read_record(path, kind)
        if record.id in found:
            raise _one_problem(path, "id", record.id, Text("an id used once", "唯一的标识"))
        if path.stem != record.id:
            raise _one_problem(
                path, "id", record.id, Text(f"the file's name, {path.stem}", f"与文件名一致：{path.stem}")
            )
        found[record.id] = record
    return Shelf(kind, found)


def _one_problem(path: Path, key: str, found: str, expected: Text) -> InvalidInput:
    return InvalidInput([Problem(file=f"{path.parent.name}/{path.name}", field=key, found=found, expected=expected)])
