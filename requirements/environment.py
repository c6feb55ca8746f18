"""Write environment.yml, for conda and Binder, from the lock: `python requirements/environment.py`."""

import re
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
PYTHON = "3.12"


def wanted() -> list[str]:
    """Return the names that runtime.in asks for, without extras and versions."""
    lines = (HERE / "runtime.in").read_text(encoding="utf-8").splitlines()
    return [re.split(r"[\[<>=~! ]", line)[0] for line in lines if line and not line.startswith("#")]


def pins() -> dict[str, str]:
    """Return name to version for everything locked for that Python."""
    found = {}
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, version, marker in re.findall(r"^([\w.-]+)==([^ ;\\]+)(?: ; ([^\\]+))? \\$", text, re.M):
        if not (marker and "< '3.12'" in marker):
            found[name] = version
    return found


def environment() -> str:
    """Return the text of environment.yml."""
    locked = pins()
    lines = [
        "# Made by `make lock` from requirements.lock. For conda and Binder.",
        "name: social-value-academy",
        "channels: [conda-forge]",
        "dependencies:",
        f"  - python={PYTHON}",
        "  - pip",
        "  - pip:",
        *(f"      - {name}=={locked[name]}" for name in wanted()),
        "      - -e .",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment(), encoding="utf-8")
