"""What is it worth to know more? Decisions under uncertainty from draws of net benefit: arrays only."""

__all__: list[str] = []
