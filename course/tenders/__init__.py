"""Notices in, tidy tables out; and the fictional council's own notices.

    import course.tenders as tenders
    tables = tenders.read_notices(["october.json"])
    tenders.import_notices(["october.json"], "my-notices")

Names are looked up when first used, so that importing this room stays light.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "SCHEMAS": "tables",
    "Tables": "tables",
    "data_dictionary": "tables",
    "SLIPS": "slips",
    "read_notices": "reading",
    "ImportSummary": "importing",
    "import_notices": "importing",
    "load_tables": "importing",
}

__all__ = [*_HOMES]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"course.tenders.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
