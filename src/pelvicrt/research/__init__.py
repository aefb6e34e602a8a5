"""What do published cohorts say of the model? Replay, calibration, and a population under policies."""

__all__: list[str] = []
