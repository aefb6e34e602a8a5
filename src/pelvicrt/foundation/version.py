"""Which version of the program made a result."""

VERSION = "0.1.0"
