import pandas as pd
import pytest

COLUMNS = ["bidder", "price", "quality", "social_value"]


@pytest.fixture
def three_bids():
    return pd.DataFrame(
        [("Alder", 2_350_000, 64, 55), ("Birch CIC", 2_550_000, 74, 85), ("Cedar", 2_800_000, 86, 70)],
        columns=COLUMNS,
    )


@pytest.fixture
def four_bids(three_bids):
    dogwood = pd.DataFrame([("Dogwood", 1_750_000, 42, 20)], columns=COLUMNS)
    return pd.concat([three_bids, dogwood], ignore_index=True)


@pytest.fixture
def weights():
    return {"price": 40, "quality": 50, "social_value": 10}


@pytest.fixture
def small_field():
    """Two bids, and a third that loses but changes the winner under the relative formula."""
    return pd.DataFrame({"bidder": ["A", "B", "C"], "price": [100, 120, 60], "quality": [70, 90, 5]})
