"""Module 3's explorers: replies, the silent, who is missing, whose say counts, talks with the market."""

import re

import pandas as pd
import pytest

from course import consultation, places, weighting
from course.explorers import every_state, listening

PIECES = ["how_sure", "silent", "who_replied", "whose_say", "plan_listening", "size_lots", "question_worth",
          "early_session", "small_group", "count_words"]  # fmt: skip


def frame(piece, **moved):
    explorer = getattr(listening, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def cells(made, row):
    return next(r for r in made.table.rows if r[0].startswith(row))


def test_sixty_three_of_420_replied_and_65_per_cent_are_in_favour_give_or_take_10_9():
    made = frame("how_sure")
    assert made.summary.startswith("63 of 420 replied. 65% are in favour, give or take 10.9 points")
    assert listening.counts("all") == (41, 63, 420)


def test_the_lesson_compares_two_surveys_of_about_a_hundred_replies():
    lesson = (places.MODULES / "m03-listening" / "lesson.md").read_text(encoding="utf-8")
    margins = [
        re.search(r"give or take ([\d.]+) points", frame("how_sure", asked=asked, rate=rate).summary)[1]
        for asked, rate in (("2000", 5), ("420", 25))
    ]
    assert "the margins are close: {} and {} points".format(*margins) in lesson


def test_a_learners_own_range_is_found_from_the_two_shares_set():
    own = listening.own_range(560)
    made = own.compute(own.clean({"rate": 13, "favour": 68.5}))
    assert f"give or take {100 * consultation.margin_of_error(0.685, 73, 560):.1f} points" in made.summary


def test_harbour_is_heard_only_because_the_consultation_ran_on():
    early, late = (frame("who_replied", tidy=True, days=days) for days in (7, 27))
    assert cells(early, "Harbour")[3] == "0"
    assert late.table.rows[-1][0] == "Harbour"


def test_a_range_narrows_with_replies_and_goes_when_everyone_replied():
    widths = [
        row["high"] - row["low"]
        for rate in range(5, 101, 5)
        for row in frame("how_sure", rate=rate).data["range"]
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[-1] == 0


def test_a_range_says_which_way_people_lean_only_if_a_half_is_outside_it():
    for values, made in every_state(listening.how_sure()):
        band = made.data["range"][0]
        replies = round(int(values["asked"]) * values["rate"] / 100)
        margin = consultation.margin_of_error(values["favour"] / 100, replies, int(values["asked"]))
        assert f"give or take {100 * margin:.1f} points" in made.summary
        assert ("cannot say" in made.summary) == (band["low"] <= 50 <= band["high"])


def test_a_majority_of_those_who_replied_is_lost_if_the_silent_think_otherwise():
    assert "it is 65% of all 420" in frame("silent").summary
    assert "it is 43.8% of all 420" in frame("silent", silent=40).summary
    assert "more than 47.3% of the silent" in frame("silent").summary
    assert frame("silent", silent=48).data["here"][0]["share"] > 50
    assert frame("silent", silent=47).data["here"][0]["share"] < 50


def test_the_point_for_the_silent_lies_on_the_line():
    for values, made in every_state(listening.silent()):
        left, right = (row["share"] for row in made.data["line"])
        on_line = left + (right - left) * values["silent"] / 100
        assert made.data["here"][0]["share"] == pytest.approx(on_line, abs=0.002)


def test_mill_seems_unheard_until_its_name_is_mended():
    rough, tidy = frame("who_replied"), frame("who_replied", tidy=True)
    assert cells(rough, "Mill")[-1].endswith("too few")
    assert cells(tidy, "Mill")[-1].endswith("too many")
    assert "cannot be read: 5" in rough.summary
    assert "cannot be read: 0" in tidy.summary


def test_every_reply_is_placed_left_empty_or_unreadable():
    residents = listening.returns().query("group == 'resident'")
    for values, made in every_state(listening.who_replied()):
        if values["by"] == "place" and values["days"] == 27:
            unread, blank = map(int, re.findall(r"(?:read|empty): (\d+)", made.summary))
            assert sum(int(row[3]) for row in made.table.rows) + unread + blank == len(residents)


def test_residents_are_missing_most_among_the_three_groups():
    made = frame("who_replied", by="group")
    assert cells(made, "Residents")[1:5] == ["376", "89.5%", "49", "77.8%"]
    assert "Most missing: Residents" in made.summary


def test_by_head_jobs_lead_with_41_5_and_by_group_skills_with_31_7():
    made = frame("whose_say")
    pooled = weighting.pooled_priorities(listening.points_by_group())
    assert cells(made, "Jobs")[2] == f"{pooled['by_head']['jobs']:.1f}" == "41.5"
    assert cells(made, "Skills")[3] == f"{pooled['by_group']['skills']:.1f}" == "31.7"
    asked = listening.predict_say().spec
    assert asked["answer"] == "skills"
    assert "31.7" in asked["then"]


def test_the_residents_own_share_of_the_say_is_the_rule_by_head():
    people = listening.points_by_group().set_index("group")["people"]
    say = 100 * people["resident"] / people.sum()
    pooled = weighting.pooled_priorities(listening.points_by_group())["by_head"]
    assert listening.leads(say, "head") == pytest.approx(pooled.to_dict())
    third = listening.leads(100 / 3, "even")
    by_group = weighting.pooled_priorities(listening.points_by_group())["by_group"]
    assert third == pytest.approx(by_group.to_dict())


def test_the_lead_changes_where_the_chart_marks_it():
    for rest in listening.REST:
        tips = [row["say"] for row in frame("whose_say", rest=rest).data["tips"]]
        firsts = [next(iter(listening.leads(say / 10, rest))) for say in range(1001)]
        passes = [i / 10 for i in range(1, 1001) if firsts[i] != firsts[i - 1]]
        assert [at - tip for at, tip in zip(passes, tips, strict=True)] == pytest.approx(
            [0.05] * len(tips), abs=0.06
        )


def test_a_prediction_is_answered_from_the_replies():
    asked = listening.predict_replies().spec
    assert "63 replied, and 41" in asked["prompt"]
    assert "from 9.8% to 94.8%" in asked["then"]


def test_a_plan_costs_what_its_parts_cost_and_hears_whom_they_hear():
    for values, made in every_state(listening.plan_listening()):
        chosen = [m for key, m in listening.METHODS.items() if values[key]]
        cost = sum(m.cost for m in chosen) + (600 if values["reply"] else 0)
        assert cells(made, "Cost")[1] == f"£{cost:,}"
        assert ("too much" in made.summary) == (cost > 6_000)
        assert sum(row["people"] for row in made.data["voices"]) == sum(sum(m.heard.values()) for m in chosen)


def test_every_voice_can_be_heard_in_time_and_for_the_money_but_not_one_side_after_the_other():
    full = [
        (values["turn"], values["reply"], made.summary)
        for values, made in every_state(listening.plan_listening())
        if "Every voice is heard" in made.summary and "✗" not in made.summary
    ]
    assert {turn for turn, _, _ in full} == {"side", "turn"}
    assert {turn for turn, told, _ in full if told} == {"side"}


def test_methods_of_one_side_run_at_the_same_time():
    assert listening.plan_cost(["survey", "visits", "open"], False, "side") == (2_300, 4)
    assert listening.plan_cost(["survey", "visits", "open"], True, "turn") == (2_900, 7)


def test_smaller_lots_never_shut_a_provider_out():
    able = [
        {
            row["provider"]
            for row in frame("size_lots", lots=lots).data["providers"]
            if row["state"] == "can bid"
        }
        for lots in range(1, 13)
    ]
    assert all(few <= more for few, more in zip(able, able[1:], strict=False))
    assert "2 of 5 providers can bid: Alder and Cedar" in frame("size_lots").summary
    assert "Birch CIC" in able[5] - able[4]


def test_asking_first_is_never_worse_than_bidding_or_leaving_it():
    for values, _ in every_state(listening.question_worth()):
        ways = listening.expected(*(float(values[key]) for key in ("hours", "chance", "gain", "bad")))
        assert ways["Ask, then decide"] >= max(ways["Bid at once"], ways["Leave it"]) - 1e-9
    assert listening.expected(40, 20, 20, 40) == pytest.approx(
        {"Bid at once": 600, "Ask, then decide": 1_320, "Leave it": 0}
    )


def test_an_answer_that_could_change_nothing_is_worth_nothing():
    assert "The answer would change nothing: bid." in frame("question_worth", bad=0).summary
    assert "leave it" in frame("question_worth", hours=80, chance=5).summary


def test_a_session_changes_something_only_with_a_draft_and_a_reason():
    for values, made in every_state(listening.early_session()):
        useful = values["say"] == "barrier" or values["wish"] == "lots"
        changed = cells(made, "Changed")[1] != "nothing"
        assert changed == (useful and values["show"] == "draft")
        level = cells(made, "Level")[1] == "✓ yes"
        assert level == (values["meet"] == "notes" and values["wish"] != "tailor")
        assert made.record == made.summary


def test_two_officers_of_five_are_a_wide_range():
    made = frame("small_group")
    assert "2 people of 5" in made.summary
    assert f"{100 * consultation.margin_of_error(0.4, 5, 16):.1f} points" in made.summary
    assert "would make it 50%" in made.summary


def test_more_keywords_leave_fewer_comments_unread_and_catch_some_by_mistake():
    narrow, wide = frame("count_words"), frame("count_words", width="wide", theme="Wellbeing")
    assert "Not coded 15" in narrow.summary
    assert "Not coded 7" in wide.summary
    assert ["Skills first: we cannot recruit care staff as it is.", "care"] in wide.table.rows
    said = set(pd.read_csv(places.DATASETS / "consultation_returns.csv")["comment"].dropna())
    for _, made in every_state(listening.count_words()):
        assert {row[0] for row in made.table.rows} <= said


@pytest.mark.parametrize("piece", PIECES)
def test_charts_get_the_rows_they_name_and_tables_are_square(piece):
    explorer = getattr(listening, piece)()
    named = set(re.findall(r"'data': \{'name': '(\w+)'\}", str(explorer.spec["charts"])))
    for _, made in every_state(explorer):
        assert named == set(made.data)
        assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
        assert made.summary.endswith((".", "”."))


@pytest.mark.parametrize("piece", PIECES)
def test_any_control_that_is_moved_changes_what_is_said_or_tabled(piece):
    explorer = getattr(listening, piece)()
    start = frame(piece)
    for control in explorer.controls:
        others = [frame(piece, **{control.key: v}) for v in control.states()[:40]]
        assert any((m.summary, m.table) != (start.summary, start.table) for m in others), control.key
