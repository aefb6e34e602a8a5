"""What does a benchmark say? Wall time and peak memory, as a ratio to something else timed in the same run."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """One benchmark: seconds and peak memory [MB]; `ratio` is its seconds over those of `compared_with`.

    `ratio` is None when the other could not run, and `note` then says why.
    """

    name: str
    seconds: float
    peak_mb: float
    compared_with: str
    ratio: float | None
    note: str | None = None

    def to_json(self) -> dict[str, object]:
        """The measurement under the names of the contract, with a note when there is one.

        >>> list(Measurement(name="a", seconds=1.0, peak_mb=2.0, compared_with="b", ratio=0.5).to_json())
        ['name', 'seconds', 'peak_mb', 'compared_with', 'ratio']
        """
        return {key: value for key, value in asdict(self).items() if key != "note" or value is not None}
