"""Module 2's explorers: definitions that shut something out, need place by place, and chains of change."""

import re

import pandas as pd
import pytest

from course import places
from course.errors import InputError
from course.explorers import defining, every_state
from course.place import need

PIECES = ["definition", "four_tests", "need_strip", "reach", "residents_words", "choose_outcomes", "chain",
          "joint_chain", "rank_direction", "average_hides"]  # fmt: skip


def frame(piece, **moved):
    explorer = getattr(defining, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def cells(made, row):
    return next(r for r in made.table.rows if r[0].startswith(row))


def test_a_vague_definition_lets_everything_in_and_a_sharp_one_three_of_eight():
    assert "lets in 8 of 8" in frame("definition").summary
    sharp = frame("definition", here="here", contract="contract", new="new", beyond="beyond")
    assert "lets in 3 of 8" in sharp.summary
    assert [row[0] for row in sharp.table.rows if row[1] == "✓ in"] == [
        defining.OFFERS[key].text for key in ("apprentices", "kitchen", "vans")
    ]


def test_each_word_can_only_shut_offers_out():
    let_in = {
        tuple(values[test] != "all" for test in defining.TESTS): {
            row[0] for row in made.table.rows if row[1] == "✓ in"
        }
        for values, made in every_state(defining.definition())
    }
    for words, offers in let_in.items():
        for place in range(4):
            more = tuple(on or i == place for i, on in enumerate(words))
            assert let_in[more] <= offers


def test_an_offer_counts_when_all_four_tests_pass():
    for values, made in every_state(defining.four_tests()):
        passed = all(row[1].startswith("✓") for row in made.table.rows)
        assert ("It counts as social value" in made.summary) == passed
        offer = defining.OFFERS[values["offer"]]
        missing = {t for t in defining.TESTS if not getattr(offer, t)} - {values["first"], values["second"]}
        assert passed == (not missing)


def test_a_need_is_averaged_over_people():
    areas = defining.neighbourhoods()
    children = (areas["children_low_income"] * areas["aged_0_15"]).sum() / areas["aged_0_15"].sum()
    assert cells(frame("need_strip"), "All of")[1] == f"{children:.1f}%"
    assert cells(frame("need_strip"), "Mill")[1] == "40.1%"


def test_every_strip_shows_each_neighbourhood_and_the_one_picked():
    for values, made in every_state(defining.need_strip()):
        shares = [row["share"] for row in made.data["areas"]]
        here = made.data["place"][0]["share"]
        assert len(shares) == 120
        assert f"{sum(share > here for share in shares)} of 120 neighbourhoods have more" in made.summary
        assert values["place"] in made.data["place"][0]["text"]


def test_the_twelve_neediest_places_hold_about_a_fifth_of_the_children_in_need():
    assert frame("reach", chosen=12).table.rows[0][2] == "22.2%"
    assert defining.predict_reach().spec["answer"] == "a"
    assert frame("reach", chosen=120).table.rows[0][2] == "100%"


def test_the_curve_and_the_table_tell_one_number():
    for values, made in every_state(defining.reach()):
        on_curve = next(r["reached"] for r in made.data["curve"] if r["chosen"] == values["chosen"])
        assert made.data["here"][0]["reached"] == on_curve
        assert made.table.rows[0][2] == defining.percent(on_curve)


def test_residents_words_are_those_in_the_data():
    said = set(pd.read_csv(places.DATASETS / "consultation_returns.csv")["comment"].dropna())
    for _, made in every_state(defining.residents_words()):
        assert {row[0] for row in made.table.rows} <= said


def test_what_the_contract_can_move_changes_what_is_chosen():
    without = frame("choose_outcomes")
    with_it = frame("choose_outcomes", contract=5)
    assert "can hardly move “Buses to Harbour after six”" in without.summary
    assert cells(without, "Buses")[-1] == "★ chosen"
    assert cells(with_it, "Buses")[-1] == ""
    assert cells(with_it, "Young people")[-1] == "★ chosen"


def test_a_need_spread_evenly_shows_as_a_size_and_not_as_a_gap():
    gap, size = (defining._needs(measure)["company"] for measure in ("gap", "size"))
    assert gap < 25 < size


def test_outcomes_are_ranked_by_their_totals_and_the_first_few_are_chosen():
    for values, made in every_state(defining.choose_outcomes()):
        if made is None:
            assert values["data"] == values["voice"] == values["contract"] == 0
            continue
        totals = [float(row[4]) for row in made.table.rows]
        assert totals == sorted(totals, reverse=True)
        assert sum(row[5] != "" for row in made.table.rows) == values["many"]
        assert all(
            float(row[4]) == pytest.approx(sum(map(float, row[1:4])), abs=0.16) for row in made.table.rows
        )


def test_nothing_that_counts_is_refused_in_a_sentence():
    with pytest.raises(InputError, match="Nothing counts now"):
        defining.outcome_scores(0, 0, 0, "gap")


def test_forty_coached_make_twenty_two_in_work_and_fourteen_because_of_it():
    made = frame("chain")
    assert cells(made, "Outcome")[1] == "22.0"
    assert cells(made, "Because of you")[1] == "14.3"
    assert "from 19.3% to 11.5%" in made.summary


def test_the_same_work_shows_in_mill_and_is_lost_in_all_of_calderbrook():
    rates = {
        place: [float(n) for n in re.findall(r"([\d.]+)%", frame("chain", place=place).summary)]
        for place in defining.PLACES
    }
    falls = {place: before - after for place, (before, after) in rates.items()}
    assert falls["Mill"] > 5 > falls["eight"] > falls["all"]
    assert falls["all"] < 0.2


def test_no_more_people_find_work_than_look_for_it():
    for _, made in every_state(defining.chain()):
        left = float(cells(made, "Impact")[1].split(",")[0])
        assert left >= 0


def test_seven_in_ten_three_times_leave_fourteen_of_forty():
    made = frame("joint_chain")
    assert made.table.rows[-1][1:] == ["29.2", "13.7"]
    assert "the provider 14" in made.summary
    assert "differ by 15 people" in made.summary


def test_equal_assumptions_are_one_theory():
    same = {f"{side}-{arrow}": "70" for side in ("commissioner", "provider") for arrow in defining.ARROWS}
    assert "You share one theory" in frame("joint_chain", **same).summary


def test_thirty_of_296_districts_are_the_most_deprived_tenth():
    assert "most deprived 10.1%" in frame("rank_direction", rank=30).summary


def test_an_average_of_the_rural_edge_hides_its_pockets():
    made = frame("average_hides")
    part = defining.neighbourhoods().query("setting == 'rural edge'")
    assert cells(made, "Average")[1] == f"{need.average(part, 'score'):.1f}"
    assert cells(made, "Neighbourhoods")[1] == "2 of 32"


def test_trafford_and_manchester_are_quoted_as_published():
    table = pd.read_csv(places.DATASETS / "place" / "greater_manchester_spend.csv").set_index("name")
    assert table.loc["Trafford", "score"] == defining.TRAFFORD
    lesson = (places.MODULES / "m02-defining" / "lesson.md").read_text(encoding="utf-8")
    for name in ("Trafford", "Manchester"):
        assert f"{table.loc[name, 'score']:.2f}" in lesson
        assert f"rank {table.loc[name, 'rank']}" in lesson


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(defining, piece)()
    named = set(re.findall(r"'data': \{'name': '(\w+)'\}", str(explorer.spec["charts"])))
    for _, made in every_state(explorer):
        if made is not None:
            assert named == set(made.data)
            assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
            assert made.summary.endswith((".", "”."))


@pytest.mark.parametrize("piece", PIECES)
def test_moving_any_control_changes_what_is_said_or_tabled(piece):
    explorer = getattr(defining, piece)()
    start = frame(piece)
    for control in explorer.controls:
        others = [frame(piece, **{control.key: v}) for v in control.states()[:40] if v]
        assert any((m.summary, m.table) != (start.summary, start.table) for m in others), control.key
