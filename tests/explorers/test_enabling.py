"""Module 1's explorers: what binds which purchase, and sentence, table and picture that agree."""

import csv
import re
from datetime import date

import pytest

from course import places, policy
from course.explorers import enabling, every_state

PIECES = ["eight_purchases", "estimate", "minimum_weight", "openings", "joint_sentence", "two_surveys",
          "lost_option"]  # fmt: skip
ANSWERS = {
    "advice": "act",
    "cleaning": "act",
    "laptops": "neither",
    "care": "neither",
    "grounds": "neither",
    "training": "model",
    "facilities": "model",
    "clinics": "nation",
}


def frame(piece, **moved):
    explorer = getattr(enabling, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


@pytest.mark.parametrize(("case", "answer"), ANSWERS.items())
def test_the_right_answer_is_told_so_and_every_other_is_not(case, answer):
    for tried in enabling.BINDS:
        summary = frame("eight_purchases", case=case, answer=tried).summary
        assert summary.startswith("✓" if tried == answer else "✗")
        assert enabling.BINDS[answer] in summary


def test_facts_alone_are_shown_until_an_answer_is_given():
    made = frame("eight_purchases", case="training")
    assert made.table.columns == ["Fact", "In this case"]
    assert "PPN" not in str(made)


@pytest.mark.parametrize(
    ("case", "change", "becomes"),
    [
        ("advice", "exempt", "neither"),
        ("cleaning", "exempt", "neither"),
        ("care", "option", "act"),
        ("advice", "call-off", "neither"),
        ("grounds", "none", "neither"),
        ("training", "call-off", "neither"),
    ],
)
def test_changing_one_thing_moves_a_purchase(case, change, becomes):
    assert frame("eight_purchases", case=case, change=change, answer=becomes).summary.startswith("✓")


@pytest.mark.parametrize(
    ("case", "change", "weight"),
    [
        ("training", "none", "PPN 002 asks for at least 10%"),
        ("training", "later", "PPN 026 asks for at least 10%"),
        ("facilities", "none", "PPN 026 asks for at least 20%"),
        ("facilities", "exempt", "PPN 026 asks for at least 10%"),
    ],
)
def test_the_model_goes_by_date_and_value(case, change, weight):
    assert weight in frame("eight_purchases", case=case, change=change, answer="model").summary


@pytest.mark.parametrize(
    ("first", "total", "word"),
    [(170, "£204,000", "stays below"), (190, "£228,000", "reaches")],
)
def test_vat_carries_a_council_over_the_threshold(first, total, word):
    summary = frame("estimate", first=first).summary
    assert f"With VAT and options it is {total} and {word} it" in summary


def test_the_advice_of_the_story_is_at_the_threshold_and_reaches_it():
    prediction = enabling.predict_advice().spec
    assert prediction["answer"] == "yes"
    assert "£207,720" in prediction["then"]


def test_care_reaches_its_threshold_from_552950_pounds():
    assert policy.estimate(552_950)[0] == enabling._line("light") == 663_540
    assert "stays below it" in frame("estimate", kind="light", first=550).summary.split("options")[1]
    assert "reaches it" in frame("estimate", kind="light", first=560).summary.split("options")[1]


def test_every_estimate_is_drawn_as_it_is_tabled():
    for values, made in every_state(enabling.estimate()):
        total = float(made.table.rows[3][1].replace("£", "").replace(",", ""))
        bars = [row for row in made.data["segments"] if row["row"].startswith("As the")]
        assert bars[-1]["end"] * 1000 == pytest.approx(total)
        line = float(made.table.rows[4][1].replace("£", "").replace(",", ""))
        alone, whole = (row["text"].endswith("✓ reaches it") for row in made.data["totals"])
        assert (alone, whole) == (values["first"] * 1000 >= line, total >= line)
        assert ("decides wrongly" in made.summary) == (alone != whole)


def test_only_central_bodies_have_a_step_and_it_changes_in_2027():
    steps = {day: enabling.minimum_steps("central", day) for day in enabling.DAYS}
    assert [s[:2] for s in steps["2026-11-30"]] == [(0, 0), (0.135018, 10)]
    assert [s[:2] for s in steps["2027-02-03"]] == [(0, 0), (1, 10), (5, 20)]
    assert enabling.minimum_steps("council", "2027-02-03") == ((0.0, 0.0, "", False),)


def test_a_weight_is_allowed_exactly_where_it_reaches_the_step():
    for values, made in every_state(enabling.minimum_weight()):
        below = [row["weight"] for row in made.data["steps"] if row["value"] <= values["value"]]
        low = values["chosen"] < below[-1]
        assert ("✗" in made.data["chosen"][0]["text"]) == low
        assert ("is too low" in made.summary) == low
        checked = {"nhs": True, "northern-ireland": True}.get(values["buyer"], "PPN 026" in made.summary)
        assert ("Check before relying" in made.summary) == (checked and "under" in made.summary)


def test_estimates_reach_the_threshold_where_the_data_say_so():
    with (places.DATASETS / "procurements.csv").open(encoding="utf-8", newline="") as file:
        said = {row["procurement_id"]: row["above_threshold"] == "true" for row in csv.DictReader(file)}
    assert {plan.id: plan.reached for plan in enabling.plans()} == said


def test_nothing_may_be_reserved_before_the_order_nor_for_providers_far_away():
    for values, made in every_state(enabling.openings()):
        reserved = sum("reserve" in row[-1] for row in made.table.rows)
        assert f"may reserve {reserved} to" in made.summary
        if values["base"] == "far" or date.fromisoformat(values["today"]) < date(2025, 10, 1):
            assert reserved == 0
    assert "may reserve 7 to" in frame("openings", today="2026-02-04").summary


def test_one_sentence_in_eighteen_holds():
    held = [
        (verb, aim, time)
        for verb in enabling.VERBS
        for aim in enabling.AIMS
        for time in enabling.TIMES
        if not enabling.sentence_faults(verb, aim, time)
    ]
    assert held == [("consider", "wellbeing", "before")]


def test_the_verdict_on_two_sentences_is_that_of_the_table():
    for _, made in every_state(enabling.joint_sentence()):
        holds = sum(row[-1].startswith("✓") for row in made.table.rows)
        words = {0: "Neither", 1: "the other does not yet", 2: "Both sentences hold"}
        assert words[holds] in made.summary


def test_silent_councils_cannot_make_up_the_difference_between_two_surveys():
    assert "28.6% of all 353" in frame("two_surveys").summary
    assert "41.9% of all 353" in frame("two_surveys", silent=100).summary


def test_one_optional_year_brings_the_cleaning_contract_over_the_line():
    assert "stays below" in frame("lost_option", years=0).summary
    assert "reaches" in frame("lost_option", years=1).summary
    assert frame("lost_option", years=1).table.rows[3] == ["Estimate", "£216,000"]


def test_the_act_itself_has_no_minimum():
    assert enabling.predict_act().spec["answer"] == "none"


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(enabling, piece)()
    named = set(re.findall(r"'data': \{'name': '(\w+)'\}", str(explorer.spec["charts"])))
    for _, made in every_state(explorer):
        assert named == set(made.data)
        assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
        assert made.summary.endswith(".")


@pytest.mark.parametrize("piece", PIECES)
def test_moving_any_control_changes_what_is_said_or_tabled(piece):
    explorer = getattr(enabling, piece)()
    base = {"answer": "act"} if piece == "eight_purchases" else {}
    start = frame(piece, **base)
    for control in explorer.controls:
        others = [
            frame(piece, **base, **{control.key: v}) for v in control.states() if control.key not in base
        ]
        assert not others or any((m.summary, m.table) != (start.summary, start.table) for m in others)


def test_the_eight_sorted_agree_with_what_the_explorer_calls_right():
    for key, sorted_ in zip(enabling.EIGHT, enabling.eight_sorted(), strict=True):
        answer = next(k for k, label in enabling.BINDS.items() if label == sorted_.binds)
        shown = enabling.eight_frame({"case": key, "answer": answer, "change": "none"})
        assert shown.summary.startswith("✓ Yes")
        assert sorted_.why in shown.summary
        for change, label in sorted_.moves.items():
            name = next(k for k, text in enabling.CHANGES.items() if text == change)
            moved = next(k for k, text in enabling.BINDS.items() if text == label)
            frame = enabling.eight_frame({"case": key, "answer": moved, "change": name})
            assert frame.summary.startswith("✓ Yes")
