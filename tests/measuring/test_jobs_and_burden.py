import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.measuring import (
    bid_cost,
    cost_per_win,
    fte,
    job_claim,
    joint_tender_saving,
    proportional,
    share_of_margin,
)


def test_three_years_of_one_job_is_one_job_and_three_job_years():
    claim = job_claim(1, 3)
    assert (claim.jobs, claim.fte, claim.job_years) == (1, 1, 3)
    assert claim.sentence == "1 job, 1 full-time equivalent, 3 job-years."


def test_part_time_jobs_count_in_part():
    claim = job_claim(4, 0.5, fte(18.5, 37))
    assert (claim.jobs, claim.fte, claim.job_years) == (4, 2, 1)
    assert claim.sentence == "4 jobs, 2 full-time equivalent, 1 job-year."


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fte(-1, 37), "The weekly hours is -1"),
        (lambda: fte(1, 0), "The hours of a full-time week is 0"),
        (lambda: job_claim(-1, 1), "The number of jobs is -1"),
        (lambda: job_claim(1, 0), "The number of years is 0"),
        (lambda: job_claim(1, 1, 0), "The full-time equivalent of a job is 0"),
        (lambda: bid_cost(-1, 1), "The number of hours is -1"),
        (lambda: bid_cost(1, -1), "The cost of an hour is -1"),
        (lambda: cost_per_win(1, 1, 0), "The number of bids to win one is 0. Give a number above zero."),
        (lambda: share_of_margin(-1, 1), "The cost is -1"),
        (lambda: share_of_margin(1, 0), "The margin is 0"),
        (lambda: joint_tender_saving(0, 1, 1, 1), "The number of tenders is 0"),
        (lambda: joint_tender_saving(1, 0, 1, 1), "The number of bidders is 0"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(call, message):
    with pytest.raises(InputError) as refused:
        call()
    assert str(refused.value).startswith(message)


OFFERS = pd.DataFrame(
    {
        "bidder": ["Cedar", "Alder", "Birch CIC"],
        "offer_gbp": [500_000, 96_000, 45_000],
        "contract_gbp": [10_000_000, 800_000, 250_000],
    }
)


def test_the_order_reverses_when_offers_are_set_beside_contract_size():
    result = proportional(OFFERS)
    assert result["share_pct"].tolist() == pytest.approx([5, 12, 18])
    assert result["rank_by_amount"].tolist() == [1, 2, 3]
    assert result["rank_by_share"].tolist() == [3, 2, 1]
    assert "share_pct" not in OFFERS


def test_equal_offers_share_a_rank():
    for offers, ranks in (([1, 1, 0], [1, 1, 3]), ([2, 2, 2], [1, 1, 1])):
        result = proportional(OFFERS.assign(offer_gbp=offers, contract_gbp=10))
        assert result["rank_by_amount"].tolist() == ranks
        assert result["rank_by_share"].tolist() == ranks


def test_offers_need_a_bidder_an_offer_and_a_contract():
    with pytest.raises(InputError, match="The offers table has no column contract_gbp"):
        proportional(OFFERS.drop(columns="contract_gbp"))
    with pytest.raises(InputError, match="The contract value is 0"):
        proportional(OFFERS.assign(contract_gbp=0))
    with pytest.raises(InputError, match="The offer is -1"):
        proportional(OFFERS.assign(offer_gbp=-1))


def test_a_small_firm_pays_10_260_pounds_of_bids_for_each_win():
    assert bid_cost(38, 45) == 1_710
    assert cost_per_win(38, 45, 6) == 10_260
    assert round(100 * share_of_margin(10_260, 25_000)) == 41


def test_a_chance_given_as_a_share_in_place_of_bids_is_refused():
    with pytest.raises(InputError) as refused:
        cost_per_win(38, 45, 0.5)
    assert str(refused.value) == ("The number of bids to win one is 0.5. Give 1 or more: for 1 in 6, give 6.")
    assert cost_per_win(38, 45, 1) == 1_710


def test_one_joint_tender_in_place_of_three_saves_17_280_pounds_of_bidding():
    assert joint_tender_saving(tenders=3, bidders=6, hours=32, hourly_gbp=45) == 17_280


def test_a_longer_joint_bid_saves_less_and_may_cost_more():
    assert joint_tender_saving(3, 6, 38, 45, joint_hours=50) == 17_280
    assert joint_tender_saving(1, 2, 10, 45, joint_hours=12) == -180
    assert joint_tender_saving(1, 2, 10, 45) == 0


@given(st.integers(1, 9), st.integers(1, 9), st.floats(0, 100), st.floats(0, 100))
@settings(max_examples=30, deadline=None)
def test_joining_never_costs_bidders_more_when_the_bid_is_no_longer(tenders, bidders, hours, hourly):
    assert joint_tender_saving(tenders, bidders, hours, hourly) >= 0


@given(st.floats(0, 1e4), st.floats(0.1, 40), st.floats(0.1, 1))
@settings(max_examples=30, deadline=None)
def test_job_years_are_fte_times_years(jobs, years, each):
    claim = job_claim(jobs, years, each)
    assert claim.job_years == pytest.approx(jobs * each * years)
