"""Check nbgrader's metadata with a validator made once, not anew for each cell.

`nbgrader.nbgraderformat` calls `jsonschema.validate` for every cell, which each time first checks the schema
itself; that takes longer than all else nbgrader does to a notebook. Upstream it would be a validator kept
beside the schema.
"""

from __future__ import annotations

import functools
import json
from types import SimpleNamespace
from typing import Any

import jsonschema


@functools.cache
def _validator(schema: str) -> Any:
    kind = jsonschema.validators.validator_for(json.loads(schema))
    kind.check_schema(json.loads(schema))
    return kind(json.loads(schema))


def validate(instance: Any, schema: Any) -> None:
    """Do as `jsonschema.validate` does."""
    error = jsonschema.exceptions.best_match(_validator(json.dumps(schema)).iter_errors(instance))
    if error is not None:
        raise error


def mend() -> None:
    """Let nbgrader use it; doing it twice is harmless."""
    from nbgrader.nbgraderformat import common

    common.jsonschema = SimpleNamespace(validate=validate)
