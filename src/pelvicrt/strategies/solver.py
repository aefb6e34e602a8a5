"""Where does the constraint solver come from? OR-tools, loaded when first needed and without its tables of variables.

Its Python layer imports pandas, for variables laid out in tables, which no plan here uses; that alone is a tenth of a
cold assessment. So an empty module stands in while the layer is loaded, unless pandas is loaded already.
"""

from __future__ import annotations

import importlib
import sys
import threading
from types import ModuleType

_PANDAS = "pandas"
_ONE_AT_A_TIME = threading.Lock()


def cp_model() -> ModuleType:
    """The module `ortools.sat.python.cp_model`.

    >>> cp_model().CpModel().new_bool_var("open").name
    'open'
    """
    name = "ortools.sat.python.cp_model"
    with _ONE_AT_A_TIME:
        if name not in sys.modules and _PANDAS not in sys.modules:
            _load_without_pandas(name)
        return importlib.import_module(name)


def _load_without_pandas(name: str) -> None:
    """Loads it with a stand-in; should a newer version ask more of pandas, nothing is kept and the true one is used."""
    stand_in = ModuleType(_PANDAS)
    vars(stand_in).update(Index=type("Index", (), {}), Series=type("Series", (), {}))
    sys.modules[_PANDAS] = stand_in
    try:
        importlib.import_module(name)
    except (AttributeError, ImportError):
        sys.modules.pop(name, None)
    finally:
        del sys.modules[_PANDAS]
