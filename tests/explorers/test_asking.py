"""Module 4's explorers: their numbers are the arithmetic's, and sentence, table and picture agree."""

import contextlib
import itertools
import re

import pytest

from course import explorers, weighting
from course.errors import InputError
from course.explorers import asking, named_case

PIECES = [
    "bids_table",
    "weights_and_formula",
    "dogwood_arrives",
    "what_a_notch_is_worth",
    "nested_weights",
    "swing",
    "pairwise",
    "price_premium",
    "joint_table",
    "token_weight",
    "rank_reversal",
    "min_max_stretch",
]


def frame(piece, **moved):
    explorer = getattr(explorers, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def column(made, heading):
    place = made.table.columns.index(heading)
    return [row[place] for row in made.table.rows]


def test_the_running_case_is_the_courses():
    case = named_case()
    assert case.bids.to_dict("list") == {
        "bidder": ["Alder", "Birch CIC", "Cedar", "Dogwood"],
        "price": [2_350_000, 2_550_000, 2_800_000, 1_750_000],
        "quality": [64, 74, 86, 42],
        "social_value": [55, 85, 70, 20],
    }
    assert case.weights == {"price": 40, "quality": 50, "social_value": 10}
    assert (case.ceiling, case.floor) == (3_000_000, 1_800_000)


@pytest.mark.parametrize(
    ("formula", "totals", "winner"),
    [
        ("relative", ["77.50", "82.36", "83.57"], "Cedar"),
        ("linear", ["77.50", "82.10", "82.34"], "Cedar"),
        ("min_max", ["77.50", "67.72", "50.00"], "Alder"),
        ("mean_deviation", ["60.88", "65.76", "66.36"], "Cedar"),
        ("absolute", ["59.17", "60.50", "56.67"], "Birch CIC"),
    ],
)
def test_five_formulas_give_three_winners(formula, totals, winner):
    made = frame("weights_and_formula", formula=formula)
    shown = column(made, "Total of 100")
    assert [text.split(" ")[0] for text in shown] == totals
    assert [row[0] for row in made.table.rows if "★" in row[-1]] == [winner]
    assert f"{winner} wins with {max(totals)} points" in made.summary


@pytest.mark.parametrize(("formula", "tip"), [("relative", 16.71), ("linear", 11.44)])
def test_the_tipping_weight_is_marked_where_the_award_changes(formula, tip):
    made = frame("weights_and_formula", formula=formula)
    assert [row["weight"] for row in made.data["tips"]] == [pytest.approx(tip, abs=0.01)]
    assert [row["bidder"] for row in made.data["bands"]] == ["Cedar", "Birch CIC"]
    below = frame("weights_and_formula", formula=formula, social=int(tip))
    above = frame("weights_and_formula", formula=formula, social=int(tip) + 1)
    assert "Cedar wins" in below.summary
    assert "Birch CIC wins" in above.summary


def test_every_stretch_of_the_strip_has_the_winner_of_the_bars_below_it():
    for formula in asking.LONG:
        for split in asking.SPLITS:
            for social in range(0, asking.MOST, 4):
                made = frame("weights_and_formula", social=social + 0.5, formula=formula, split=split)
                best = [row["bidder"] for row in made.data["bar_totals"] if "★" in row["text"]]
                bands = made.data["bands"]
                assert [row["bidder"] for row in bands if row["start"] < social + 0.5 < row["end"]] == best
                assert (bands[0]["start"], bands[-1]["end"]) == (0, asking.MOST)


def test_lines_meet_the_bars_at_the_weight_shown():
    made = frame("weights_and_formula", social=13.5, formula="mean_deviation", split="even")
    ends = {
        b: [r["total"] for r in made.data["lines"] if r["bidder"] == b]
        for b in ("Alder", "Birch CIC", "Cedar")
    }
    for row in made.data["totals"]:
        start, end = ends[row["bidder"]]
        assert row["total"] == pytest.approx(start + (end - start) * 13.5 / asking.MOST, abs=1e-3)


def test_dogwood_moves_every_formula_that_looks_at_other_bids():
    made = frame("dogwood_arrives", arrives=True)
    rows = {row[0]: row for row in made.table.rows}
    assert rows["Relative"][4:] == ["67.29", "72.95", "75.00", "63.00"]
    assert rows["Linear"][1:3] == ["Cedar", "Birch CIC"]
    assert rows["Linear"][4:] == ["63.79", "67.21", "66.00", "63.00"]
    assert rows["Min–max"][1:3] == ["Alder", "Dogwood"]
    assert rows["Min–max"][4:] == ["54.64", "55.02", "50.00", "63.00"]
    assert rows["Absolute"][4:] == ["59.17", "60.50", "56.67", "63.00"]
    assert {name for name, row in rows.items() if row[3] == "no"} == {"Absolute", "Price per quality point"}
    assert "3 of 6 formulas" in made.summary


def test_a_minimum_quality_score_puts_every_award_back():
    made = frame("dogwood_arrives", arrives=True, threshold=True)
    assert column(made, "Winner before") == column(made, "Winner now")
    assert "left out" in made.summary
    assert set(column(made, "Dogwood")) == {"–"}


def test_the_changes_said_are_the_changes_tabled():
    some = itertools.product((False, True), (1.5, 1.75, 2.4), (False, True), (30, 60))
    for arrives, price, threshold, minimum in some:
        made = frame("dogwood_arrives", arrives=arrives, price=price, threshold=threshold, minimum=minimum)
        before, now = column(made, "Winner before"), column(made, "Winner now")
        count = sum(b != n for b, n in zip(before, now, strict=True))
        drawn = sum(row["changed"] for row in made.data["winners"])
        said = re.search(r"(\d) of 6", made.summary)
        assert count == drawn
        assert count == (int(said[1]) if said else 0)


def test_a_notch_of_five_on_ten_percent_is_two_points_and_five_percent_of_price():
    made = frame("what_a_notch_is_worth")
    assert made.table.rows[0] == ["1", "2.00", "5.3%", "£124k"]
    assert made.data["steps"][0]["premium"] == pytest.approx(100 / 19, abs=1e-3)
    assert "2.00 points" in made.summary


def test_a_tenth_of_forty_percent_is_four_points():
    made = frame("nested_weights")
    assert made.table.rows == [
        ["Price", "60.00"],
        ["Quality", "36.00"],
        ["Social value, other questions", "3.00"],
        ["One social value question", "1.00"],
    ]
    assert "4.00 points of 100" in made.summary
    assert "0.20" in made.summary


@pytest.mark.parametrize(
    "moved", [{}, {"section": 100, "share": 100, "questions": 7}, {"section": 35, "share": 15}]
)
def test_the_squares_add_up_to_the_award(moved):
    made = frame("nested_weights", **moved)
    sizes: dict[str, float] = {}
    for square in made.data["squares"]:
        assert 0 <= square["left"] < square["right"] <= 20.001
        sizes[square["part"]] = sizes.get(square["part"], 0) + square["right"] - square["left"]
    assert sum(sizes.values()) == pytest.approx(100, abs=0.01)
    tabled = [float(row[1]) for row in made.table.rows]
    parts = ("price", "quality", "social value", "this question")
    assert [sizes.get(part, 0) for part in parts] == pytest.approx(tabled, abs=0.02)


def test_swings_are_shared_out():
    made = frame("swing", price=80, quality=100, social_value=40)
    assert column(made, "Weight") == ["36.4%", "45.5%", "18.2%"]


def test_the_largest_swing_counts_as_100_and_that_is_said():
    made = frame("swing", price=40, quality=50, social_value=20)
    assert column(made, "Weight") == ["36.4%", "45.5%", "18.2%"]
    assert "Your largest swing is 50; it counts as 100." in made.summary


def test_no_swing_at_all_is_refused_in_a_sentence():
    explorer = explorers.swing()
    explorer.values = dict.fromkeys(explorer.values, 0)
    assert explorer.frame["problem"] == "Every swing is 0: give 100 to the change you would want most."


def test_pairs_give_saatys_weights_and_ratio():
    made = frame("pairwise")
    assert column(made, "Weight") == ["32%", "55.8%", "12.2%", "0.016"]
    assert "hang together" in made.summary


def test_circular_judgements_are_sent_back_with_the_pair_to_look_at():
    made = frame("pairwise", quality_price="3", price_social="4", quality_social="1/2")
    assert column(made, "Weight")[-1] == "1.061"
    assert "contradict each other. Look again at" in made.summary


@pytest.mark.parametrize(
    ("price", "social", "premium"), [(60, 5, "9.1%"), (50, 10, "25%"), (40, 10, "33.3%"), (40, 20, "100%")]
)
def test_a_full_lead_buys_the_published_premium(price, social, premium):
    made = frame("price_premium", price=price, social=social, lead=100)
    assert made.table.rows[0][2] == f"{premium} dearer"


def test_an_offer_that_costs_more_than_it_carries_is_said_to():
    dear = frame("price_premium", lead=10, cost=600)
    cheap = frame("price_premium", lead=100, cost=10)
    assert "cannot carry it" in dear.summary
    assert "can carry it" in cheap.summary
    assert dear.data["offer"][0]["premium"] > dear.data["offer"][0]["allowed"]
    assert cheap.data["offer"][0]["premium"] < cheap.data["offer"][0]["allowed"]


def test_the_token_weight_breaks_even_just_below_five_percent():
    assert "4.85%" in frame("token_weight").summary
    assert "PlainCo wins" in frame("token_weight", social=4.5).summary
    for social, totals in ((5, ["89.00", "89.10"]), (10, ["86.00", "89.60"]), (20, ["80.00", "90.60"])):
        assert [row[-1].split(" ")[0] for row in frame("token_weight", social=social).table.rows] == totals


def test_a_losing_bid_reverses_the_other_two():
    assert [row[-1].split(" ")[0] for row in frame("rank_reversal").table.rows] == ["88.00", "86.00"]
    made = frame("rank_reversal", third=True)
    assert [row[-1].split(" ")[0] for row in made.table.rows] == ["64.00", "66.00", "62.00"]
    assert made.summary.startswith("B wins")


def test_min_max_stretches_six_points_over_the_scale():
    assert column(frame("min_max_stretch"), "After min–max") == ["0.0", "66.7", "100.0"]


@pytest.mark.parametrize("formula", list(asking.LONG))
def test_the_bid_birch_would_have_wanted_wins_and_pays_what_is_said(formula):
    best = asking._best_offer(10.0, formula)
    assert best is not None
    price, spend, surplus = best
    made = frame("joint_table", formula=formula, price=price / 1e6, spend=str(spend))
    assert "Birch CIC ★" in " ".join(f"{r['bidder']} {r['text'][-6:]}" for r in made.data["bar_totals"])
    assert f"keeps {asking.money(surplus)}" in made.summary
    dearer = frame("joint_table", formula=formula, price=price / 1e6 + 0.02, spend=str(spend))
    assert "Birch CIC gets nothing" in dearer.summary


def test_no_offer_at_all_beats_the_one_birch_would_have_wanted():
    best = asking._best_offer(10.0, "linear")
    weights = asking._weights(10)
    for price, spend in itertools.product(asking.BIRCH_PRICE.states()[::2], asking.OFFERS):
        bids = asking._with_birch(price * 1e6, asking.OFFERS[spend])
        surplus = price * 1e6 - asking.RUNNING_COST - spend * 1e3
        if surplus > best[2]:
            assert weighting.award(bids, weights, "linear") != ["Birch CIC"]


def test_the_weight_the_council_would_have_wanted_makes_the_bid_it_hopes_for_win():
    said = asking._council_wanted("relative")
    weight = float(re.search(r"above ([\d.]+)%", said)[1])
    hoped = {"price": asking.AIM_PRICE / 1e6, "spend": "80"}
    assert asking.OFFERS[80] == asking.AIM_SOCIAL
    assert "Birch CIC wins" in frame("joint_table", social=int(weight) + 1, **hoped).summary
    assert "Birch CIC wins" not in frame("joint_table", social=int(weight), **hoped).summary


def test_predictions_are_answered_by_the_arithmetic():
    assert explorers.predict_winners().spec["answer"] == "3"
    assert explorers.predict_dogwood().spec["answer"] == "absolute"
    assert "linear (Cedar before, Birch CIC after)" in explorers.predict_dogwood().spec["then"]


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(explorers, piece)()
    made = explorer.compute(dict(explorer.values))
    needed = set()
    for chart in explorer.spec["charts"]:
        needed |= set(re.findall(r"'data': \{'name': '(\w+)'\}", str(chart)))
    assert needed == set(made.data)
    assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
    assert made.summary.endswith(".")


BESIDE = {"dogwood_arrives": {"arrives": True, "threshold": True}}
MOVABLE = [(p, c.key) for p in PIECES for c in getattr(explorers, p)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(explorers, piece)()
    start = {**explorer.values, **BESIDE.get(piece, {})}
    control = next(c for c in explorer.controls if c.key == key)
    shown = set()
    for value in (start[key], control.states()[0], control.states()[-1]):
        with contextlib.suppress(InputError):
            shown.add(str(explorer.compute({**start, key: value})))
    assert len(shown) > 1
