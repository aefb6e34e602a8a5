"""How are the slow evaluations of the model kept, so that a stopped calibration goes on where it was?"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pelvicrt.research.calibrate_priors import Priors
from pelvicrt.research.heterogeneity import Comparison
from pelvicrt.research.predict import Predictor

Floats = npt.NDArray[np.float64]
Told = Callable[[int], None]
PIECE = 50
"""Members evaluated between two reports of progress."""


class Model:
    """The predictions of scores on the scale of the errors, each set of members evaluated once.

    With a `folder`, finished sets are kept there under a hash of the members and targets, and found again by a later
    run. `told` hears the number of members evaluated since the last call.
    """

    def __init__(
        self, predictor: Predictor, priors: Priors, *, folder: Path | None = None, told: Told = lambda _: None
    ) -> None:
        self.predictor, self.priors, self.folder, self.told = predictor, priors, folder, told
        self.comparison = Comparison(predictor.targets)
        self.evaluations = 0

    def __call__(self, scores: Floats) -> Floats:
        """Predictions (members, targets)."""
        self.evaluations += len(scores)
        kept = None if self.folder is None else self.folder / f"{self._key(scores)}.npy"
        if kept is not None and kept.is_file():
            self.told(len(scores))
            return np.asarray(np.load(kept, allow_pickle=False))
        found = np.concatenate([self._piece(scores[first : first + PIECE]) for first in range(0, len(scores), PIECE)])
        if kept is not None:
            stream = io.BytesIO()
            np.save(stream, found, allow_pickle=False)
            partial = kept.with_suffix(".part")
            partial.write_bytes(stream.getvalue())
            partial.replace(kept)
        return found

    def _piece(self, scores: Floats) -> Floats:
        natural = self.predictor.expected(self.priors.values(scores))
        self.told(len(scores))
        return self.comparison.scaled(natural)

    def _key(self, scores: Floats) -> str:
        digest = hashlib.sha256("\n".join(map(repr, self.predictor.targets)).encode())
        for name, values in sorted(self.priors.values(scores).items()):
            digest.update(name.encode())
            digest.update(values.tobytes())
        return digest.hexdigest()[:24]
