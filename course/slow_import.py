"""Put off one import that costs seconds in every process and that hardly anybody needs.

`jsonschema` imports `rfc3987_syntax` when it is installed, for one optional check of addresses
written in other alphabets; that import builds dozens of parsers (about three seconds). Jupyter's
events and Altair both load jsonschema, so every server and every kernel pays. See
https://github.com/python-jsonschema/jsonschema: `jsonschema/_format.py`.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

NAME = "rfc3987_syntax"


class _Later(ModuleType):
    """Stands in for the module until something of it is used."""

    def is_valid_syntax(self, *args: Any, **kwargs: Any) -> Any:
        """Load the real module and let it answer; jsonschema takes this name when it is imported."""
        return _real().is_valid_syntax(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system itself asks about any module
            raise AttributeError(name)
        return getattr(_real(), name)


def _real() -> ModuleType:
    if isinstance(sys.modules.get(NAME), _Later):
        del sys.modules[NAME]
    return importlib.import_module(NAME)


def mend() -> None:
    """Put the stand-in in place; does nothing where the module is absent or loaded already.

    Call it before anything imports jsonschema, altair or jupyter_server.
    """
    if NAME not in sys.modules and importlib.util.find_spec(NAME) is not None:
        sys.modules[NAME] = _Later(NAME)
