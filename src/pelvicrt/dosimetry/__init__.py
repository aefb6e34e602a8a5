"""What a plan delivers: dose grids, contours, dose-volume histograms and their metrics. Arrays only, no file format."""

__all__: list[str] = []
