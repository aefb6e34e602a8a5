"""Which value does every number of a model take in every draw, where does it come from, and which has no source?

Each number has its own random stream, named by where it stands, so adding a number changes no other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel
from scipy import special

from pelvicrt.evidence import Distribution
from pelvicrt.foundation import InvalidInput, Problem, Streams, Text, expit
from pelvicrt.models.fields import Correlated, ModelFile, Number, Quantity
from pelvicrt.models.reading import one_of, read_table, show

Floats = npt.NDArray[np.float64]
_NUMBER = Text("a number", "数值")
_QUANTITY = Text("either value, or distribution with a and b", "value，或 distribution 及其 a、b，二者取一")
_PAIRED = Text(
    "one mean a parameter and a symmetric covariance without negative variance",
    "每个参数一个均值，以及对称且无负方差的协方差矩阵",
)


class Draws:
    """The numbers of one model file in `size` draws; problems are collected and raised together by `finish`."""

    def __init__(self, path: Path, spec: ModelFile, *, draws: int, seed: int) -> None:
        self.path, self.spec = path, spec
        self.streams = Streams(seed)
        self.problems: list[Problem] = []
        self.sources: list[tuple[str, str]] = []
        self.unsourced: list[str] = []
        self.varying: dict[str, Floats] = {}
        given = self._draws_file()
        rows = len(next(iter(given.values()))) if given else draws
        self.size = min(draws, rows) if given or is_uncertain(spec) else 1
        self.named: dict[str, Floats] = {name: values[: self.size] for name, values in given.items()}
        self.sources += [(f"parameters.{name}", f"draws of {spec.draws_file}") for name in given]
        for place, group in enumerate(spec.correlated):
            self._correlate(group, f"correlated.{place + 1}")
        for name, number in spec.parameters.items():
            if name not in self.named:
                self.named[name] = self.of(number, f"parameters.{name}")
        for name, values in self.named.items():
            if np.ptp(values) > 0:
                self.varying[name] = values

    def refuse(self, field: str, found: str, expected: Text) -> None:
        """Note a problem."""
        self.problems.append(Problem(file=str(self.path), field=field, found=found, expected=expected))

    def finish(self) -> None:
        """Report the problems found.

        Raises:
            InvalidInput: when there is any.
        """
        if self.problems:
            raise InvalidInput(self.problems)

    def of(self, number: Number, field: str, source: str | None = None) -> Floats:
        """The value in every draw; `source` covers a number that names none itself."""
        if isinstance(number, str):
            if number not in self.named:
                self.refuse(field, show(number), one_of(sorted(self.spec.parameters), number))
                return np.zeros(self.size)
            return self.named[number]
        quantity = number if isinstance(number, Quantity) else Quantity(value=number)
        if number != 0.0:
            self._note(field, quantity.source or source)
        if (quantity.value is None) == (quantity.distribution is None):
            self.refuse(field, "both or neither", _QUANTITY)
            return np.zeros(self.size)
        if quantity.value is not None:
            return np.full(self.size, quantity.value)
        values = sample(quantity, self.streams.uniforms(f"params/{field}", rows=self.size)[:, 0])
        if values is None:
            self.refuse(field, f"{quantity.distribution}({quantity.a}, {quantity.b})", _QUANTITY)
            return np.zeros(self.size)
        if self.size > 1 and not field.startswith("parameters."):
            self.varying[field] = values
        return values

    def _note(self, field: str, source: str | None) -> None:
        if source is None:
            self.unsourced.append(field)
        else:
            self.sources.append((field, source))

    def _draws_file(self) -> dict[str, Floats]:
        if self.spec.draws_file is None:
            return {}
        path = self.path.parent / self.spec.draws_file
        header, rows = read_table(path)
        known = [name for name in header if name in self.spec.parameters]
        for name in header:
            if name not in self.spec.parameters and name != "draw":
                expected = one_of(sorted(self.spec.parameters), name)
                self.problems.append(Problem(file=str(path), field=name, found="a column", expected=expected))
        found = {name: np.zeros(len(rows)) for name in known}
        for number, row in enumerate(rows):
            for name in known:
                found[name][number] = read_number(row[name])
                if not np.isfinite(found[name][number]):
                    field = f"row {number + 2}.{name}"
                    self.problems.append(Problem(file=str(path), field=field, found=show(row[name]), expected=_NUMBER))
        return found

    def _correlate(self, group: Correlated, field: str) -> None:
        mean, covariance = np.array(group.mean), np.array(group.covariance, dtype=np.float64, ndmin=2)
        size = len(group.parameters)
        for name in group.parameters:
            if name not in self.spec.parameters:
                self.refuse(f"{field}.parameters", show(name), one_of(sorted(self.spec.parameters), name))
        fits = mean.shape == (size,) and covariance.shape == (size, size)
        if not fits or not np.allclose(covariance, covariance.T) or np.linalg.eigvalsh(covariance).min() < -1e-9:
            self.refuse(field, f"{mean.shape}, {covariance.shape}", _PAIRED)
            return
        roots, axes = np.linalg.eigh(covariance)
        columns = [self.streams.uniforms(f"params/{field}.{place}", rows=self.size)[:, 0] for place in range(size)]
        normal = special.ndtri(np.stack(columns, axis=1))
        values = mean + normal * np.sqrt(np.maximum(roots, 0.0)) @ axes.T
        for place, name in enumerate(group.parameters):
            self.named.setdefault(name, _from_scale(values[:, place], group.scale))
            self._note(f"parameters.{name}", group.source)


def is_uncertain(spec: ModelFile) -> bool:
    """Whether any number of the model (patients left out) has a distribution."""
    if spec.correlated or spec.draws_file:
        return True
    parts = [spec.parameters, spec.states, spec.strategies, spec.transitions]
    return any(q.distribution not in (None, "fixed") for part in parts for q in _quantities(part))


def sample(quantity: Quantity, uniforms: Floats) -> Floats | None:
    """Values of a distribution at probabilities; None when its a and b are no such distribution."""
    family, a, b = quantity.distribution, quantity.a, quantity.b
    if family is None or a is None:
        return None
    bad = {
        "fixed": False,
        "normal": b < 0,
        "lognormal": a <= 0 or b < 0,
        "logitnormal": not 0 < a < 1 or b < 0,
        "beta": a <= 0 or b <= 0,
        "uniform": b < a,
        "truncated_normal": b <= 0,
    }[family]
    return None if bad else Distribution(family, a, b).at(uniforms)


def read_number(text: str) -> float:
    """A number written in a cell; not a number when it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _from_scale(values: Floats, scale: str) -> Floats:
    if scale == "log":
        return np.exp(values)
    return expit(values) if scale == "logit" else values


def _quantities(value: Any) -> Iterator[Quantity]:
    if isinstance(value, Quantity):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from _quantities(getattr(value, name))
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _quantities(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _quantities(inner)
