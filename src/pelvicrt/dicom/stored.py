"""Which dose-volume histograms did the planning system store beside its dose? Kept for comparison, never used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from pelvicrt.dicom.fields import Item
from pelvicrt.dicom.files import DicomFile
from pelvicrt.dicom.treatment import StoredHistogram
from pelvicrt.dosimetry import Notice
from pelvicrt.foundation import InvalidInput, Text

Floats = npt.NDArray[np.float64]
_ROUNDING_CC: Final = 1e-6  # number: sums of volumes end a rounding below zero
_BEYOND: Final = 1.05  # number: the last bin may end a few hundredths above or below the maximum


def read_stored(file: DicomFile, names: dict[int, str]) -> Iterator[StoredHistogram | Notice]:
    """The stored histograms in gray and cubic centimetres; a notice for each that cannot be used.

    A damaged stored histogram harms no result, so it is left out and not refused.
    """
    left_out = 0
    for item in file.root.items("DVHSequence"):
        try:
            histogram = _histogram(item, names)
        except InvalidInput:
            histogram = None
        if histogram is None:
            left_out += 1
        else:
            yield histogram
    if left_out:
        text = Text("{n} stored histograms were left out", "已略过 {n} 个随剂量保存的直方图")
        yield Notice(code="stored_histograms", text=text.fill(n=left_out))


def _histogram(item: Item, names: dict[int, str]) -> StoredHistogram | None:
    """One stored histogram (PS3.3 C.8.8.4): pairs of bin width and volume, scaled; None when not of one known kind."""
    structures = item.items("DVHReferencedROISequence")
    if len(structures) != 1 or item.text("DoseUnits") != "GY" or item.text("DVHVolumeUnits") != "CM3":
        return None
    name = names.get(structures[0].needed_count("ReferencedROINumber", at_least=0))
    kind = item.text("DVHType")
    pairs = item.numbers("DVHData")
    if name is None or kind not in {"CUMULATIVE", "DIFFERENTIAL"} or len(pairs) % 2:
        return None
    widths = pairs[0::2] * (item.number("DVHDoseScaling") or 1.0)
    volumes = pairs[1::2]
    if np.any(widths < 0) or np.any(volumes < -_ROUNDING_CC):
        return None
    cumulative = volumes if kind == "CUMULATIVE" else volumes[::-1].cumsum()[::-1]
    edges = np.cumsum(widths)
    return StoredHistogram(
        structure=name,
        dose_gy=edges - widths,
        volume_cc=np.maximum(cumulative, 0.0),
        mean_gy=_mean(widths, cumulative),
        min_gy=_stated(item, "DVHMinimumDose", float(edges[-1])),
        max_gy=_stated(item, "DVHMaximumDose", float(edges[-1])),
    )


def _mean(widths: Floats, cumulative: Floats) -> float | None:
    """Area under the cumulative curve over the whole volume [Gy], each volume holding for its whole bin.

    So the system of the breast case counts: its curve then gives the mean it states, to a thousandth.
    """
    if cumulative[0] <= 0:
        return None
    return float((widths * cumulative).sum() / cumulative[0])


def _stated(item: Item, keyword: str, end_gy: float) -> float | None:
    """A stated dose, unless the stated maximum lies beyond the curve: some systems write percent under gray."""
    highest = item.number("DVHMaximumDose")
    if highest is None or highest > _BEYOND * end_gy:
        return None
    return item.number(keyword)
