"""Module 8's explorers: their numbers are the arithmetic's and the data's; sentence, table, picture agree."""

import itertools
import re

import pytest

from course import measuring
from course.explorers import every_state, valuing

PIECES = [
    "stress_test",
    "unit_cost_lookup",
    "sort_the_claim",
    "wellby_range",
    "own_ratio",
    "claims_table",
    "largest_pound",
    "counted_three_times",
    "time_or_cash",
]
LANTERNS = {"deadweight": 35, "displacement": 10, "attribution": 20, "drop_off": 25, "discount": True}
RIGHT = {"claimant": "again", "benefits": "transfer"}


def frame(piece, **moved):
    explorer = getattr(valuing, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def cells(made, first):
    return next(row for row in made.table.rows if row[0] == first)


def test_the_claim_opens_at_898():
    made = frame("stress_test")
    assert made.summary.startswith("£1 returns £8.98: £1.08m for £120k")
    assert cells(made, "Value of year 1")[1] == "£215,630"


@pytest.mark.parametrize(
    ("moved", "ratio"),
    [
        ({}, "2.36"),
        ({"deadweight": 50}, "1.82"),
        ({"attribution": 40}, "1.77"),
        ({"drop_off": 50}, "1.53"),
        ({"deadweight": 50, "attribution": 40, "drop_off": 50}, "0.88"),
    ],
)
def test_each_assumption_moves_the_ratio_as_worked_by_hand(moved, ratio):
    made = frame("stress_test", **{**LANTERNS, **moved})
    assert f"£1 returns £{ratio}:" in made.summary
    assert cells(made, "Value of all years")[3] == f"£{ratio}"
    assert made.data["marks"][1]["text"] == f"now £{ratio}"


def test_all_taken_off_year_1_is_100915_and_deadweight_breaks_even_at_72_5():
    made = frame("stress_test", **LANTERNS)
    assert cells(made, "Value of year 1")[1] == "£100,915"
    assert cells(made, "Value of all years")[1] == "£283,340"
    assert cells(made, "Deadweight")[4] == "72.5%"
    assert "at a deadweight of 72.5%" in made.summary


def test_the_widest_swing_is_first_and_is_the_one_named():
    for moved in ({}, LANTERNS, {**LANTERNS, "years": 1}, {**LANTERNS, "drop_off": 90}):
        made = frame("stress_test", **moved)
        spans = [bar["high"] - bar["low"] for bar in made.data["swings"]]
        assert spans == pytest.approx(sorted(spans, reverse=True), abs=0.001)
        assert made.summary.endswith(f"most: {made.data['swings'][0]['assumption'].lower()}.")


def test_no_break_even_is_said_where_the_ratio_cannot_be_had():
    made = frame("stress_test", **{**LANTERNS, "drop_off": 90, "attribution": 90})
    assert "does not return what was put in" in made.summary


def test_the_prediction_is_answered_by_the_arithmetic():
    assert valuing.predict_ratio().spec["answer"] == "two"
    assert "£2.36 is left" in valuing.predict_ratio().spec["then"]


def test_every_unit_cost_adds_up_and_transfers_stay_out():
    costs = measuring.unit_costs()
    for code, part in costs.groupby("code"):
        made = frame("unit_cost_lookup", code=code, quantity=3)
        may = 3 * part.loc[~part["transfer"], "unit_gbp"].sum()
        assert f"£{may:,.2f} may be counted" in made.summary
        assert [row[4] == "yes" for row in made.table.rows] == [not moves for moves in part["transfer"]]


def test_sorted_rightly_54758_becomes_29647():
    assert "£54,757.82 of public value" in frame("sort_the_claim").summary
    made = frame("sort_the_claim", **RIGHT)
    assert "All lines are where they belong: £29,646.96" in made.summary
    assert "Cash for the council: £0.00." in made.summary


def test_either_line_of_one_job_may_stay_but_not_both_nor_none():
    other = frame("sort_the_claim", **{**RIGHT, "job": "again", "claimant": "public"})
    assert "All lines are where they belong: £29,646.96" in other.summary
    for job, claimant in (("public", "public"), ("again", "again")):
        made = frame("sort_the_claim", **{**RIGHT, "job": job, "claimant": claimant})
        assert "1 of 5 lines" in made.summary


def test_time_is_cash_only_when_a_post_goes():
    assert frame("sort_the_claim", **RIGHT).data["heaps"][-1]["value"] == 0
    made = frame("sort_the_claim", **RIGHT, post=True)
    assert made.data["heaps"][-1]["value"] == 7_053.6
    assert "All lines are where they belong: £29,646.96" in made.summary


def test_the_heaps_drawn_always_hold_the_whole_claim():
    total = sum(line.value for line in valuing.claim().values())
    for _, made in every_state(valuing.sort_the_claim()):
        heaps = made.data["heaps"]
        assert sum(heap["value"] for heap in heaps[:3]) == pytest.approx(total, abs=0.02)
        marks = [row[3] for row in made.table.rows[:5]]
        wrong = marks.count("⚠ look again")
        assert (f"{wrong} of 5 lines" in made.summary) == (wrong > 0)


def test_benefits_are_nobodys_gain():
    assert valuing.predict_benefits().spec["answer"] == "none"


def test_thirty_six_wellbys_are_360k_to_576k_with_468k_in_the_middle():
    made = frame("wellby_range")
    assert made.summary.startswith("36 WELLBYs: worth £360k to £576k; the middle is £468k.")
    assert [row[2] for row in made.table.rows] == ["£360,000", "£468,000", "£576,000"]


def test_the_verdict_changes_where_the_cost_leaves_the_range():
    said = {cost: frame("wellby_range", cost=cost).summary for cost in (360, 370, 570, 580)}
    assert "Even the low value covers" in said[360]
    assert "does not settle it" in said[370]
    assert "does not settle it" in said[570]
    assert "Not even the high value" in said[580]


def test_weaker_evidence_widens_the_range_and_leaves_the_middle():
    spans, middles = [], set()
    for sure in valuing.SURE:
        made = frame("own_ratio", sure=sure)
        spans.append(made.data["range"][0]["high"] - made.data["range"][0]["low"])
        middles.add(made.data["middle"][0]["value"])
    assert spans == sorted(spans)
    assert len(middles) == 1


def test_the_verdict_on_a_ratio_of_ones_own_follows_its_ends():
    for cost in range(10, 401, 30):
        made = frame("own_ratio", cost=cost)
        ends = made.data["range"][0]
        assert ("Even the cautious" in made.summary) == (ends["low"] >= 1)
        assert ("Even the hopeful" in made.summary) == (ends["high"] < 1)


def test_no_share_leaves_zero_to_one():
    for deadweight, sure in itertools.product((0, 90), valuing.SURE):
        made = frame("own_ratio", deadweight=deadweight, sure=sure)
        shares = [float(row[1].rstrip("%")) for row in made.table.rows]
        assert all(0 <= share <= 95 for share in shares)


def test_scored_as_claimed_only_the_boldest_claim_wins():
    bold = {"deadweight": False, "attribution": False, "drop_off": False}
    assert "Alder gets the most points" in frame("claims_table").summary
    assert "Lantern gets the most points" in frame("claims_table", **bold).summary


def test_on_one_sheet_and_on_people_lanterns_claim_changes_nothing():
    for rule, best in (("sheet", "Lantern"), ("net", "Birch CIC")):
        for taken in itertools.product((False, True), repeat=3):
            moved = dict(zip(("deadweight", "attribution", "drop_off"), taken, strict=True))
            assert f"{best} gets the most points" in frame("claims_table", rule=rule, **moved).summary


def test_the_largest_claim_gets_all_points_and_takes_them_from_the_rest():
    assert [row[2] for row in frame("largest_pound").table.rows] == ["20.00", "16.67", "15.00"]
    made = frame("largest_pound", claim=450)
    assert [row[2] for row in made.table.rows] == ["5.33", "4.44", "20.00"]
    assert "P and Q changed nothing" in made.summary


def test_one_job_is_counted_once():
    assert "£39,901.03" in frame("counted_three_times").summary
    assert "£14,790.17" in frame("counted_three_times", once=True).summary


def test_forty_families_free_a_thirteenth_of_a_post():
    made = frame("time_or_cash")
    assert cells(made, "Full-time posts")[1] == "0.075"
    assert cells(made, "Cash")[1] == "£0.00"
    assert float(cells(frame("time_or_cash", families=535), "Full-time posts")[1]) >= 1
    assert float(cells(frame("time_or_cash", families=530), "Full-time posts")[1]) < 1


def test_the_exercises_controls_give_the_ratio_and_never_the_break_even():
    explorer = valuing.try_assumptions(22, valuing.LANTERN.proxy, 120_000, 5)
    made = explorer.compute({**explorer.values, **LANTERNS})
    assert made.summary.endswith("£1 returns £2.36.")
    assert [row[1] for row in made.table.rows][0] == "£100,915.01"
    assert "72" not in str(made)


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(valuing, piece)()
    made = explorer.compute(dict(explorer.values))
    named = set(re.findall(r"'data': \{'name': '(\w+)'\}", str(explorer.spec["charts"])))
    assert named == set(made.data)
    assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
    assert made.summary.endswith(".")


MOVABLE = [(piece, control.key) for piece in PIECES for control in getattr(valuing, piece)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(valuing, piece)()
    control = next(c for c in explorer.controls if c.key == key)
    states = {explorer.values[key], control.states()[0], control.states()[-1]}
    assert len({str(frame(piece, **{key: value})) for value in states}) > 1


@pytest.mark.parametrize("piece", PIECES)
def test_every_corner_of_the_grid_can_be_had(piece):
    explorer = getattr(valuing, piece)()
    ends = [[*dict.fromkeys((c.states()[0], c.states()[-1]))] for c in explorer.controls]
    for state in itertools.product(*ends):
        made = explorer.compute(dict(zip([c.key for c in explorer.controls], state, strict=True)))
        assert made.summary
