"""Module 7's explorers: their numbers are the arithmetic's and the data's; sentence, table, picture agree."""

import contextlib
import itertools
import re

import pytest

from course import measuring
from course.errors import InputError
from course.explorers import delivery, every_state
from course.explorers import scoring_change as pieces

PIECES = [
    "compared_with_what",
    "scorecard_of_three",
    "evidence_ladder",
    "schedule_burden",
    "countable_indicators",
    "log_to_figure",
    "agree_definition",
    "counted_twice",
    "baseline_picked_later",
    "one_short",
]


def frame(piece, **moved):
    explorer = getattr(pieces, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def column(made, heading):
    place = made.table.columns.index(heading)
    return [row[place] for row in made.table.rows]


def test_calderbrooks_bands_give_the_ratings_kept_in_its_records():
    years = delivery.promise_years()
    assert len(years) > 80
    for year in years.itertuples():
        actual = None if year.missing else year.actual
        assert measuring.rate(actual, year.target, delivery.BANDS) == year.rating


def test_every_promise_in_the_records_has_a_short_name():
    assert delivery.records()["short"].notna().all()


def test_seven_more_against_northmeres_four_is_a_net_three():
    made = frame("compared_with_what", **{"with": "northmere"})
    assert made.table.rows[-1] == ["Net change", "", "", "+3"]
    assert "Net change: +3" in made.summary
    assert made.data["gap"] == [{"low": 35.0, "high": 38.0, "text": "net +3"}]


def test_with_no_comparator_the_net_change_is_not_known():
    made = frame("compared_with_what")
    assert made.table.rows[-1][-1] == "not known"
    assert made.data["gap"] == []


def test_the_comparators_figure_alone_takes_the_result_from_success_to_nothing():
    said = [frame("compared_with_what", **{"with": "northmere"}, there=n).summary for n in (33, 36, 40)]
    assert "can claim that much" in said[0]
    assert "Net change: 0." in said[1]
    assert "Net change: −4." in said[2]
    assert all("nothing here" in text for text in said[1:])


def test_the_scorecard_gives_the_three_net_changes():
    made = frame("scorecard_of_three")
    assert column(made, "Net change") == ["+3", "+3", "−42"]
    assert column(made, "Change") == ["+7", "+3.5", "−70"]
    assert column(made, "Way to target") == [
        "87.5%: Approaching target",
        "87.5%: Approaching target",
        "116.7%: Good",
    ]
    net = frame("scorecard_of_three", net=True)
    assert column(net, "Way to target") == [
        "37.5%: net",
        "75%: net",
        "70%: net",
    ]
    assert "no rating" in net.summary
    assert column(net, "Net change") == column(made, "Net change")


@pytest.mark.parametrize("net", [False, True])
def test_the_ratings_said_are_those_tabled_and_drawn(net):
    for work, waste in ((31, 220), (36, 150), (43, 120)):
        made = frame("scorecard_of_three", work=work, waste=waste, net=net)
        for row, bar in zip(made.table.rows, made.data["bars"], strict=True):
            assert row[-1] == bar["text"]
            share, rating = row[-1].split(": ")
            assert f"{row[0]} {share if net else rating}" in made.summary


@pytest.mark.parametrize(
    ("ticked", "maryland", "nesta"),
    [
        ([], "1", "2"),
        (["comparison"], "3", "3"),
        (["comparison", "matched"], "3 to 4", "3"),
        (["comparison", "lot"], "5", "3"),
        (["comparison", "again"], "3", "4"),
        (["matched", "lot"], "1", "2"),
    ],
)
def test_each_design_stands_at_its_level_on_both_scales(ticked, maryland, nesta):
    made = frame("evidence_ladder", **dict.fromkeys(ticked, True))
    assert [row[1] for row in made.table.rows[:2]] == [maryland, nesta]


def test_before_and_after_carries_a_change_and_a_group_that_is_alike_carries_a_cause():
    assert "can carry" in frame("evidence_ladder", claim="change").summary
    assert "cannot carry" in frame("evidence_ladder", claim="cause").summary
    unlike = frame("evidence_ladder", claim="cause", comparison=True).summary
    assert "cannot carry" in unlike
    assert "may not be like yours" in unlike
    for alike in ("matched", "lot"):
        made = frame("evidence_ladder", claim="cause", comparison=True, **{alike: True})
        assert "It can carry" in made.summary


def test_no_evidence_carries_the_claim_that_it_works_everywhere():
    assert "cannot carry" in frame("evidence_ladder", claim="anywhere", comparison=True, lot=True).summary
    again = frame("evidence_ladder", claim="anywhere", comparison=True, lot=True, again=True).summary
    assert "cannot carry" in again
    assert "again in one other place" in again


def test_a_quote_has_no_level_and_carries_nothing():
    for claim in pieces.CLAIMS:
        made = frame("evidence_ladder", have="quote", comparison=True, claim=claim)
        assert "cannot carry" in made.summary
        assert "boxes you ticked add nothing" in made.summary
        assert all("✓" not in square["text"] for square in made.data["squares"])


def test_a_hundred_and_twenty_hours_at_45_pounds_is_5400_pounds():
    made = dict(frame("schedule_burden").table.rows)
    assert made["Figures a year"] == "120"
    assert made["Cost a year"] == "£5,400"
    value = 128_030 / 3
    assert made["Share of the contract"] == f"{100 * 5_400 / value:.1f}%"
    assert made["Indicators that fit under 1%"] == "0"


def test_the_indicators_said_to_fit_are_those_at_or_below_the_line():
    for contract, times in itertools.product(pieces.CONTRACTS, pieces.TIMES):
        made = frame("schedule_burden", contract=contract, times=times)
        below = sum(bar["share"] <= pieces.YARDSTICK for bar in made.data["bars"])
        assert made.table.rows[-1][1] == (str(below) if below < 14 else "14 or more")


def test_missing_reports_and_usual_targets_are_the_records():
    made = frame("countable_indicators")
    rows = {row[0]: row for row in made.table.rows}
    records = delivery.records()
    for short, part in records.groupby("short"):
        missing = 100 * part["actual"].isna().mean()
        assert rows[short][4] == f"{missing:.1f}%".replace(".0%", "%")
        assert rows[short][1] == str(part["procurement_id"].nunique())
    assert rows["New jobs"][3] == "50%"


def test_loosening_every_limit_lets_every_promise_pass():
    made = frame("countable_indicators", unit=50, missing=10)
    assert "10 of 10 pass" in made.summary
    assert "sort nothing out" in made.summary
    assert "9 of 10 pass" in frame("countable_indicators", unit=50, missing=10, systems=True).summary


def test_one_log_gives_fourteen_and_four():
    assert frame("log_to_figure").data["steps"][-1]["left"] == 14
    strict = {"once": True, "new": True, "resident": True, "hours": "16", "weeks": "26"}
    made = frame("log_to_figure", **strict)
    assert [row["left"] for row in made.data["steps"]] == [14, 12, 10, 9, 7, 4]
    assert "The figure for the report is 4" in made.summary


def test_the_funnel_ends_at_the_number_of_lines_marked_as_counting():
    for values, made in every_state(pieces.log_to_figure()):
        counting = column(made, "Counts?").count("✓ counts")
        assert counting == made.data["steps"][-1]["left"], values
        assert f"report is {counting}." in made.summary


def test_the_rating_at_the_joint_table_is_of_the_count_under_the_definition():
    strict = {"once": "yes", "new": "yes", "resident": "yes", "hours": "16", "weeks": "26"}
    loose = {"resident": "no", "promise": 14}
    assert "14 of 14 promised: Good" in frame("agree_definition", **loose).summary
    assert "only 4 people are in lasting new work" in frame("agree_definition", **loose).summary
    made = frame("agree_definition", **strict, promise=8)
    assert "4 of 8 promised: Requires improvement" in made.summary
    assert "to promise 4" in made.summary
    assert made.record.startswith("4 of 8 promised")


def test_too_low_a_promise_loses_the_contract_to_a_rival_who_is_honest_and_a_little_less_able():
    strict = {"once": "yes", "new": "yes", "resident": "yes", "hours": "16", "weeks": "26"}
    low, even = (frame("agree_definition", **strict, promise=n) for n in (2, 3))
    assert low.record.startswith("Lost to Cedar, which promised 3.")
    assert "It wins" in low.summary
    assert "Birch CIC wins the contract" in even.summary


def test_jobs_and_leaving_benefit_share_people_and_waste_shares_nothing():
    assert "7 different ones" in frame("counted_twice").summary
    both = frame("counted_twice", spend=True, wages=True)
    assert both.summary.count("both count the same") == 2
    apart = frame("counted_twice", jobs=False, benefit=False, starts=True, waste=True)
    assert "No two of them overlap" in apart.summary


def test_nothing_ticked_is_no_error():
    made = frame("counted_twice", jobs=False, benefit=False)
    assert made.table.rows == []


def test_the_claim_follows_the_month_picked():
    assert "From Jun the change is +13" in frame("baseline_picked_later").summary
    made = frame("baseline_picked_later", month="Dec")
    assert "From Dec the change is +3" in made.summary
    assert "from +3 to +13" in made.summary


def test_one_short_of_two_requires_improvement_and_one_short_of_twenty_is_good():
    assert frame("one_short").table.rows[0] == ["1 of 2", "50%", "Requires improvement"]
    assert frame("one_short", target=20).table.rows[0][2] == "Good"
    assert frame("one_short", target=19).table.rows[0][2] == "Approaching target"


def test_the_prediction_is_answered_by_the_arithmetic():
    assert pieces.predict_claim().spec["answer"] == "3"


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(pieces, piece)()
    made = explorer.compute(dict(explorer.values))
    needed = set()
    for chart in explorer.spec["charts"]:
        needed |= set(re.findall(r"'data': \{'name': '(\w+)'\}", str(chart)))
    assert needed == set(made.data)
    assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
    assert made.summary.endswith((".", ".”"))


BESIDE = {
    "compared_with_what": {"with": "northmere"},
    "evidence_ladder": {"comparison": True, "claim": "cause"},
}
MOVABLE = [(p, c.key) for p in PIECES for c in getattr(pieces, p)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(pieces, piece)()
    start = {**explorer.values, **BESIDE.get(piece, {})}
    control = next(c for c in explorer.controls if c.key == key)
    shown = set()
    for value in (start[key], control.states()[0], control.states()[-1]):
        with contextlib.suppress(InputError):
            shown.add(str(explorer.compute({**start, key: value})))
    assert len(shown) > 1


@pytest.mark.parametrize("piece", PIECES)
def test_every_corner_of_the_grid_can_be_had(piece):
    explorer = getattr(pieces, piece)()
    ends = [[*dict.fromkeys((c.states()[0], c.states()[-1]))] for c in explorer.controls]
    for state in itertools.product(*ends):
        made = explorer.compute(dict(zip([c.key for c in explorer.controls], state, strict=True)))
        assert made.summary
