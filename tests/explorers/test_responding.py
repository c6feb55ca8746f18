"""Module 5's explorers: their numbers are the arithmetic's, and sentence, table and picture agree."""

import contextlib
import csv
import re

import pytest

from course import measuring, moderation, places, weighting
from course.errors import InputError
from course.explorers import every_state, responding

PIECES = [
    "sharpen",
    "price_a_promise",
    "over_promise",
    "who_wins",
    "bid_or_not",
    "mark_two",
    "ten_lines",
    "swap_and_score",
    "already_there",
    "bold_and_sober",
    "across_the_group",
]
ALL_STRONG = dict.fromkeys(responding.LINES, "strong")


def frame(piece, **moved):
    explorer = getattr(responding, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def column(made, heading):
    return [row[made.table.columns.index(heading)] for row in made.table.rows]


def rows_of(name):
    with (places.DATASETS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_commitment_starts_with_no_test_passed_and_can_pass_all_five():
    assert "passes 0 of 5" in frame("sharpen").summary
    best = {
        "many": "four",
        "what": "starts",
        "whom": "named",
        "when": "dates",
        "owner": "named",
        "start": "none",
    }
    made = frame("sharpen", **best)
    assert made.summary == (
        "“We will offer four Level 3 apprentice starts for residents of Mill and Harbour aged 16 to 24, "
        "half by 1 October 2027 and half by 1 October 2028. Our operations manager owns the number and "
        "reports it each quarter. None of these posts exists today.” It passes 5 of 5 tests."
    )


def test_tests_passed_are_counted_as_tabled_in_every_state():
    for _, made in every_state(responding.sharpen()):
        said = int(re.search(r"passes (\d) of 5", made.summary)[1])
        assert said == sum(result.startswith("✓") for result in column(made, "Result"))


def test_up_to_is_never_measurable():
    explorer = responding.sharpen()
    for values, made in every_state(explorer):
        if values["many"] == "upto":
            assert made.table.rows[1][1] == "✗ not yet"


def test_a_promise_costs_those_who_leave_as_well():
    made = frame("price_a_promise", starts=4, each=6, leave=20)
    assert "For 4 trainees to stay, 5.0 must start: £30k." in made.summary
    ends = {row["part"]: row["end"] for row in made.data["segments"]}
    assert (ends["those who stay"], ends["those who leave"]) == (24, 30)


def test_what_marks_can_carry_is_the_premium_of_the_weighting_room():
    made = frame("price_a_promise", starts=4, social=10, rival=400)
    worth = 400 * weighting.price_premium(40, 10, responding.likely_score(4))
    assert made.data["segments"][-1]["end"] == pytest.approx(worth, abs=1e-3)


def test_no_other_number_leaves_more_than_the_best():
    made = frame("price_a_promise")
    best = int(re.search(r"Promising (\d+) would", made.summary)[1])

    def left(n):
        shown = frame("price_a_promise", starts=n).data["segments"]
        return shown[2]["end"] - shown[1]["end"]

    assert left(best) == max(left(n) for n in range(13))


def test_without_a_weight_marks_carry_nothing():
    assert "The marks can carry £0." in frame("price_a_promise", social=0).summary


def test_the_average_is_no_safe_promise():
    made = frame("over_promise", promise=7, places=9, stay=78)
    assert "On average 7.0 finish" in made.summary
    assert "chance of keeping it is 68.4%" in made.summary
    assert "You can promise 6 and keep it at least 4 times in 5." in made.summary
    assert "chance of keeping it is 88.6%" in frame("over_promise", promise=6).summary


@pytest.mark.parametrize(("promise", "places_", "stay"), [(1, 1, 40), (6, 9, 78), (12, 5, 60), (3, 12, 100)])
def test_the_bars_add_up_and_those_kept_are_the_chance_said(promise, places_, stay):
    made = frame("over_promise", promise=promise, places=places_, stay=stay)
    bars = made.data["chances"]
    assert sum(row["chance"] for row in bars) == pytest.approx(100, abs=0.01)
    kept = sum(row["chance"] for row in bars if row["side"] == "promise kept")
    assert kept == pytest.approx(100 * measuring.chance_of_keeping(promise, places_, stay / 100), abs=0.01)


def test_a_learners_own_places_do_not_give_the_safe_number_away():
    piece = responding.own_places(9, 0.7)
    for value in piece.controls[0].states():
        assert "4 times in 5" not in piece.compute({"promise": value}).summary


def test_past_bids_are_all_that_were_evaluated_and_one_won_each_award():
    awarded = [row for row in rows_of("procurements.csv") if row["status"] == "awarded"]
    assert sum(bid["won"] for bid in responding.past_bids()) == len(awarded) == 60
    assert "60 of 240 such bids won: 1 in 4.0." in frame("who_wins", kind="any").summary


def test_charities_won_23_of_79():
    made = frame("who_wins")
    assert made.summary.startswith("23 of 79 such bids won: 1 in 3.4.")
    assert [row["text"] for row in made.data["bands"]] == [
        f"{row[2]} of {row[1]}" for row in made.table.rows[:3]
    ]


def test_bands_add_up_in_every_state_and_few_bids_are_said_to_be_few():
    for _, made in every_state(responding.who_wins()):
        if made is None:
            continue
        counts = [int(n) for n in column(made, "Bids")]
        assert sum(counts[:-1]) == counts[-1]
        assert ("may be chance" in made.summary) == (counts[-1] < responding.FEW)


def test_a_win_at_one_in_six_costs_10260_and_41_percent():
    made = frame("bid_or_not")
    assert (
        "One bid costs £1,710. At 1 win in 6, a win costs £10,260. That is 41% of what it earns."
        in made.summary
    )
    assert made.data["here"][0] == {"bids": 6, "share": 41.04, "text": "✗ do not bid"}
    assert "needs 1 win in 3.7 or better" in made.summary


def test_the_point_lies_on_the_curve_and_the_verdict_follows_the_limit():
    for per_win in (1, 3.5, 6, 9):
        made = frame("bid_or_not", per_win=per_win, limit=25)
        here = made.data["here"][0]
        at = {row["bids"]: row["share"] for row in made.data["curve"]}
        assert here["share"] == at[per_win]
        assert ("✓" in here["text"]) == (here["share"] <= 25)


def test_the_warm_answer_earns_a_third():
    made = frame("mark_two")
    assert "Answer A earns 4 of 12 and Answer B earns 11 of 12" in made.summary
    assert made.data["yours"] == []


def test_marks_given_are_set_beside_those_earned():
    given = {f"A-{key}": "3" for key in responding.SHORT.values()}
    made = frame("mark_two", **given, **{"B-smart": "3"})
    assert "You gave the same mark on 1 of 5." in made.summary
    assert "you are 2 apart" in made.summary
    assert column(made, "You") == ["3", "3", "3", "3", "3", "–", "–", "–"]


def test_ten_strong_lines_earn_all_marks_in_105_words():
    made = frame("ten_lines", limit=150, **ALL_STRONG)
    assert made.summary.startswith("12 of 12 marks")
    words = len(re.search("“(.+)”", made.summary)[1].split())
    assert f"{words} words read" in made.summary
    assert words <= 150


def test_what_goes_past_the_limit_earns_nothing():
    made = frame("ten_lines", limit=80, **ALL_STRONG)
    assert "Not read: " in made.summary
    assert "what could go wrong" in made.summary
    assert {row[0]: row[1] for row in made.table.rows}["Evidence and honest risk"] == "0 of 3"


def test_weak_lines_alone_earn_a_third():
    weak = {key: "weak" for key, (_, texts, _) in responding.LINES.items() if "weak" in texts}
    assert responding.rubric_marks(weak) == dict.fromkeys(responding.RUBRIC, 1)
    assert responding.rubric_marks({}) == dict.fromkeys(responding.RUBRIC, 0)


@pytest.mark.parametrize("line", list(responding.LINES))
def test_taking_out_a_strong_line_never_earns_more(line):
    full = sum(responding.rubric_marks(ALL_STRONG).values())
    assert full == 12
    assert sum(responding.rubric_marks({**ALL_STRONG, line: ""}).values()) < full


def test_sentences_at_the_joint_table_earn_what_they_are():
    for mark in "0123":
        values = {key: mark for key in responding.PARTS} | {
            f"mark-{key}": int(mark) for key in responding.PARTS
        }
        made = frame("swap_and_score", **values)
        assert f"You gave {4 * int(mark)} of 12; by the words it earns {4 * int(mark)}." in made.summary
        assert "You agree on all four." in made.summary


def test_the_widest_gap_is_named():
    values = {"smart": "1", "mark-smart": 3, "need": "2", "mark-need": 2, "delivery": "0", "evidence": "0"}
    assert "The widest gap is on SMART: 3 for 1." in frame("swap_and_score", **values).summary


def test_a_sentence_is_not_told_by_its_place():
    shown = [[option[0] for option in c.options.items()] for c in responding.swap_and_score().controls[:4]]
    assert len({tuple(order) for order in shown}) == 4
    assert all(sorted(order) == list("0123") for order in shown)


def test_twelve_of_fifteen_are_there_already():
    assert frame("already_there").summary.startswith("Of 15 posts, 3 are additional")
    assert frame("already_there", before=40).summary.startswith("Of 15 posts, 0 are additional")


def test_bold_and_sober_change_places():
    made = frame("bold_and_sober")
    assert column(made, "Points at award") == ["9.50", "7.20"]
    assert column(made, "Points to expect") == ["4.28", "6.62"]
    assert "Sober is worth more" in made.summary
    assert "Bold is worth more" in frame("bold_and_sober", bold=90, sober=50).summary


def test_expected_points_are_those_of_the_moderation_room():
    made = frame("over_promise", promise=6, places=9, stay=78)
    kept = measuring.chance_of_keeping(6, 9, 0.78)
    expected = moderation.expected_points(10, 40 + responding.likely_score(6), kept)
    assert f"expect {expected:.2f}." in made.summary


def test_a_groups_promise_is_shared_out():
    assert "Shared among 40 contracts, 20 is 0.50 for each." in frame("across_the_group").summary


def test_promises_kept_are_counted_from_the_reports():
    """Counted a second way: by sums over reported quarters, promise by promise."""
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for row in rows_of("delivery.csv"):
        if row["actual"]:
            key = (row["procurement_id"], row["promise_id"])
            due, done = sums.get(key, (0, 0))
            sums[key] = (due + int(row["target"]), done + int(row["actual"]))
    asked = {key: pair for key, pair in sums.items() if pair[0]}
    assert responding.promises_kept() == (sum(b >= a for a, b in asked.values()), len(asked)) == (75, 178)
    assert responding.predict_kept().spec["answer"] == "four"


def test_the_need_in_the_text_is_the_neighbourhoods():
    young = {row["name"]: float(row["unemployed_16_24"]) for row in rows_of("place/neighbourhoods.csv")}
    deciles = {row["name"]: row["decile"] for row in rows_of("place/neighbourhoods.csv")}
    assert (round(young["Mill"]), round(young["Harbour"])) == (19, 25)
    assert deciles["Mill"] == deciles["Harbour"] == "1"


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(responding, piece)()
    made = explorer.compute(dict(explorer.values))
    needed = set()
    for chart in explorer.spec["charts"]:
        needed |= set(re.findall(r"'data': \{'name': '(\w+)'\}", str(chart)))
    assert needed == set(made.data)
    assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
    assert made.summary.endswith((".", "”"))


BESIDE = {"ten_lines": {"limit": 150}}
MOVABLE = [(p, c.key) for p in PIECES for c in getattr(responding, p)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(responding, piece)()
    start = {**explorer.values, **(BESIDE.get(piece, {}) if key != "limit" else {})}
    control = next(c for c in explorer.controls if c.key == key)
    shown = set()
    for value in (start[key], control.states()[0], control.states()[-1]):
        with contextlib.suppress(InputError):
            shown.add(str(explorer.compute({**start, key: value})))
    assert len(shown) > 1
