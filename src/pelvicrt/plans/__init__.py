"""Does a dose plan do what the strategy asks? Files, histograms, limits and chances of harm in one evaluation."""

__all__: list[str] = []
