import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import count_once, double_counts

ONE_JOB = pd.DataFrame(
    {
        "measure": [
            "New job, economic value",
            "Left benefits, economic value",
            "Left benefits, fiscal saving",
        ],
        "source_kind": "person",
        "source_id": "Sam",
        "value_gbp": [14_790.17, 14_790.17, 10_320.69],
    }
)


def links(*rows):
    return pd.DataFrame(rows, columns=["measure", "source_kind", "source_id"])


def test_one_job_counted_three_ways():
    result = count_once(ONE_JOB)
    assert round(result.every_claim_gbp, 2) == 39_901.03
    assert result.counted_once_gbp == 14_790.17
    assert result.left_out["measure"].tolist() == [
        "Left benefits, economic value",
        "Left benefits, fiscal saving",
    ]
    assert list(result.left_out.index) == [0, 1]
    assert list(result.left_out.columns) == list(ONE_JOB.columns)
    assert len(double_counts(ONE_JOB)) == 3


def test_jobs_and_leaving_benefits_double_count_the_same_people():
    found = double_counts(
        links(
            ("Jobs created", "person", "a"),
            ("Jobs created", "person", "b"),
            ("Jobs created", "person", "c"),
            ("Left benefits", "person", "b"),
            ("Left benefits", "person", "c"),
        )
    )
    assert found.to_dict("records") == [
        {
            "measure_a": "Jobs created",
            "measure_b": "Left benefits",
            "source_kind": "person",
            "shared": 2,
            "share_of_smaller": 1.0,
            "why": "Jobs created and Left benefits both count the same 2 persons. Claim one of them.",
        }
    ]


def test_local_spend_and_wages_double_count_the_same_invoice():
    found = double_counts(
        links(
            ("Local spend", "invoice", 7),
            ("Local spend", "invoice", 8),
            ("Wages to residents", "invoice", 7),
            ("Wages to residents", "invoice", 9),
        )
    )
    assert found.loc[0, "why"] == (
        "Local spend and Wages to residents both count the same 1 invoice. Claim one of them."
    )
    assert found.loc[0, "share_of_smaller"] == 0.5


def test_apprentices_and_waste_do_not_double_count():
    apart = links(("Apprentice starts", "person", 1), ("Waste diverted", "tonne", 1))
    assert double_counts(apart).empty
    assert list(double_counts(apart).columns) == [
        "measure_a",
        "measure_b",
        "source_kind",
        "shared",
        "share_of_smaller",
        "why",
    ]


def test_the_widest_overlap_comes_first():
    found = double_counts(
        links(
            ("a", "person", 1),
            ("b", "person", 1),
            ("a", "invoice", 1),
            ("a", "invoice", 2),
            ("c", "invoice", 1),
            ("c", "invoice", 2),
        )
    )
    assert found[["measure_a", "measure_b", "shared"]].to_numpy().tolist() == [["a", "c", 2], ["a", "b", 1]]
    assert list(found.index) == [0, 1]


def test_a_pair_is_named_in_the_order_it_was_given():
    found = double_counts(links(("z", "person", 1), ("a", "person", 1)))
    assert found.loc[0, ["measure_a", "measure_b"]].tolist() == ["z", "a"]


def test_the_same_id_of_another_kind_is_another_thing():
    claims = links(("a", "person", 1), ("b", "invoice", 1)).assign(value_gbp=[1.0, 2.0])
    assert count_once(claims).counted_once_gbp == 3
    assert count_once(claims).left_out.empty


def test_the_same_measure_claimed_twice_for_one_person_is_left_out_once():
    claims = links(("a", "person", 1), ("a", "person", 1)).assign(value_gbp=[5.0, 5.0])
    assert count_once(claims).counted_once_gbp == 5
    assert double_counts(claims).empty


def test_tables_with_gaps_are_refused():
    with pytest.raises(InputError, match="The counts table has no column source_kind, source_id"):
        double_counts(pd.DataFrame({"measure": ["a"]}))
    with pytest.raises(InputError, match="The claims table has nothing in value_gbp on row 1"):
        count_once(ONE_JOB.assign(value_gbp=None))
    with pytest.raises(InputError, match="The value of a claim is -1"):
        count_once(ONE_JOB.assign(value_gbp=-1))


claims = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(["person", "invoice"]), st.integers(0, 5)), min_size=1
)


@given(claims)
@settings(max_examples=30, deadline=None)
def test_counting_once_never_adds_and_changes_nothing_when_nothing_is_shared(rows):
    frame = links(*rows).assign(value_gbp=1.0)
    result = count_once(frame)
    assert result.counted_once_gbp == len({row[1:] for row in rows})
    assert result.counted_once_gbp + result.left_out["value_gbp"].sum() == result.every_claim_gbp


@given(claims)
@settings(max_examples=30, deadline=None)
def test_an_overlap_is_found_exactly_when_two_measures_share_a_source(rows):
    shared = any(a[1:] == b[1:] and a[0] != b[0] for a in rows for b in rows)
    assert double_counts(links(*rows)).empty is not shared
