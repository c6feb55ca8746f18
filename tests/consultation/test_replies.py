import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.consultation import margin_of_error, points_by_group, survey, who_is_missing
from course.errors import InputError
from course.weighting import pooled_priorities


def test_sixty_three_of_four_hundred_and_twenty_replied():
    result = survey(41, 63, 420)
    assert result.response_rate == pytest.approx(0.15)
    assert result.share == pytest.approx(0.651, abs=0.0005)
    assert result.margin == pytest.approx(0.109, abs=0.0005)


def test_margin_of_error_of_a_half_by_hand():
    assert margin_of_error(0.5, 100, 101) == pytest.approx(1.95996 * 0.05 * 0.1, rel=1e-5)


def test_nothing_is_uncertain_when_everyone_replied():
    assert margin_of_error(0.5, 420, 420) == 0
    assert margin_of_error(0.5, 1, 1) == 0


@pytest.mark.parametrize("share", [0, 1])
def test_a_unanimous_sample_has_no_margin_by_this_formula(share):
    assert margin_of_error(share, 63, 420) == 0


@given(st.floats(0.05, 0.95), st.integers(1, 400), st.integers(1, 400))
@settings(max_examples=50, deadline=None)
def test_more_replies_never_widen_the_margin(share, replies, more):
    few, many = (margin_of_error(share, n, 1000) for n in (replies, replies + more))
    assert 0 < many < few
    assert few <= 1.96 * (share * (1 - share) / replies) ** 0.5


@pytest.mark.parametrize("share", [-0.1, 1.1, 65])
def test_a_share_outside_0_to_1_is_refused(share):
    with pytest.raises(InputError) as error:
        margin_of_error(share, 63, 420)
    assert str(error.value) == f"The share is {share:g}: keep it from 0 to 1."


@pytest.mark.parametrize(
    "measure", [lambda n, of: margin_of_error(0.5, n, of), lambda n, of: survey(0, n, of)]
)
@pytest.mark.parametrize(("replies", "population"), [(0, 420), (-1, 420), (421, 420), (0, 0)])
def test_impossible_numbers_of_replies_are_refused(measure, replies, population):
    with pytest.raises(InputError) as error:
        measure(replies, population)
    assert str(error.value) == (
        f"{replies} replies from {population} people cannot be: give at least 1 reply, and no more than "
        "there are people."
    )


@pytest.mark.parametrize("in_favour", [-1, 64])
def test_more_in_favour_than_replied_is_refused(in_favour):
    with pytest.raises(InputError) as error:
        survey(in_favour, 63, 420)
    assert str(error.value) == f"{in_favour} are in favour of 63 who replied: correct one of the two."


@pytest.mark.parametrize(("in_favour", "share"), [(0, 0), (63, 1)])
def test_none_or_all_may_be_in_favour(in_favour, share):
    assert survey(in_favour, 63, 420) == (0.15, share, 0)


@pytest.fixture
def replies():
    return pd.DataFrame(
        [("residents", 60, 40), ("officers", 10, 90), ("residents", 40, 60), ("residents", 80, 20)],
        columns=["group", "jobs", "skills"],
    )


def test_points_are_averaged_group_by_group(replies):
    table = points_by_group(replies)
    assert table.columns.tolist() == ["group", "people", "jobs", "skills"]
    assert table.to_numpy().tolist() == [["residents", 3, 60, 40], ["officers", 1, 10, 90]]


def test_averaged_points_can_be_pooled_by_head_and_by_group(replies):
    pooled = pooled_priorities(points_by_group(replies))
    assert pooled.loc["jobs"].to_dict() == pytest.approx({"by_head": 47.5, "by_group": 35})


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("group", None, "Reply 2 has no group: fill in the column 'group'."),
        ("jobs", 11, "Reply 2 must give points of 0 or more, 100 in all: correct or drop it."),
        ("jobs", "ten", "Reply 2 must give points of 0 or more, 100 in all: correct or drop it."),
        ("jobs", None, "Reply 2 must give points of 0 or more, 100 in all: correct or drop it."),
    ],
)
def test_an_unusable_reply_is_numbered(replies, column, value, message):
    broken = replies.astype({column: object})
    broken.loc[1, column] = value
    with pytest.raises(InputError) as error:
        points_by_group(broken)
    assert str(error.value) == message


def test_points_below_nought_are_refused(replies):
    replies.loc[0, ["jobs", "skills"]] = [-1, 101]
    with pytest.raises(InputError, match="Reply 1 must give points of 0 or more"):
        points_by_group(replies)


def test_points_of_nought_are_taken(replies):
    replies.loc[1, ["jobs", "skills"]] = [0, 100]
    assert points_by_group(replies).loc[1].tolist() == ["officers", 1, 0, 100]


def test_replies_without_group_priorities_or_rows_are_refused(replies):
    with pytest.raises(InputError) as error:
        points_by_group(replies.drop(columns="group"))
    assert str(error.value) == "The replies have no column 'group': add it, one value for each person."
    for empty in (replies[:0], replies[["group"]]):
        with pytest.raises(InputError) as error:
            points_by_group(empty)
        assert str(error.value) == "There are no replies or no priorities: give at least one of each."


def test_who_is_missing_comes_first():
    table = who_is_missing(
        {"over 65": 30, "25 to 64": 30}, {"25 to 64": 500, "over 65": 200, "under 25": 300}
    )
    assert table["group"].tolist() == ["under 25", "25 to 64", "over 65"]
    assert table["population"].tolist() == [300, 500, 200]
    assert table["replies"].tolist() == [0, 30, 30]
    assert table["population_share"].tolist() == pytest.approx([0.3, 0.5, 0.2])
    assert table["reply_share"].tolist() == pytest.approx([0, 0.5, 0.5])
    assert table["response_rate"].tolist() == pytest.approx([0, 0.06, 0.15])
    assert table["shortfall"].tolist() == pytest.approx([18, 0, -18])


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(50, 500)), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_shortfalls_cancel_out_and_shares_add_up_to_one(counts):
    names = [f"g{i}" for i in range(len(counts))]
    table = who_is_missing(
        dict(zip(names, (n for n, _ in counts), strict=True)),
        dict(zip(names, (of for _, of in counts), strict=True)),
    )
    assert table["shortfall"].sum() == pytest.approx(0, abs=1e-9)
    assert table["shortfall"].is_monotonic_decreasing
    assert table[["population_share", "reply_share"]].sum().tolist() == pytest.approx([1, 1])


@pytest.mark.parametrize(
    ("replies", "population", "message"),
    [
        ({"a": 1}, {"a": 0}, "The population of 'a' is 0: it must be above 0."),
        ({"a": 1}, {"a": float("nan")}, "The population of 'a' is nan: it must be above 0."),
        ({"b": 1}, {"a": 9}, "'b' replied but is not in the population: add it or correct the name."),
        ({"a": 10}, {"a": 9}, "'a' has 10 replies from 9 people: correct one of the two."),
        ({"a": -1}, {"a": 9}, "'a' has -1 replies from 9 people: correct one of the two."),
        ({"a": 0}, {"a": 9}, "Nobody replied: there is nothing to compare."),
        ({}, {}, "Nobody replied: there is nothing to compare."),
    ],
)
def test_unusable_head_counts_are_refused(replies, population, message):
    with pytest.raises(InputError) as error:
        who_is_missing(replies, population)
    assert str(error.value) == message


def test_a_group_may_be_one_person_who_replied():
    assert who_is_missing({"a": 1}, {"a": 1})["response_rate"].tolist() == [1]
