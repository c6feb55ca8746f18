"""Module 12's explorers: bids, pipelines, lots, one count and a calendar; sentence, table, picture agree."""

import csv
import itertools
import re

import pytest

from course import measuring, places
from course.errors import InputError
from course.explorers import joining_up

PIECES = [
    "bids_apart",
    "pipelines_together",
    "joint_lots",
    "one_count",
    "joint_calendar",
    "consortium",
    "round_table",
    "share_of_bids",
    "champion_scores",
]


def frame(piece, **moved):
    explorer = getattr(joining_up, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def column(made, heading):
    place = made.table.columns.index(heading)
    return [row[place] for row in made.table.rows]


def some_states(explorer):
    """Go through every state, or through every so many where there are thousands."""
    every = list(itertools.product(*(control.states() for control in explorer.controls)))
    for state in every[:: max(1, len(every) // 300)]:
        values = {control.key: value for control, value in zip(explorer.controls, state, strict=True)}
        try:
            yield values, explorer.compute(values)
        except InputError:
            yield values, None


def test_three_tenders_in_one_save_17280():
    made = frame("bids_apart")
    assert "Providers save £17,280" in made.summary
    assert column(made, "All bids") == ["£25,920", "£8,640"]
    spec = joining_up.predict_saving().spec
    assert spec["answer"] == "all"
    assert dict(spec["options"])["all"].startswith("£17,280")


def test_a_joint_bid_that_is_too_long_saves_nothing_or_costs_more():
    assert "Nothing is saved" in frame("bids_apart", longer=200).summary
    assert "costs them £8,640 more" in frame("bids_apart", longer=300).summary
    assert "gone at 200% longer" in frame("share_of_bids").summary
    assert "costs providers £8,640 more" in frame("share_of_bids", longer=300).summary


def test_the_mentoring_contracts_reach_the_threshold_only_together():
    made = frame("pipelines_together")
    assert column(made, "With VAT") == ["£300,000", "£300,000", "£300,000", "£900,000"]
    assert column(made, "At the threshold?") == ["no", "no", "no", "yes"]
    assert "Providers save £17,280" in made.summary
    two = frame("pipelines_together", Fairwater=False)
    assert "Even together they stay below" in two.summary
    alone = frame("pipelines_together", Fairwater=False, Northmere=False)
    assert "buys alone: £300,000" in alone.summary


def test_joined_values_are_those_of_the_data_for_every_need():
    with (places.DATASETS / "pipelines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for cpv in {row["cpv"] for row in rows}:
        made = frame("pipelines_together", need=cpv)
        whole = 1.2 * sum(float(row["estimated_value_net"]) for row in rows if row["cpv"] == cpv)
        assert made.table.rows[-1][1] == f"£{whole:,.0f}"
        joint = [s for s in made.data["segments"] if s["row"] == "joint"]
        assert joint[-1]["end"] == pytest.approx(whole / 1000)


def test_nobody_joining_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="tick at least one"):
        frame("pipelines_together", **dict.fromkeys(joining_up.COUNCILS, False))


def test_the_table_of_pipelines_has_a_row_for_each_code():
    text = joining_up.pipelines_table().data
    assert text.count("<tr>") == 1 + len({plan.cpv for plan in joining_up.pipelines()})
    assert "Youth mentoring, ages 11 to 18" in text


def test_smaller_lots_and_a_consortium_let_small_providers_in():
    assert "None is from the voluntary sector" in frame("joint_lots").summary
    assert "Birch CIC" in frame("joint_lots", lots="3").summary
    for share in (20, 40, 60):
        able = [
            column(frame("joint_lots", lots=lots, share=share), "Can bid for a lot").count("✓ yes")
            for lots in joining_up.LOTS
        ]
        assert able == sorted(able)
    together = frame("joint_lots", share=50, consortium=True)
    assert "From the voluntary sector: The three together." in together.summary


def test_the_council_that_looks_best_is_another_by_one_rule():
    own, one = frame("one_count"), frame("one_count", rule="13")
    assert own.summary.startswith("Fairwater looks best with 14. The sum, 34,")
    assert one.summary.startswith("By one rule Calderbrook comes first with 8. The sum is 19,")
    assert "The sum is 18," in frame("one_count", rule="13", once=True).summary


@pytest.mark.parametrize("once", [False, True])
def test_a_stricter_rule_never_counts_more(once):
    sums = [sum(joining_up.count_people(rule, once).values()) for rule in ("0", "4", "13", "26")]
    assert sums == sorted(sums, reverse=True)


def test_approvals_in_the_same_weeks_save_what_the_others_would_add():
    turn, once = frame("joint_calendar"), frame("joint_calendar", approval="once")
    weeks = [sum(int(w) for w in column(made, "Weeks")[:-1]) for made in (turn, once)]
    assert weeks[0] - weeks[1] == 2 * 6
    assert "in time for month 12" in turn.summary
    assert "too late" in frame("joint_calendar", agree=10, engage=12).summary


def test_what_is_late_is_what_ends_after_the_month_needed():
    for values, made in some_states(joining_up.joint_calendar()):
        late = [step for step in made.data["steps"] if step["state"] == "too late"]
        assert all(step["end"] > values["need"] - 0.001 for step in late)
        assert bool(late) == ("too late" in made.summary)


def test_the_expected_surplus_is_chance_times_share_less_the_bids():
    ways = joining_up.expected(10, 40, 40, 20)
    assert ways["Bid alone"] == pytest.approx(0.1 * 60_000 - 1_440)
    assert ways["Bid together"] == pytest.approx(0.4 * 0.4 * 60_000 - 480 - 900)
    assert "Bid together: £8,220 ★" in str(frame("consortium").data)
    assert "cost more than they can be expected" in frame("consortium", alone=0, together=0).summary


def test_the_way_birch_would_have_wanted_gets_it_in():
    for lots in joining_up.LOTS:
        made = frame("round_table", lots=lots)
        if "to bid alone" in made.summary:
            assert "Birch CIC is in it." in frame("round_table", lots=lots, route="alone").summary
        elif "no way in" in made.summary:
            assert "Birch CIC is in it." not in frame("round_table", lots=lots, route="together").summary
    assert "stays out" in frame("round_table", lots="3", route="out").summary


def test_what_the_councils_would_have_wanted_is_the_cheapest_with_birch_in():
    cheapest = min(
        joining_up._round(int(lots), form, route)[3]
        for lots, form, route in itertools.product(joining_up.LOTS, joining_up.ASKED, ("alone", "together"))
        if joining_up._round(int(lots), form, route)[1]
    )
    found = [
        made.summary
        for values, made in some_states(joining_up.round_table())
        if joining_up._round(int(values["lots"]), values["form"], values["route"])[3] == cheapest
        and "Birch CIC is in it" in made.summary
    ]
    assert found
    assert "What the councils would have wanted" in found[0]


def test_three_tenders_apart_cost_what_those_who_can_carry_one_pay():
    able = joining_up.bidders_for(3, False)
    cost = 3 * len(able) * measuring.bid_cost(joining_up.HOURS, joining_up.HOURLY)
    assert f"Three tenders apart: £{cost:,.0f}" in str(frame("round_table").data)


def test_one_score_of_a_champion_flips_the_award():
    assert frame("champion_scores").summary.startswith("Alder comes first with 3.67")
    assert frame("champion_scores", scores=True).summary.startswith("Birch CIC comes first with 3.75")
    assert frame("champion_scores", scores=True, kind=2).summary.startswith("Alder")


@pytest.mark.parametrize("piece", PIECES)
def test_every_state_computes_with_a_square_table_and_the_rows_its_charts_name(piece):
    explorer = getattr(joining_up, piece)()
    needed = set()
    for chart in explorer.spec["charts"]:
        needed |= set(re.findall(r"'data': \{'name': '(\w+)'\}", str(chart)))
    for values, made in some_states(explorer):
        if made is None:
            assert piece == "pipelines_together", values
            continue
        assert set(made.data) == needed
        assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
        assert made.summary.endswith(".")


BESIDE = {"champion_scores": {"scores": True}}
MOVABLE = [(p, c.key) for p in PIECES for c in getattr(joining_up, p)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(joining_up, piece)()
    start = {**explorer.values, **BESIDE.get(piece, {})}
    control = next(c for c in explorer.controls if c.key == key)
    shown = {str(explorer.compute({**start, key: value})) for value in control.states()}
    assert len(shown) > 1
