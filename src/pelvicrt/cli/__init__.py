"""How files and terminals reach the program: one command a question, the same calls a notebook makes."""

from pelvicrt.cli.app import main

__all__ = ["main"]
