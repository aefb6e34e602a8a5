"""A multi-state model of your own: its file read, run and reported."""

__all__: list[str] = []
