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


def test_a_share_of_young_people_is_weighed_by_young_people():
    young = AREAS.assign(aged_16_24=[500, 100, 400], decile=[1, 1, 3])
    assert average(young, "need", "aged_16_24") == pytest.approx(100 * (200 + 10 + 80) / 1_000)
    assert gap(young, "need", "aged_16_24") == pytest.approx((210 / 600) / (290 / 1_000))


def test_people_in_need_are_counted_as_places_are_chosen():
    table = reach(AREAS, "need", "population", "share")
    assert table.to_dict("list") == {
        "name": ["Small", "Middle", "Large"],
        "people": [400, 400, 300],
        "chosen": [1, 2, 3],
        "reached": pytest.approx([4 / 11, 8 / 11, 1]),
    }


def test_one_person_is_enough_to_average():
    assert average(AREAS.assign(population=[1, 0, 0]), "need") == 40


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
    for ask, sentence in (
        (
            lambda: average(AREAS.iloc[:0], "need"),
            "There are no people in these areas: choose at least one area that has some.",
        ),
        (
            lambda: gap(AREAS.assign(decile=5), "need"),
            "None of these areas is in the most deprived tenth: there is no gap to work out.",
        ),
        (
            lambda: reach(AREAS, "need", "population", "best"),
            "“best” is not a rule. Choose one of: share, people.",
        ),
        (
            lambda: reach(AREAS.assign(need=0.0), "need", "population", "share"),
            "Nobody is in need in these areas: there is nobody to reach.",
        ),
    ):
        with pytest.raises(InputError) as error:
            ask()
        assert str(error.value) == sentence
