"""One running academy on lessons made for testing; its lessons fail in the ways that lessons can."""

from pathlib import Path

import pytest

CONTENT = Path(__file__).parent / "content"


@pytest.fixture(scope="session")
def sandbox(start_academy):
    """The academy with a lesson that tries everything, a plain one, and a small exercise."""
    return start_academy(content=CONTENT)
