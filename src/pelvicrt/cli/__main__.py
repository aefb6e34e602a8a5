"""`python -m pelvicrt.cli` is `pelvicrt`."""

from pelvicrt.cli.app import main

main()
