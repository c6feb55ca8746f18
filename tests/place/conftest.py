from pathlib import Path

import pandas as pd
import pytest

from course.place.calderbrook import generate

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def place(tmp_path_factory) -> Path:
    """The place data, freshly generated."""
    folder = tmp_path_factory.mktemp("place")
    generate(folder)
    return folder


@pytest.fixture(scope="session")
def neighbourhoods(place) -> pd.DataFrame:
    return pd.read_csv(place / "neighbourhoods.csv")


@pytest.fixture(scope="session")
def suppliers(place) -> pd.DataFrame:
    return pd.read_csv(place / "suppliers.csv")


@pytest.fixture(scope="session")
def ledger(place) -> pd.DataFrame:
    return pd.read_csv(place / "ledger.csv")


@pytest.fixture(scope="session")
def greater_manchester(place) -> pd.DataFrame:
    return pd.read_csv(place / "greater_manchester_spend.csv")


@pytest.fixture
def shared():
    """Open a sample of real public data, where the samples are to hand."""

    def find(name: str) -> Path:
        path = ROOT.parent / "shared" / "data" / name
        if not path.exists():
            pytest.skip(f"the sample {name} of real public data is not on this machine")
        return path

    return find


@pytest.fixture
def write(tmp_path):
    """Write a file and give its path."""

    def make(content: str | bytes, name: str = "spend.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return make
