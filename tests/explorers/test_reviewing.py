"""Module 10's explorers: numbers are the arithmetic's and the data's; sentence, table, picture agree."""

import contextlib
import itertools
import re

import pandas as pd
import pytest

from course import measuring, places
from course.errors import InputError
from course.explorers import delivery, every_state, reviewing

PIECES = [
    "quarterly_review",
    "must_publish",
    "set_bands",
    "early_alarm",
    "weekly_task",
    "handover_note",
    "recovery",
    "review_meeting",
    "average_hides",
    "promise_or_delivery",
]


def frame(piece, **moved):
    explorer = getattr(reviewing, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def cells(made, first):
    return next(row for row in made.table.rows if row[0] == first)


def test_the_hubs_are_the_providers_that_won_them():
    contracts = pd.read_csv(places.DATASETS / "procurements.csv").set_index("procurement_id")
    bids = pd.read_csv(places.DATASETS / "bids.csv").set_index("bid_id")
    won = bids.loc[contracts.loc[delivery.HUBS, "winning_bid_id"]]
    assert won["bidder"] == reviewing.PROVIDER


def test_after_a_year_two_of_four_have_failed_behind_an_average_of_767():
    made = frame("quarterly_review", quarter="4")
    assert [row[4:6] for row in made.table.rows] == [
        ["66.7%", "⚠ Requires improvement"],
        ["107.5%", "✓ Good"],
        ["100%", "✓ Good"],
        ["40%", "✗ Inadequate"],
    ]
    assert "The average is 76.7%" in made.summary
    assert "carbon avoided at 40% (Inadequate) and apprentice starts at 66.7% (Requires" in made.summary


def test_the_ratings_shown_are_those_kept_in_the_records():
    kept = delivery.promise_years()
    kept = dict(kept[kept["procurement_id"] == delivery.HUBS][["short", "rating"]].itertuples(index=False))
    for row in frame("quarterly_review", quarter="4").table.rows:
        assert row[5] == reviewing.SIGNS[kept[row[0]]]


def test_carbon_is_inadequate_from_the_first_review_on():
    for quarter in reviewing.QUARTERS:
        assert cells(frame("quarterly_review", quarter=quarter), "Carbon avoided")[5] == "✗ Inadequate"
    assert cells(frame("quarterly_review", quarter="2"), "Carbon avoided")[6] == "25, or 12.5 a quarter"


def test_the_average_alone_names_no_indicator_and_climbs_each_quarter():
    means = []
    for quarter in reviewing.QUARTERS:
        made = frame("quarterly_review", quarter=quarter, mean=True)
        assert "arbon" not in str(made)
        means.append(made.data["rows"][0]["value"])
    assert means == sorted(means)


def test_the_predictions_are_answered_by_the_records():
    assert reviewing.predict_hidden().spec["answer"] == "2"
    assert reviewing.predict_alarm().spec["answer"] == "most"


def test_supported_living_at_five_and_a_half_million_is_no_duty_but_grounds_maintenance_is():
    made = frame("must_publish")
    assert cells(made, "All together, including VAT")[1] == "£5,500,000"
    assert cells(made, "Three indicators are a duty")[1] == "no"
    assert "light-touch" in made.summary
    assert "must set and publish" in frame("must_publish", buys="services").summary


@pytest.mark.parametrize(("option", "first"), [(True, 2.55), (False, 4.2)])
def test_the_duty_begins_above_five_million_with_vat_and_options(option, first):
    for value, duty in ((first - 0.05, "no"), (first, "yes")):
        made = frame("must_publish", buys="services", value=value, option=option)
        assert cells(made, "Three indicators are a duty")[1] == duty


def test_a_framework_is_outside_the_duty_and_the_caution_is_always_shown():
    made = frame("must_publish", buys="works", value=6, route="framework")
    assert cells(made, "Three indicators are a duty")[1] == "no"
    assert "Check before relying on this" in cells(made, "Caution")[1]


def test_calderbrooks_own_bands_give_the_ratings_in_the_records():
    counts = delivery.promise_years()["rating"].value_counts()
    made = frame("set_bands")
    for name in measuring.RATINGS:
        assert cells(made, f"All promises rated {name}")[1] == str(counts[name])


def test_looser_bands_never_make_a_rating_worse():
    loose = frame("set_bands", good=70, approaching=40, needs=35)
    assert cells(loose, "Hubs: carbon avoided")[1] == "✓ Approaching target"
    assert cells(loose, "Hubs: apprentice starts")[1] == "✓ Approaching target"
    good = [int(cells(frame("set_bands", good=n), "All promises rated Good")[1]) for n in (85, 90, 95, 100)]
    assert good == sorted(good, reverse=True)


def test_bands_that_do_not_fall_are_refused_with_a_sentence():
    with pytest.raises(InputError, match="bands have to fall"):
        frame("set_bands", good=70, approaching=80)


def test_half_a_year_shows_twenty_nine_of_thirty_one_failures():
    made = frame("early_alarm")
    assert "You would catch 29 of the 31" in made.summary
    assert [row["value"] for row in made.data["rows"]] == [29, 2, 4, 43, 0]


def test_every_alarm_sorts_all_promises_once_and_a_stricter_one_misses_fewer():
    for quarter in "123":
        missed = []
        for below in range(30, 101, 5):
            counts = [row["value"] for row in frame("early_alarm", quarter=quarter, below=below).data["rows"]]
            assert sum(counts) == len(reviewing.halfway())
            missed.append(counts[1])
        assert missed == sorted(missed, reverse=True)


def test_the_alarm_read_row_by_row_gives_the_same_counts():
    records = delivery.records()
    caught = 0
    for year in delivery.promise_years().itertuples():
        if year.missing:
            continue
        mine = records[
            (records["procurement_id"] == year.procurement_id)
            & (records["promise_id"] == year.promise_id)
            & (records["contract_quarter"] <= 2)
        ]
        short = year.actual / year.target < 0.8
        caught += short and mine["actual"].sum() / mine["target"].sum() < 0.8
    assert frame("early_alarm").data["rows"][0]["value"] == caught


def test_told_after_thirteen_weeks_forty_placements_end_at_36():
    made = frame("weekly_task")
    assert "1.14 placements a week" in made.summary
    assert made.summary.endswith("To rate Good, hand over by week 11.")
    assert cells(made, "Rating")[1] == "✓ Approaching target"


@pytest.mark.parametrize("most", [1, 1.25, 2, 3])
def test_the_last_week_said_is_the_last_that_rates_good(most):
    last = reviewing.latest_start(most)
    for idle, rating in ((last, "✓ Good"), (last + 1, "✓ Approaching target")):
        if idle <= 40:
            made = frame("weekly_task", kpi="Carbon avoided", idle=idle, most=most)
            assert cells(made, "Rating")[1] == rating


def test_no_more_is_done_than_was_promised():
    for _, made in every_state(reviewing.weekly_task()):
        ends = [row["done"] for row in made.data["lines"] if row["week"] == reviewing.WEEKS]
        assert ends[1] <= ends[0] + 1e-4


def test_a_note_answers_a_question_only_with_its_fullest_line():
    best = dict.fromkeys(reviewing.NOTE, "3")
    assert "5 of 5 questions" in frame("handover_note", **best).summary
    for key, (_, question, _) in reviewing.NOTE.items():
        made = frame("handover_note", **{**best, key: "1"})
        assert "4 of 5" in made.summary
        assert question in made.summary


def test_next_years_tonnes_are_as_many_as_this_years():
    carbon = reviewing.hubs().query("kpi == 'Carbon avoided'")
    assert sum(reviewing.DUE_NEXT) == carbon["target"].sum() == 30
    assert carbon["actual"].iloc[-1] == reviewing.STEADY


def test_with_no_plan_the_first_year_is_the_records():
    made = frame("recovery")
    carbon = reviewing.hubs().query("kpi == 'Carbon avoided'")
    assert [row["done"] for row in made.data["quarters"][:4]] == carbon["actual"].tolist()
    assert cells(made, "Year 1")[1:] == ["30", "12", "✗ Inadequate"]


def test_the_same_plan_brings_less_the_later_it_starts():
    for taken in itertools.product((False, True), repeat=3):
        plan = dict(zip(reviewing.MEASURES, taken, strict=True))
        tonnes = [
            sum(row["done"] for row in frame("recovery", start=s, **plan).data["quarters"]) for s in "234"
        ]
        assert tonnes == sorted(tonnes, reverse=True)
        assert (tonnes[0] > tonnes[2]) == any(taken)


def test_timers_and_lights_approach_the_target_and_only_the_pump_makes_it_good():
    for start in "234":
        made = frame("recovery", start=start, timers=True, lights=True)
        assert cells(made, "Year 2")[3] == "✓ Approaching target"
    assert "£3,800" in frame("recovery", timers=True, lights=True).summary
    assert cells(frame("recovery", timers=True, lights=True, heat=True), "Year 2")[3] == "✓ Good"
    assert cells(frame("recovery", start="2", heat=True), "Year 2")[3] == "✓ Good"


def test_every_quarter_is_met_from_the_one_named_on():
    for values, made in every_state(reviewing.recovery()):
        named = re.search(r"from quarter (\d)", made.summary)
        met = [row["state"] == "done" for row in made.data["quarters"]]
        if named:
            first = int(named[1])
            assert all(met[first - 1 :]), values
        else:
            assert not met[-1], values


@pytest.mark.parametrize(
    ("deduct", "grace", "reply"),
    [
        (0, 0, ()),
        (5, 0, ()),
        (10, 0, ("timers", "lights")),
        (10, 1, ("timers", "lights")),
        (10, 2, ()),
        (25, 2, ("timers", "lights")),
    ],
)
def test_a_remedy_changes_the_cheapest_reply(deduct, grace, reply):
    assert reviewing.cheapest_reply(deduct, grace) == reply


def test_a_fair_chance_keeps_the_provider_where_a_deduction_at_once_loses_it():
    plan = {"timers": True, "lights": True}
    assert "it may hand the contract back" in frame("review_meeting", deduct=10, **plan).summary
    made = frame("review_meeting", deduct=10, grace="1", **plan)
    assert "It can bear that" in made.summary
    assert cells(made, "Year 2")[1:] == ["30", "24.5", "✓ Approaching target"]
    assert cells(made, "Deductions")[2] == "£0"


def test_the_cheapest_reply_named_costs_no_more_than_any_other():
    for deduct, grace in itertools.product((0, 5, 10, 25), (0, 1, 2)):
        least = sum(reviewing.reply_cost(reviewing.cheapest_reply(deduct, grace), deduct, grace)[:2])
        for size in range(4):
            for reply in itertools.combinations(reviewing.MEASURES, size):
                assert least <= sum(reviewing.reply_cost(reply, deduct, grace)[:2])


def test_the_average_swallows_carbon_once_one_may_pass_100():
    assert "The average is 76.7%. It hides 2 of 4" in frame("average_hides").summary
    made = frame("average_hides", placements=80, cap=False)
    assert "The average is 101.7%" in made.summary
    assert "carbon avoided (Inadequate)" in made.summary
    assert "76.7%" in frame("average_hides", placements=80).summary


def test_the_hubs_won_six_points_and_delivered_460():
    made = frame("promise_or_delivery")
    assert "won 6.00 of 10 points" in made.summary
    assert cells(made, "Points for what was delivered")[1] == "4.60"


def test_no_contract_is_worth_more_than_it_won():
    for _, made in every_state(reviewing.promise_or_delivery()):
        won, kept = (row["value"] for row in made.data["rows"])
        assert 0 <= kept <= won <= 20


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(reviewing, piece)()
    made = explorer.compute(dict(explorer.values))
    named = set(re.findall(r"'data': \{'name': '(\w+)'\}", str(explorer.spec["charts"])))
    assert named == set(made.data)
    assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
    assert made.summary.endswith((".", ".”", "?”"))


BESIDE = {"review_meeting": {"deduct": 10}}
MOVABLE = [(piece, control.key) for piece in PIECES for control in getattr(reviewing, piece)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(reviewing, piece)()
    start = {**explorer.values, **BESIDE.get(piece, {})}
    if (piece, key) == ("recovery", "start"):
        start["timers"] = True
    if piece == "must_publish":
        start["buys"] = "services"
    control = next(c for c in explorer.controls if c.key == key)
    shown = set()
    for value in (start[key], *control.states()):
        with contextlib.suppress(InputError):
            shown.add(str(explorer.compute({**start, key: value})))
    assert len(shown) > 1


@pytest.mark.parametrize("piece", PIECES)
def test_every_corner_of_the_grid_says_something(piece):
    explorer = getattr(reviewing, piece)()
    ends = [[*dict.fromkeys((c.states()[0], c.states()[-1]))] for c in explorer.controls]
    for state in itertools.product(*ends):
        try:
            said = explorer.compute(dict(zip([c.key for c in explorer.controls], state, strict=True))).summary
        except InputError as problem:
            said = str(problem)
        assert said
