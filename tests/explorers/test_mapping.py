"""Module 9's explorers: their numbers are the arithmetic's, and sentence, table and picture agree."""

import re

import pandas as pd
import pytest

from course import places
from course.errors import InputError
from course.explorers import every_state, mapping
from course.place import spend
from course.place.deprivation import NEIGHBOURHOODS

PIECES = [
    "spend_map",
    "one_neighbourhood",
    "local_or_deprived",
    "compared_with_what",
    "london_map",
    "money_trail",
    "place_table",
    "rank_and_score",
    "one_slip",
]


def frame(piece, **moved):
    explorer = getattr(mapping, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def pounds(text: str) -> float:
    number = float(re.sub(r"[£mk,−]", "", text))
    return number * (1e6 if text.endswith("m") else 1e3 if text.endswith("k") else 1)


def test_the_map_adds_up_to_the_ledger_whichever_way_suppliers_are_placed():
    ledger = pd.read_csv(places.DATASETS / "place" / "ledger.csv")
    for year, paid in ledger.groupby("financial_year")["amount"].sum().items():
        for look in spend.LOOKS:
            areas, outside, unplaced = mapping.landed(look, "all", year)
            assert areas["amount"].sum() + outside + unplaced == pytest.approx(paid)


def test_the_same_invoices_reach_deprived_places_almost_three_times_as_much_seen_by_staff():
    office, staff = (frame("spend_map", look=look) for look in ("registered", "staff"))
    assert "31% of £27.37m is local. 12.3% is in deprived" in office.summary
    assert "45.5% of £27.37m is local. 33.1% is in deprived" in staff.summary


def test_numbers_on_the_map_are_those_of_the_tables_first_rows():
    for values, made in every_state(mapping.spend_map()):
        rows = made.table.rows[: len(made.data["numbers"])]
        assert [row[0].split(".")[0] for row in rows] == [n["text"] for n in made.data["numbers"]], values
        circles = sorted((c["amount"] for c in made.data["circles"]), reverse=True)
        for row, circle in zip(rows, circles, strict=False):
            assert pounds(row[4]) == pytest.approx(circle, rel=0.02)


def test_the_tables_money_adds_up_to_what_the_sentence_says():
    made = frame("spend_map", look="money")
    said = pounds(re.search(r"of (£[\d.]+m) is local", made.summary)[1])
    assert sum(pounds(row[4]) for row in made.table.rows) == pytest.approx(said, rel=0.005)
    assert sum(row["share"] for row in made.data["bars"]) == pytest.approx(100, abs=0.01)


def test_a_wider_cut_off_never_lowers_the_share_that_counts_as_deprived():
    shares = [frame("spend_map", decile=n).data["bars"][0]["share"] for n in range(1, 6)]
    assert shares == sorted(shares)


def test_every_neighbourhood_can_be_stood_in_and_its_neighbours_are_drawn_and_listed():
    for values, made in every_state(mapping.one_neighbourhood()):
        drawn = [row["group"] for row in made.data["areas"]]
        assert drawn.count("chosen") == 1, values
        assert drawn.count("next to it") == len(made.table.rows) - 1 > 0
        assert [row[2] for row in made.table.rows] == [label["text"] for label in made.data["labels"]]


def test_mill_gets_next_to_nothing_and_printworks_a_lot():
    rows = {row[0]: row for row in frame("one_neighbourhood").table.rows}
    assert rows["Mill (chosen)"][-1] == "£10"
    assert rows["Printworks"][-1] == "£207"


def test_six_districts_give_the_worked_shares():
    made = frame("local_or_deprived")
    assert made.summary.startswith(
        "80% is local. 48.3% reaches the 30 most deprived districts, and 45% is both."
    )
    assert "25.12" in made.summary
    assert made.table.rows[-1] == ["All six together", "", "25.12 weighted", "80%", "48.3%", "£600k"]


def test_the_two_claims_can_be_pulled_apart():
    poor_and_local = {"E08000003": 0, "E08000005": 0, "E08000009": 400, "E06000009": 0}
    assert re.match(r"82.1% is local. 0% reaches", frame("local_or_deprived", **poor_and_local).summary)
    elsewhere = {"E08000003": 0, "E08000005": 0, "E08000009": 0, "E08000007": 0, "E06000009": 400}
    assert re.match(r"0% is local. 80% reaches", frame("local_or_deprived", **elsewhere).summary)


def test_no_spending_at_all_is_refused_with_a_sentence():
    with pytest.raises(InputError, match="Nothing is spent anywhere"):
        frame("local_or_deprived", **dict.fromkeys(mapping.six_districts()["code"], 0))


@pytest.mark.parametrize(
    ("wages", "supplies", "people", "firms", "multiplier"),
    [(72, 0, 45, 0, "2.044"), (0, 50, 0, 55, "1.775"), (28, 0, 35, 0, "1.378"), (0, 0, 60, 35, "1.000")],
)
def test_a_pound_is_traced_to_the_worked_multipliers(wages, supplies, people, firms, multiplier):
    made = frame("money_trail", wages=wages, supplies=supplies, people=people, firms=firms)
    assert ["Multiplier: yours", multiplier, ""] in made.table.rows
    assert f"a local multiplier of {multiplier}" in made.summary


def test_typical_multipliers_are_the_worked_ones():
    said = [row[1] for row in frame("money_trail").table.rows if row[0].startswith("Multiplier: ")][1:]
    assert said == ["2.044", "1.775", "1.378"]


def test_more_than_each_hundred_pounds_is_refused_with_a_sentence():
    with pytest.raises(InputError, match="more than each £100"):
        frame("money_trail", wages=70, supplies=40)


def test_what_leaves_a_round_and_what_stays_are_the_round_before():
    drawn = frame("money_trail").data["rounds"]
    assert [row["before"] for row in drawn[1:]] == [row["amount"] for row in drawn[:-1]]
    assert all(row["amount"] <= row["before"] for row in drawn)


def test_the_two_measures_of_london_pick_different_boroughs():
    by_score, by_tenth = (frame("london_map", measure=m) for m in ("score", "tenth"))
    assert by_score.summary.endswith("leaves out Westminster.")
    assert by_tenth.summary.endswith("leaves out Barking and Dagenham.")


def test_the_boroughs_numbered_are_the_ones_picked():
    for values, made in every_state(mapping.london_map()):
        picked = [row["group"] for row in made.data["areas"]].count("picked")
        column = 4 if values["measure"] == "score" else 5
        assert picked == values["count"] == len(made.data["labels"])
        assert [row[column] for row in made.table.rows].count("yes") == picked
        assert sorted(int(label["text"]) for label in made.data["labels"]) == list(range(1, picked + 1))


def test_the_distant_social_enterprise_wins_and_keeps_less_in_the_area():
    made = frame("place_table")
    assert [row[3] for row in made.table.rows] == ["78.46", "84.00"]
    assert [row[6] for row in made.table.rows] == ["£5.31m", "£4.44m"]
    assert "Dalesway Living Trust wins by 5.54 points" in made.summary
    assert "Ironstone Living keeps more" in made.summary


def test_asking_about_pounds_turns_the_award():
    assert "the one on pounds" in frame("place_table").summary
    assert "Ironstone Living wins" in frame("place_table", ask="pounds").summary


def test_spending_more_here_costs_dalesway_and_lifts_its_score_only_where_it_is_asked():
    near, far = (frame("place_table", ask="pounds", respent=share) for share in (80, 50))
    assert pounds(near.table.rows[1][6]) > pounds(far.table.rows[1][6])
    assert float(near.table.rows[1][3]) > float(far.table.rows[1][3])
    same = [frame("place_table", respent=share).table.rows[1][3] for share in (80, 50)]
    assert same[0] == same[1]
    assert re.search(r"£130k", near.summary)


def test_the_base_decides_whether_offices_look_generous():
    assert frame("compared_with_what", base="england").summary.endswith("more than their proportion.")
    assert frame("compared_with_what", base="here").summary.endswith("less than their proportion.")
    assert frame("compared_with_what", base="here", look="staff").summary.endswith(
        "more than their proportion."
    )


def test_a_step_in_the_list_costs_most_at_its_start():
    drops = [
        float(re.search(r"takes ([\d.]+) points off", made.summary)[1])
        for _, made in every_state(mapping.rank_and_score())
    ]
    assert drops[0] == max(drops) == 16.4


def test_one_slip_hides_most_of_what_is_local():
    before, after = frame("one_slip"), frame("one_slip", clean=True)
    assert before.summary.startswith("14.2% of")
    assert after.summary.startswith("53.4% of")


def test_predictions_are_answered_by_the_data():
    assert mapping.predict_office().spec["answer"] == "less"
    assert "12.3%" in mapping.predict_office().spec["then"]
    assert "80% is local and 48.3%" in mapping.predict_claims().spec["then"]


def test_the_lessons_figures_are_the_datas():
    text = (places.MODULES / "m09-place" / "lesson.md").read_text(encoding="utf-8")
    for look, share in (("registered", "31%"), ("staff", "45.5%")):
        assert f"{share} of £27.37m is local" in frame("spend_map", look=look).summary
        assert f"{share}." in text
    areas = mapping.borough().areas
    people = spend.deprived_share(areas.assign(amount=1.0), "decile", 3, of="population")
    assert f"in Calderbrook {100 * people:.0f}% of residents" in text
    assert f"{NEIGHBOURHOODS[2025]:,} small areas" in text
    by_name = areas.set_index("name")
    assert round(1 / (by_name.loc["Queensbrook", "unemployed_16_24"] / 100)) == 7
    assert by_name.loc["Thornhey", "decile"] == 7


@pytest.mark.parametrize("piece", PIECES)
def test_the_charts_get_the_rows_they_name_and_the_table_is_square(piece):
    explorer = getattr(mapping, piece)()
    made = explorer.compute(dict(explorer.values))
    needed = set()
    for chart in explorer.spec["charts"]:
        needed |= set(re.findall(r"'data': \{'name': '(\w+)'\}", str(chart)))
    assert needed == set(made.data)
    assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
    assert made.summary.endswith(".")


@pytest.mark.parametrize("piece", PIECES)
def test_moving_one_control_changes_what_is_said_or_tabled(piece):
    explorer = getattr(mapping, piece)()
    start = explorer.compute(dict(explorer.values))
    for control in explorer.controls:
        others = [v for v in control.states() if v != explorer.values[control.key]]
        moved = [
            frame(piece, **{control.key: v})
            for v in (others[0], others[-1])
            if (control.key, v) not in (("wages", 100), ("supplies", 100))
        ]
        assert any((m.summary, m.table) != (start.summary, start.table) for m in moved), control.key
