"""How do calibrated draws become files that a library ships: which parameters, in which order, with which recipe?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from pelvicrt.evidence import Library, Recipe, hash_of_draws
from pelvicrt.foundation import VERSION
from pelvicrt.research.calibrate import Fit
from pelvicrt.research.heterogeneity import hash_of_targets
from pelvicrt.simulate import MODEL_ID, prior_hash

Floats = npt.NDArray[np.float64]
LEAST_SHIFT = 0.1  # number: prior SDs; about four standard errors of a mean from 3,000 draws
LEAST_CUT = 0.1  # number: of the prior variance; about four standard errors of a variance from 3,000 draws
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
_SCALE = 0.5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """What the data did to one parameter; `shift` [prior SD] and `variance_cut` are of its normal score."""

    name: str
    prior: tuple[float, float, float]
    posterior: tuple[float, float, float]
    shift: float
    variance_cut: float

    @property
    def informed(self) -> bool:
        """Whether the data moved it or narrowed it enough to ship its joint draws."""
        return abs(self.shift) > LEAST_SHIFT or self.variance_cut > LEAST_CUT


def movements(fit: Fit) -> tuple[Movement, ...]:
    """Median and 95 % interval of every parameter before and after, most informed first."""
    levels = (0.5, 0.025, 0.975)  # number: median and the ends of the central 95 % interval
    found = []
    for place, name in enumerate(fit.priors.columns):
        scores = fit.scores[:, place]
        before = (*fit.priors.priors, *fit.priors.tau_priors)[place].at(np.array(levels))
        after = np.quantile(fit.priors.value_of(place, scores), levels)
        cut = 1.0 - float(scores.var())
        found.append(
            Movement(
                name=name,
                prior=(float(before[0]), float(before[1]), float(before[2])),
                posterior=(float(after[0]), float(after[1]), float(after[2])),
                shift=float(scores.mean()),
                variance_cut=cut,
            )
        )
    return tuple(sorted(found, key=lambda item: -max(abs(item.shift), item.variance_cut)))


def herded(features: Floats) -> npt.NDArray[np.int64]:
    """An order of rows (draws, features) such that the first n are like all, for every n: kernel herding.

    Each next row has the highest mean kernel with all rows minus the mean kernel with those chosen (Chen, Welling and
    Smola, UAI 2010). The kernel is s + s^2 with s the mean over features of Gaussian kernels of their standard
    scores, so that the distribution of each feature counts, and of each pair.

    >>> order = herded(np.random.default_rng(1).normal(size=(400, 3)))
    >>> sorted(order.tolist()) == list(range(400))
    True
    """
    spread = features.std(axis=0)
    scores = ((features - features.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)).astype(np.float32)
    rows = len(scores)
    kernel = np.zeros((rows, rows), dtype=np.float32)
    for column in scores.T:
        kernel += np.exp(-_SCALE * (column[:, None] - column) ** 2)
    kernel /= scores.shape[1]
    kernel += kernel**2
    attraction = kernel.mean(axis=1, dtype=np.float64)
    chosen, crowding = np.empty(rows, dtype=np.int64), np.zeros(rows)
    free = np.zeros(rows)
    for count in range(rows):
        chosen[count] = int(np.argmax(attraction - crowding / (count + 1) + free))
        free[chosen[count]] = -np.inf
        crowding += kernel[chosen[count]]
    return chosen


def shipped(
    fit: Fit, library: Library, *, name: str, made_on: dt.date, diagnostics: Mapping[str, Any], note: str = ""
) -> tuple[Recipe, bytes]:
    """The recipe and the file of draws (NumPy .npz, float32) of the parameters the data moved or narrowed."""
    names = tuple(sorted(item.name for item in movements(fit) if item.informed))
    places = [fit.priors.columns.index(item) for item in names]
    values = np.stack([fit.priors.value_of(place, fit.scores[:, place]) for place in places], axis=1)
    order = herded(np.hstack([fit.scores[:, places], fit.predicted[:, fit.used]]))
    content = packed(values[order].astype(np.float32))
    depends_on = tuple(sorted({*fit.priors.columns, *fit.priors.constants}))
    recipe = Recipe(
        id=name,
        made_on=made_on,
        code_version=VERSION,
        model_id=MODEL_ID,
        seed=fit.settings.seed,
        prior_hash=prior_hash(library, depends_on),
        target_hash=hash_of_targets(fit.comparison.targets),
        draws_hash=hash_of_draws(content),
        draws=len(values),
        effective_size=round(fit.correction.effective_size, 1),
        parameters=names,
        depends_on=depends_on,
        settings=dataclasses.asdict(fit.settings),
        diagnostics=dict(diagnostics),
        note=note,
    )
    return recipe, content


def packed(draws: npt.NDArray[np.float32]) -> bytes:
    """The bytes of an .npz with one array `draws`, the same for the same draws (no time stamp)."""
    import zipfile

    inner, outer = io.BytesIO(), io.BytesIO()
    np.save(inner, draws, allow_pickle=False)
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("draws.npy", date_time=_ZIP_DAY), inner.getvalue(), zipfile.ZIP_DEFLATED)
    return outer.getvalue()
