"""How is long work cut, run, resumed and merged? Threads of one process by default, a cluster when outgrown."""

__all__: list[str] = []
