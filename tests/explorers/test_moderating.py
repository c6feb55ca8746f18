"""Module 6's explorers: their numbers are the arithmetic's, and sentence, table and picture agree."""

import contextlib
import csv
import re

import numpy as np
import pandas as pd
import pytest

from course import moderation, places, weighting
from course.errors import InputError
from course.explorers import every_state, moderating

PIECES = [
    "score_six",
    "agreement",
    "whose_marks",
    "build_a_note",
    "read_notes",
    "one_more_mark",
    "mock_challenge",
    "hidden_by_the_mean",
    "talked_into_agreement",
]
WORKED = [[3, 3, 2, 4], [2, 4, 2, 3], [1, 1, 2, 1], [4, 4, 3, 4], [2, 0, 3, 2], [3, 3, 3, 3]]


def frame(piece, **moved):
    explorer = getattr(moderating, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def column(made, heading):
    return [row[made.table.columns.index(heading)] for row in made.table.rows]


def test_the_case_holds_the_worked_panel():
    assert moderating.case_scores().to_numpy().tolist() == WORKED
    assert list(moderating.case_scores().index) == list(moderating.ANSWERS)


@pytest.mark.parametrize(("level", "alpha"), [("nominal", ".241"), ("ordinal", ".517"), ("interval", ".495")])
def test_alpha_before_any_talk_is_the_published_one(level, alpha):
    made = frame("agreement", level=level)
    assert f"alpha is 0{alpha}" in made.summary
    assert made.data["now"][0]["text"] == f"0{alpha}"


def test_settling_bid_five_at_two_lifts_alpha_to_631():
    made = frame("agreement", bid="Bid 5", agreed=2)
    assert "With Bid 5 settled at 2 it is 0.631" in made.summary
    rows = {row[0]: row for row in made.table.rows}
    assert (rows["Alpha before"][1], rows["Alpha now"][1]) == ("0.495", "0.631")
    assert made.data["agreed"] == [{"bid": "Bid 5", "score": 2.0}]


def test_the_table_holds_both_correlations():
    rows = {row[0]: row for row in frame("agreement").table.rows}
    assert rows["Alike, one evaluator (ICC)"][1] == "0.522"
    assert rows["Alike, mean of all (ICC)"][1] == "0.814"


def test_the_wrong_bid_gains_half_as_much():
    right, wrong = (
        float(frame("agreement", bid=bid, agreed=mark).summary.split(" it is ")[1][:5])
        for bid, mark in (("Bid 5", 2), ("Bid 3", 1))
    )
    assert (wrong - 0.495) / (right - 0.495) == pytest.approx(0.5, abs=0.01)


def test_ranges_drawn_are_the_ranges_tabled_and_the_widest_is_marked():
    made = frame("agreement")
    drawn = {row["bid"]: row["text"] for row in made.data["ranges"]}
    assert drawn == {row[0]: f"range {row[-1]}" for row in made.table.rows[:6]}
    assert [row["bid"] for row in made.data["ranges"] if row["wide"]] == ["Bid 5"]


def test_circles_hold_as_many_marks_as_the_panel_gave():
    counts = frame("agreement").data["counts"]
    assert sum(int(row["text"]) for row in counts) == 24
    assert {(r["bid"], r["score"]): r["text"] for r in counts}["Bid 4", 4.0] == "3"


def test_stored_awards_and_scores_are_those_the_marks_give():
    with (places.DATASETS / "procurements.csv").open(encoding="utf-8") as file:
        tenders = {row["procurement_id"]: row for row in csv.DictReader(file)}
    assert len(moderating.awarded()) == 60
    for number in moderating.awarded():
        best = moderating.winner(number, moderating.board(number).agreed)
        assert tenders[number]["winning_bid_id"].endswith(best.replace("Bid ", "-B"))


def test_totals_are_those_of_the_weighting_room():
    with (places.DATASETS / "bids.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["procurement_id"] == moderating.CASE]
    bids = pd.DataFrame(
        {
            "bidder": list(moderating.board(moderating.CASE).names),
            "price": [float(row["price_net"]) for row in rows],
            "quality": [float(row["quality_score"]) for row in rows],
            "social_value": [float(row["social_value_score"]) for row in rows],
        }
    )
    known = weighting.evaluate(bids, {"price": 60, "quality": 30, "social_value": 10}, "relative")
    ours = moderating.totals(moderating.CASE, moderating.board(moderating.CASE).agreed)
    assert list(ours.values()) == pytest.approx(known["total"].tolist(), abs=1e-6)


def test_one_evaluator_alone_would_have_changed_25_of_60_awards():
    """Counted a second way: by each evaluator's marks, one procurement at a time."""
    changed = 0
    for number in moderating.awarded():
        winners = set()
        for evaluator in moderating.board(number).roles:
            with contextlib.suppress(InputError):
                winners.add(moderating.winner(number, moderating.scored_by(number, evaluator)))
        changed += bool(winners - {moderating.winner(number, moderating.board(number).agreed)})
    assert changed == moderating.lone_choices()["one"] == 25
    assert "It is 25 of 60" in moderating.predict_lone_choices().spec["then"]
    assert moderating.predict_lone_choices().spec["answer"] == "most"


def test_the_procurement_officer_alone_would_have_chosen_bid_one():
    made = frame("whose_marks", basis="E2")
    assert "Bid 1, Quaking Oak CIC, wins" in made.summary
    assert "The panel agreed on Bid 5, Primrow Trust. The award changes." in made.summary
    assert [row["bid"] for row in made.data["bars"] if row["wins"]] == ["Bid 1"]


def test_the_mean_shrinks_the_lead_the_lesson_speaks_of():
    assert "2.54 ahead" in frame("whose_marks").summary
    assert "0.66 ahead" in frame("whose_marks", basis="mean").summary


def test_an_evaluator_who_stepped_out_is_named_in_a_sentence():
    silent = [n for n in moderating.awarded() if np.isnan(moderating.board(n).own).any()]
    assert len(silent) == 3
    with pytest.raises(InputError, match="declared an interest and gave Bid"):
        frame("whose_marks", case=silent[0], basis="E3")


def test_whose_marks_computes_in_every_state():
    refused = [values for values, made in every_state(moderating.whose_marks()) if made is None]
    assert len(refused) == 3
    assert {values["basis"] for values in refused} == {"E3"}


def test_the_panels_marks_are_shown_beside_the_learners():
    made = frame("score_six", **{"Bid 1": "3", "Bid 5": "5"})
    assert column(made, "You") == ["3", "–", "–", "–", "5", "–"]
    assert "1 of 2 answers" in made.summary
    assert "Look again at Bid 5: you gave 5, the panel 2." in made.summary
    assert made.data["yours"] == [{"bid": "Bid 1", "score": 3.0}, {"bid": "Bid 5", "score": 5.0}]


def test_nothing_scored_is_nothing_to_compare():
    made = frame("score_six")
    assert made.summary.startswith("You scored none of the six")
    assert made.data["yours"] == []


def test_a_note_with_reasons_on_every_point_has_no_fault():
    made = frame("build_a_note", opening="descriptor", strength="cites", gap="cites", aside="")
    assert made.summary.endswith("No faults found: this note can be sent.")


def test_each_poor_sentence_has_its_own_fault():
    best = {"opening": "descriptor", "strength": "cites", "gap": "cites", "aside": ""}
    assert column(frame("build_a_note", **best | {"aside": "compare"}), "Fault") == ["✗ Another bid named"]
    assert column(frame("build_a_note", **best | {"aside": "history"}), "Fault") == ["✗ Off the question"]
    silent = frame("build_a_note", **best | {"gap": "vague"})
    assert column(silent, "Fault") == ["✗ Sub-criterion ignored", "✗ No way up"]
    assert "how it is measured" in silent.table.rows[0][2]


def test_faults_are_counted_as_tabled_in_every_state():
    for _, made in every_state(moderating.build_a_note()):
        said = re.search(r"Faults: (\d)", made.summary)
        assert (int(said[1]) if said else 0) == sum(row[0].startswith("✗") for row in made.table.rows)


def test_real_notes_are_two_of_each_kind_and_stand_in_the_data():
    notes = moderating.real_notes().values()
    kinds = [note.kind for note in notes]
    assert {kind: kinds.count(kind) for kind in moderating.KINDS} == dict.fromkeys(moderating.KINDS, 2)
    with (places.DATASETS / "evaluator_scores.csv").open(encoding="utf-8") as file:
        known = {(row["note"], row["score"]) for row in csv.DictReader(file)}
    assert {(note.note, str(note.score)) for note in notes} <= known


def test_a_note_is_judged_by_its_kind():
    for key, note in moderating.real_notes().items():
        assert frame("read_notes", note=key, verdict=note.kind).summary.startswith("✓ Yes")
        other = next(kind for kind in moderating.KINDS if kind != note.kind)
        assert frame("read_notes", note=key, verdict=other).summary.startswith("✗ Not quite")


def test_more_marks_are_worth_what_the_weights_say():
    assert "1.00 points" in frame("one_more_mark").summary
    assert "3.00 points" in frame("one_more_mark", question="Q2", extra=2).summary
    assert "has 89.46 and wins" in frame("one_more_mark", question="Q2", extra=2).summary
    assert "still 0.54 behind Bid 5" in frame("one_more_mark", extra=2).summary


def test_no_answer_gets_more_than_full_marks():
    full = frame("one_more_mark", question="Q3", extra=5)
    assert full.summary.startswith("0 more marks on Q3")


def test_points_lost_add_up_to_the_sum_said():
    for bid in moderating.ANSWERS:
        made = frame("one_more_mark", bid=bid)
        lost = sum(float(text) for text in column(made, "Points lost"))
        assert float(re.search(r"In all, ([\d.]+) points", made.summary)[1]) == pytest.approx(lost, abs=0.03)


def test_a_full_record_leaves_no_ground_and_a_bare_one_leaves_three():
    assert moderating.open_grounds("full", "record") == []
    assert moderating.open_grounds("bare", "mean") == ["no_reason", "ignored_sub_criterion", "settled"]
    assert moderating.open_grounds("compare", "record") == ["ignored_sub_criterion", "other_bid"]


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ({"note": "bare", "first": 2, "second": 2}, "Dangerous"),
        ({"note": "bare", "first": 1, "second": 0}, "nobody can show that the mark was right"),
        ({"note": "full", "settled": "record", "first": 2, "second": 2}, "the file answers it. Wishing"),
        ({"note": "full", "settled": "record", "first": 0, "second": 1}, "fails twice"),
    ],
)
def test_a_challenge_is_judged_by_record_and_by_marks(moved, said):
    assert said in frame("mock_challenge", **moved).summary


def test_the_challengers_total_takes_the_award_only_when_it_is_highest():
    for values, made in every_state(moderating.mock_challenge()):
        top = max(made.data["bars"], key=lambda row: row["total"])["bid"]
        assert ("takes the award" in made.summary) == (top == "Bid 1"), values


def test_one_mean_hides_two_ranges():
    made = frame("hidden_by_the_mean")
    assert made.table.rows[0][2:] == ["3.00", "2", "0.82"]
    assert made.table.rows[1][2:] == ["3.00", "4", "2.31"]


def test_the_second_panel_stands_in_the_data():
    marks = moderating.case_scores("Q1", "CB-2026-012").loc["Bid 1"].tolist()
    assert marks == [5, 5, 1, 1]
    assert moderating.board("CB-2026-012").title == "Home care"


@pytest.mark.parametrize("mark", ["middle", "low", "high"])
def test_alpha_climbs_to_one_whatever_is_agreed(mark):
    alphas = [
        float(
            re.search(r"alpha is ([\d.]+)\.", frame("talked_into_agreement", settled=n, mark=mark).summary)[1]
        )
        for n in range(7)
    ]
    assert alphas == sorted(alphas)
    assert (alphas[0], alphas[-1]) == (0.495, 1.0)


def test_a_learners_own_panel_is_measured_as_asked():
    scores = pd.DataFrame(WORKED, index=list(moderating.ANSWERS), columns=["E1", "E2", "E3", "E4"])
    piece = moderating.panel(scores)
    asked = {"interval": "0.495", "nominal": "0.241", "single": "0.522", "average": "0.814"}
    for measure, figure in asked.items():
        assert piece.compute(piece.clean({"measure": measure})).summary.endswith(f"is {figure}.")
    after = piece.compute(piece.clean({"measure": "interval", "bid": "Bid 5", "agreed": 2}))
    assert after.summary.endswith("is 0.631.")
    assert not any("range" in str(row) for row in after.data["ranges"])


def test_the_first_bid_to_talk_about_is_the_widest():
    asked = moderating.predict_first().spec
    assert asked["answer"] == moderation.moderate_first(moderating.case_scores())[0] == "Bid 5"


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(moderating, piece)()
    made = explorer.compute(dict(explorer.values))
    needed = set()
    for chart in explorer.spec["charts"]:
        needed |= set(re.findall(r"'data': \{'name': '(\w+)'\}", str(chart)))
    assert needed == set(made.data)
    assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
    assert made.summary.endswith((".", "?"))


BESIDE = {
    "agreement": {"bid": "Bid 5"},
    "read_notes": {"verdict": "fits"},
    "talked_into_agreement": {"settled": 3},
}
MOVABLE = [(p, c.key) for p in PIECES for c in getattr(moderating, p)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(moderating, piece)()
    start = {**explorer.values, **BESIDE.get(piece, {})}
    control = next(c for c in explorer.controls if c.key == key)
    shown = set()
    for value in (start[key], control.states()[0], control.states()[-1]):
        with contextlib.suppress(InputError):
            shown.add(str(explorer.compute({**start, key: value})))
    assert len(shown) > 1
