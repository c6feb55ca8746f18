"""The controls of an explorer: each has a label and a finite list of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from math import isnan
from typing import Any


@dataclass(frozen=True)
class Number:
    """A number: a slider with a number box beside it.

    `low`, `high` (both included) and `step` give the values it can take; `value` is where it starts.
    `unit` is "%", "points", "£", "£m", "£k"… `side` puts it in the commissioner's or the provider's group.
    """

    key: str
    label: str
    low: float
    high: float
    step: float
    value: float
    unit: str = ""
    help: str = ""
    side: str = ""
    kind: str = field(default="number", init=False)

    def states(self) -> list[float]:
        """Return every value the control can take."""
        return [self._at(i) for i in range(round((self.high - self.low) / self.step) + 1)]

    def clean(self, value: Any) -> float:
        """Return the nearest value the control can take; its start for what is no number."""
        try:
            given = float(value)
        except (TypeError, ValueError):
            return self.value
        if isnan(given):
            return self.value
        return self._at(round((min(self.high, max(self.low, given)) - self.low) / self.step))

    def _at(self, steps: int) -> float:
        value = round(self.low + steps * self.step, 6)
        return int(value) if value == int(value) else value


@dataclass(frozen=True)
class Choice:
    """One of several options (key to text): radio buttons, or a list to pick from where `listed`."""

    key: str
    label: str
    options: Mapping[str, str]
    value: str
    help: str = ""
    side: str = ""
    listed: bool = False
    kind: str = field(default="choice", init=False)

    def states(self) -> list[str]:
        """Return the key of every option."""
        return list(self.options)

    def clean(self, value: Any) -> str:
        """Return the value if it is an option, else where the control starts."""
        return value if value in self.options else self.value


@dataclass(frozen=True)
class Toggle:
    """Something that is so or not: a tick box."""

    key: str
    label: str
    value: bool = False
    help: str = ""
    side: str = ""
    kind: str = field(default="toggle", init=False)

    def states(self) -> list[bool]:
        """Return both values."""
        return [False, True]

    def clean(self, value: Any) -> bool:
        """Return the value if it is one, else where the control starts."""
        return value if isinstance(value, bool) else self.value


Control = Number | Choice | Toggle


def as_sent(control: Control) -> dict[str, Any]:
    """Return the control as the page needs it: options as pairs, for a JavaScript object reorders keys."""
    sent = asdict(control)
    if isinstance(control, Choice):
        sent["options"] = list(control.options.items())
    return sent
