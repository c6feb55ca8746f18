import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.place.joining import join_areas

NAMES = ("spend", "deprivation")


def spend(codes) -> pd.DataFrame:
    return pd.DataFrame({"code": codes, "amount": range(len(codes))})


def scores(codes) -> pd.DataFrame:
    return pd.DataFrame({"code": codes, "score": [10 * i for i in range(len(codes))]})


def test_what_matches_is_joined_in_the_order_of_the_left():
    joined, unmatched = join_areas(spend(["B", "A", "B"]), scores(["A", "B"]), names=NAMES)
    assert joined.to_dict("list") == {"code": ["B", "A", "B"], "amount": [0, 1, 2], "score": [10, 0, 10]}
    assert unmatched.empty
    assert list(unmatched) == ["key", "missing_from", "rows"]


def test_what_does_not_match_is_told_both_ways_and_counted():
    joined, unmatched = join_areas(spend(["A", "X", "X", None]), scores(["A", "Y"]), names=NAMES)
    assert joined["code"].tolist() == ["A"]
    rows = [tuple(row) for row in unmatched.fillna("").itertuples(index=False)]
    assert rows == [("X", "deprivation", 2), ("", "deprivation", 1), ("Y", "spend", 1)]


def test_missing_keys_never_match_each_other():
    joined, unmatched = join_areas(spend(["A", None]), scores(["A", None]), names=NAMES)
    assert len(joined) == 1
    assert unmatched["missing_from"].tolist() == ["deprivation", "spend"]


def test_stray_spaces_do_not_part_two_codes():
    joined, _ = join_areas(spend([" A"]), scores(["A "]), names=NAMES)
    assert joined["code"].tolist() == ["A"]


def test_names_join_where_there_are_no_codes():
    left = pd.DataFrame({"name": ["Brent"], "amount": [1]})
    joined, _ = join_areas(left, pd.DataFrame({"name": ["Brent"], "score": [30.0]}), on="name")
    assert joined["score"].tolist() == [30.0]


@given(st.lists(st.sampled_from("ABCDEF")), st.sets(st.sampled_from("ABCDEF")))
@settings(max_examples=60, deadline=None)
def test_no_row_is_ever_lost(left, right):
    if not set(left) & right:
        return
    joined, unmatched = join_areas(spend(left), scores(sorted(right)), names=NAMES)
    lost_left = unmatched.loc[unmatched["missing_from"] == "deprivation", "rows"].sum()
    lost_right = unmatched.loc[unmatched["missing_from"] == "spend", "rows"].sum()
    assert len(joined) + lost_left == len(left)
    assert joined["code"].nunique() + lost_right == len(right)


@pytest.mark.parametrize(
    ("left", "right", "message"),
    [
        (
            spend(["A"]).rename(columns={"code": "id"}),
            scores(["A"]),
            "The spend table has no column code. Check",
        ),
        (
            spend(["A"]),
            scores(["A"]).rename(columns={"code": "id"}),
            "The deprivation table has no column code.",
        ),
        (
            spend(["A"]),
            scores(["A", "A"]),
            "The deprivation table lists A twice. Keep one row for each area.",
        ),
        (
            spend(["A"]),
            scores(["B"]),
            "No code of the spend table is in the deprivation table. Check that both use the same areas.",
        ),
        (
            spend(["A"]),
            scores(["A"]).assign(amount=1),
            "Both tables have a column amount. Rename it in one of them first.",
        ),
    ],
)
def test_tables_that_cannot_be_joined_are_refused(left, right, message):
    with pytest.raises(InputError) as error:
        join_areas(left, right, names=NAMES)
    assert str(error.value).startswith(message)
