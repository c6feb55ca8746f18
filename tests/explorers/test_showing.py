"""Module 11's explorers: claims, percentages, cards and leaflets; sentence, table and picture agree."""

import itertools
import re

import pytest

from course import exemplars
from course.errors import InputError
from course.explorers import every_state, showing

PIECES = [
    "question_a_claim",
    "who_replied",
    "search_library",
    "shortlist",
    "leaflet_maker",
    "audit_table",
    "same_job",
    "job_years",
    "local_or_deprived",
]
TICKS = ("base", "compared", "source", "date")


def frame(piece, **moved):
    explorer = getattr(showing, piece)()
    return explorer.compute(explorer.clean({**explorer.values, **moved}))


def column(made, heading):
    place = made.table.columns.index(heading)
    return [row[place] for row in made.table.rows]


def stands(line, wording, **ticks):
    return "stands" in frame("question_a_claim", line=line, wording=wording, **ticks).summary


def test_two_of_six_printed_claims_survive():
    spec = showing.predict_leaflet().spec
    assert spec["answer"] == "2"
    assert "sessions and work placements" in spec["then"]


def test_four_bold_lines_fall_whatever_is_printed_beside_them():
    whole = dict.fromkeys(TICKS, True)
    assert [line for line in showing.LINES if stands(line, "bold", **whole)] == ["sessions", "placements"]


def test_in_plain_words_five_lines_need_only_a_source_and_a_date_and_the_sixth_its_base():
    bare = {"source": True, "date": True}
    fall = [line for line in showing.LINES if not stands(line, "plain", **bare)]
    assert fall == ["satisfied"]
    assert stands("satisfied", "plain", base=True, **bare)
    assert not any(stands(line, "plain", source=True) for line in showing.LINES)


def test_printing_northmeres_figure_makes_the_claim_of_seven_one_of_three():
    made = frame("question_a_claim", line="work", wording="bold", **dict.fromkeys(TICKS, True))
    assert "You can claim 3, not 7." in made.summary


def test_words_that_go_further_than_the_evidence_are_marked():
    far, fits = (frame("question_a_claim", wording=wording) for wording in ("bold", "plain"))
    assert [row["level"] for row in far.data["reach"]] == [3, 2]
    assert "too far" in far.data["reach"][0]["text"]
    assert [row["kind"] for row in fits.data["reach"]] == ["fits", "evidence"]


def test_the_summary_says_stands_just_when_no_part_has_a_cross():
    for values, made in every_state(showing.question_a_claim()):
        crosses = sum("✗" in text for text in column(made, "What a reader would ask"))
        assert ("stands" in made.summary) == (crosses == 0), values


def test_ninety_per_cent_of_twenty_of_sixty_is_thirty_at_least_and_967_at_most():
    made = frame("who_replied")
    assert column(made, "Share") == ["90%", "30%", "96.7%"]
    assert column(frame("who_replied", replies=60), "Share") == ["90%", "90%", "90%"]
    assert "No more can reply than were asked." in frame("who_replied", users=20, replies=50).summary


def test_each_bar_of_replies_is_whole():
    for _, made in every_state(showing.who_replied()):
        for row in ("replies", "users"):
            parts = [part for part in made.data["parts"] if part["row"] == row]
            assert parts[0]["start"] == 0
            assert parts[-1]["end"] == pytest.approx(100)


def test_the_search_shows_the_cards_found_and_says_how_many():
    for wanted in ({}, {"theme": "reporting"}, {"sector": "police"}, {"evidence": "3"}, {"place": "Wales"}):
        made = frame("search_library", **{"theme": "any", **wanted})
        asked = {name: value for name, value in wanted.items() if name != "evidence"}
        found = exemplars.search(showing.cards(), evidence=int(wanted.get("evidence", 0)), **asked)
        assert [text.split(": ")[0] for text in column(made, "Who, and what they claim")] == [
            who.split(": ")[0] for who in found["who"]
        ]
        assert made.summary.startswith(f"{len(found)} of {len(showing.cards())} cards")


def test_a_search_that_finds_nothing_says_how_to_go_on():
    made = frame("search_library", theme="local spending", sector="police")
    assert made.table.rows == [["No card", "–"]]
    assert "leave one thing open" in made.summary


def test_cards_to_check_are_shown_with_the_warning():
    made = frame("search_library", theme="any", word="charter")
    assert "Check before relying on this." in column(made, "Evidence, and what you could reuse")[0]


@pytest.mark.parametrize("need", showing.NEEDS)
def test_three_cards_can_be_found_for_a_need_or_as_many_as_there_are(need):
    fits = [name for name in showing.PICKS if showing._card_of(name)["theme"] == need]
    picked = (fits + [name for name in showing.PICKS if name not in fits])[:3]
    made = frame("shortlist", need=need, **{f"pick{n}": name for n, name in enumerate(picked, 1)})
    assert made.summary.startswith(f"{min(3, len(fits))} of 3 ")
    assert len(fits) >= 2


def test_the_same_card_three_times_is_no_shortlist():
    same = frame("shortlist", **dict.fromkeys(("pick1", "pick2", "pick3"), "sheffield-notice"))
    assert "pick three" in same.summary
    assert len(same.table.rows) == 1


def test_the_leaflet_can_go_out_when_every_line_survives():
    good = frame("leaflet_maker", work="net", record="all", quote="named", limits=True)
    assert "The leaflet can go out." in good.summary
    assert "Carbon avoided: 12 tonnes CO2e, 30 promised" in " ".join(column(good, "Line"))
    for piece, bad in (("work", "bold"), ("record", "best"), ("quote", "taken"), ("limits", False)):
        one = {"work": "net", "record": "all", "quote": "named", "limits": True, piece: bad}
        assert "1 question would stop it" in frame("leaflet_maker", **one).summary


def test_the_finished_leaflet_says_what_the_records_say_and_each_claim_stands():
    claims = exemplars.leaflet_claims(showing.leaflet_figures())
    assert all(exemplars.claim_audit(claim) == [] for claim in claims.to_dict("records"))
    said = " ".join(claims["claim"])
    for part in (
        "from 31 to 38",
        "4 people, of 6",
        "43 placements, of 40",
        "20 sessions, of 20",
        "12 tonnes",
    ):
        assert part in said
    assert 'download="leaflet.html"' in showing.finished_leaflet()._plain()[0]


def test_what_birch_would_have_wanted_stands_against_every_pair_of_questions():
    for _, made in every_state(showing.audit_table()):
        assert "“Residents in work rose from 31 to 38 of 100.” with source and date" in made.summary
    for asked in showing.PAIRS:
        made = frame("audit_table", claim="work-plain", printed="source", asked=asked)
        assert "The line stands whatever is asked, and 24 of 100" in made.summary


def test_a_fault_is_caught_only_by_the_question_that_finds_it():
    bold = {"claim": "satisfied-bold", "printed": "source"}
    assert frame("audit_table", **bold, asked="base-compared").summary.startswith("Caught")
    missed = frame("audit_table", **bold, asked="source-cause")
    assert "with a fault that nobody asked about" in missed.summary
    assert [m["state"] for m in missed.data["questions"]] == ["missed", "not asked", "answered", "answered"]


def test_one_job_under_three_labels_is_39901_and_counted_once_14790():
    made = frame("same_job")
    assert column(made, "Amount")[-2:] == ["£39,901.03", "£14,790.17"]
    assert "not public value" in frame("same_job", job=False, benefit=False).summary
    assert "the claim stands" in frame("same_job", benefit=False, government=False).summary
    with pytest.raises(InputError, match="tick at least one"):
        frame("same_job", job=False, benefit=False, government=False)


def test_three_years_of_one_post_are_one_job_and_three_job_years():
    made = frame("job_years")
    assert column(made, "Number") == ["1", "1", "3"]
    assert column(frame("job_years", posts=4, years=3, hours="0.5"), "Number") == ["4", "2", "6"]


def test_moving_money_between_local_districts_moves_only_the_deprived_share():
    start, moved = frame("local_or_deprived"), frame("local_or_deprived", trafford=150)
    assert start.table.rows[-1][2:] == ["80%", "48.3%"]
    assert moved.table.rows[-1][2:] == ["80%", "73.3%"]
    assert frame("local_or_deprived", blackpool=20).table.rows[-1][2:] == ["83.3%", "45%"]


def some_states(explorer):
    """Go through every state, or through every so many where there are thousands."""
    every = list(itertools.product(*(control.states() for control in explorer.controls)))
    for state in every[:: max(1, len(every) // 400)]:
        values = {control.key: value for control, value in zip(explorer.controls, state, strict=True)}
        try:
            yield values, explorer.compute(values)
        except InputError:
            yield values, None


@pytest.mark.parametrize("piece", PIECES)
def test_every_state_computes_with_a_square_table_and_the_rows_its_charts_name(piece):
    explorer = getattr(showing, piece)()
    needed = set()
    for chart in explorer.spec["charts"]:
        needed |= set(re.findall(r"'data': \{'name': '(\w+)'\}", str(chart)))
    for values, made in some_states(explorer):
        if made is None:
            assert piece == "same_job", values
            continue
        assert set(made.data) == needed
        assert {len(row) for row in made.table.rows} == {len(made.table.columns)}
        assert made.summary[-1] in ".”?", made.summary


MOVABLE = [(p, c.key) for p in PIECES for c in getattr(showing, p)().controls]


@pytest.mark.parametrize(("piece", "key"), MOVABLE)
def test_moving_any_one_control_changes_what_is_shown(piece, key):
    explorer = getattr(showing, piece)()
    control = next(c for c in explorer.controls if c.key == key)
    shown = {str(explorer.compute({**explorer.values, key: value})) for value in control.states()}
    assert len(shown) > 1
