"""Which prognostic scores are there? One file each, with `SCORE` and `EXAMPLES`; see `pelvicrt.classify.scoring`."""
