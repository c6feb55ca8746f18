"""Need by neighbourhood: people are weighed, not places."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course.errors import InputError
from course.place.need import average, gap, reach

AREAS = pd.DataFrame(
    {
        "name": ["Small", "Large", "Middle"],
        "population": [1_000, 3_000, 2_000],
        "need": [40.0, 10.0, 20.0],
        "decile": [1, 6, 3],
    }
)


def test_an_average_weighs_people_and_not_places():
    assert average(AREAS, "need") == pytest.approx(100 * (400 + 300 + 400) / 6_000)
    assert average(AREAS, "need") != pytest.approx(AREAS["need"].mean())


def test_the_gap_compares_the_most_deprived_tenth_with_all():
    assert gap(AREAS, "need") == pytest.approx(40 / (1_100 / 60))


def test_places_are_chosen_by_share_or_by_people():
    assert list(reach(AREAS, "need", "population", "share")["name"]) == ["Small", "Middle", "Large"]
    assert list(reach(AREAS, "need", "population", "people")["name"]) == ["Small", "Middle", "Large"]
    large = AREAS.assign(need=[40.0, 15.0, 20.0])
    assert list(reach(large, "need", "population", "people")["name"]) == ["Large", "Small", "Middle"]


counts = st.lists(st.tuples(st.integers(1, 5_000), st.floats(0.5, 90)), min_size=2, max_size=12)


@given(counts)
def test_choosing_by_people_never_reaches_fewer_than_choosing_by_share(rows):
    areas = pd.DataFrame(rows, columns=["population", "need"]).assign(name=[str(i) for i in range(len(rows))])
    by_people = reach(areas, "need", "population", "people")["reached"]
    by_share = reach(areas, "need", "population", "share")["reached"]
    assert (by_people >= by_share - 1e-9).all()
    assert by_people.iloc[-1] == pytest.approx(1)
    assert by_people.is_monotonic_increasing


@given(counts)
def test_an_average_lies_between_the_lowest_and_the_highest(rows):
    areas = pd.DataFrame(rows, columns=["population", "need"])
    assert areas["need"].min() - 1e-9 <= average(areas, "need") <= areas["need"].max() + 1e-9


def test_what_cannot_be_worked_out_is_said_in_a_sentence():
    with pytest.raises(InputError, match="no people"):
        average(AREAS.iloc[:0], "need")
    with pytest.raises(InputError, match="most deprived tenth"):
        gap(AREAS.assign(decile=5), "need")
    with pytest.raises(InputError, match="not a rule"):
        reach(AREAS, "need", "population", "best")
    with pytest.raises(InputError, match="Nobody is in need"):
        reach(AREAS.assign(need=0.0), "need", "population", "share")
