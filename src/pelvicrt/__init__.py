"""pelvicrt: individualised pelvic radiotherapy in rectal cancer with liver metastases, evidence-linked.

Decision support for professionals and for research; not a medical device.

    from pelvicrt import assess, load_case
    assessment = assess(load_case("examples/example-1.yaml"))
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pelvicrt.foundation import VERSION

if TYPE_CHECKING:
    from pelvicrt.assessment import assess
    from pelvicrt.intake import load_case

__version__ = VERSION
__all__ = ["assess", "load_case"]


def __getattr__(name: str) -> Any:
    """The public words, imported when first used so that `pelvicrt --help` starts at once."""
    if name == "assess":
        from pelvicrt.assessment import assess

        return assess
    if name == "load_case":
        from pelvicrt.intake import load_case

        return load_case
    raise AttributeError(f"module 'pelvicrt' has no attribute {name!r}; it has {', '.join(__all__)}")
