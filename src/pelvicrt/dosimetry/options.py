"""How is a structure sampled, and what is done where contours or dose leave a choice? Defaults, each said in a notice.

Sampling spends about the same number of lines on every structure, so that a body of 20 L is sampled more coarsely than
a bladder and a lymph node finely: the error of a volume share goes with the number of lines, not with the size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gaps = Literal["auto", "bridge", "leave"]
Edge = Literal["auto", "fill", "keep"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How many lines cross a structure, how few at least each of its planes, and two choices.

    `gaps`: planes missing inside a structure are filled from their neighbours ("bridge"), left empty ("leave"), or
    bridged when short: up to 3.5 spacings or 10 mm ("auto").
    `edge`: dose of 0 outside the body mixes into the dose just inside it; "fill" gives voxels of no dose at a steep
    edge the mean of their neighbours first, "keep" takes the file as it is, "auto" fills for structures along such an
    edge only.

    Raises:
        ValueError: fewer than one line.
    """

    lines: int = 24_000
    least_per_plane: int = 96
    gaps: Gaps = "auto"
    edge: Edge = "auto"

    def __post_init__(self) -> None:
        if self.lines < 1 or self.least_per_plane < 1:
            raise ValueError("sampling needs one line or more in all and in each plane")
