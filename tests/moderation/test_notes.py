import json

import pandas as pd
import pytest

from course.errors import InputError
from course.moderation import FAULTS, check_notes, words_found
from course.places import DATASETS

BIDDERS = ["Alder", "Birch CIC", "Cedar"]
SUB_CRITERIA = {"local need": ["need", "residents", "ward*"], "delivery": ["plan", "milestone*"]}
SOUND = (
    "Score 3. The bid states a plan with four dated milestones and names the wards it serves, because the"
    " need there is greatest. It does not say who replaces a partner."
)


def faults(*notes, bidder="Birch CIC"):
    table = pd.DataFrame({"bidder": bidder, "note": notes})
    return check_notes(table, BIDDERS, SUB_CRITERIA)


def test_a_sound_note_has_no_fault():
    table = faults(SOUND)
    assert table.empty
    assert table.columns.tolist() == ["note", "bidder", "fault", "words", "explanation"]


def test_a_bare_judgement_gives_no_reason():
    table = faults("Good plan, meets the need. A STRONG answer.")
    assert table.to_dict("records") == [
        {
            "note": 1,
            "bidder": "Birch CIC",
            "fault": "no_reason",
            "words": "Good, STRONG",
            "explanation": "Nothing ties the mark to the bid: say what the bid says, or leaves out, that "
            "earned it.",
        }
    ]


@pytest.mark.parametrize(
    ("addition", "words"),
    [
        ("Better than Cedar.", "Better than, Cedar"),
        ("ALDER offered more.", "ALDER"),
        ("The other bids had fewer.", "other bids"),
        ("Compared  with the rest it is thin.", "Compared  with"),
    ],
)
def test_a_note_that_compares_bids_is_faulted(addition, words):
    table = faults(f"{SOUND} {addition}")
    assert table[["fault", "words"]].to_numpy().tolist() == [["other_bid", words]]
    assert table["explanation"][0] == (
        "A bid is marked against the criterion, not against other bids: take the comparison out."
    )


@pytest.mark.parametrize("name", ["Birch CIC", "Birch"])
def test_a_note_may_name_its_own_bidder(name):
    assert faults(f"{SOUND} {name} states so.").empty


@pytest.mark.parametrize("name", ["Birch CIC", "birch", "BIRCH"])
def test_another_bidder_is_known_without_its_company_ending(name):
    table = faults(f"{SOUND} {name} says more.", bidder="Alder")
    assert table["words"].tolist() == [name]


def test_a_name_within_the_bidders_own_name_is_not_another_bid():
    note = pd.DataFrame({"bidder": ["Birch Homes"], "note": [f"{SOUND} Birch Homes says so."]})
    assert check_notes(note, ["Birch Homes", "Birch CIC"], SUB_CRITERIA).empty


def test_a_word_that_holds_a_name_is_not_the_name():
    assert faults(f"{SOUND} Cedarwood Lane and the alders are named.").empty


def test_a_sub_criterion_that_is_not_mentioned_is_named():
    table = faults("Score 2, because the bid sets out a plan.")
    assert table[["fault", "words"]].to_numpy().tolist() == [
        ["ignored_sub_criterion", "need, residents, ward*"]
    ]
    assert table["explanation"][0] == (
        "The note says nothing on 'local need': say how the bid meets it, or does not."
    )


@pytest.mark.parametrize("note", ["", None, float("nan")])
def test_an_empty_note_has_every_fault_but_comparison(note):
    table = faults(note)
    assert table["fault"].tolist() == ["no_reason", "ignored_sub_criterion", "ignored_sub_criterion"]
    assert table["words"].tolist() == ["", "need, residents, ward*", "plan, milestone*"]


def test_faults_are_numbered_by_note_and_have_labels():
    table = faults(SOUND, "Weak.", SOUND)
    assert set(table["note"]) == {2}
    assert set(table["fault"]) < set(FAULTS)
    assert FAULTS == {
        "no_reason": "No reason given",
        "other_bid": "Another bid named",
        "ignored_sub_criterion": "Sub-criterion ignored",
    }


@pytest.mark.parametrize("column", ["bidder", "note"])
def test_a_missing_column_is_named(column):
    notes = pd.DataFrame({"bidder": ["Alder"], "note": [SOUND]}).drop(columns=column)
    with pytest.raises(InputError) as error:
        check_notes(notes, BIDDERS, SUB_CRITERIA)
    assert str(error.value) == f"The notes have no column '{column}': add it, one value for each note."


def test_a_note_on_no_bidder_is_refused():
    with pytest.raises(InputError) as error:
        faults(SOUND, bidder="Elm")
    assert str(error.value) == "Note 1 is about 'Elm', who did not bid: correct the name."


@pytest.mark.parametrize("words", [[], ["", " "], ["*"]])
def test_a_sub_criterion_without_words_is_refused(words):
    with pytest.raises(InputError) as error:
        check_notes(pd.DataFrame({"bidder": [], "note": []}), BIDDERS, {"delivery": words})
    assert str(error.value) == "The sub-criterion 'delivery' has no words to look for: give at least one."


@pytest.mark.parametrize(
    ("text", "words", "found"),
    [
        ("Jobs and a job", ["job"], ["job"]),
        ("Jobs and a job", ["job*"], ["Jobs", "job"]),
        ("Jobs, jobs, Jobs", ["jobs"], ["Jobs", "jobs"]),
        ("a local\n job", [" local job "], ["local\n job"]),
        ("carbon then jobs", ["jobs", "carbon"], ["carbon", "jobs"]),
        ("net-zero plan", ["net-zero"], ["net-zero"]),
        ("anything", ["", "*"], []),
        ("(a+b)", ["a+b"], ["a+b"]),
        ("aab", ["a+b"], []),
        ("rejobs", ["jobs"], []),
        ("local jobs now", ["local", "local jobs", "jobs now"], ["local jobs"]),
        ("jobs,jobs local", ["jobs", "jobs local"], ["jobs", "jobs local"]),
    ],
)
def test_words_are_found_whole_and_shown_as_written(text, words, found):
    assert words_found(text, words) == found


@pytest.mark.parametrize(
    "reason",
    [
        *("because", "as it", "as they", "shows", "showing", "states", "sets out", "describes", "explains"),
        *("tells us", "for instance"),
        *("names", "commits", "evidence", "evidenced", "for example", "page 4", "pages 4 and 5", "section 2"),
        *("paragraph 9", "does not", "do not", "did not", "no detail", "no details", "lacks", "omits"),
        *("omitted", "missing", "without"),
    ],
)
def test_a_reason_may_be_given_in_many_words(reason):
    assert faults(f"Residents, plan: {reason}").empty


@pytest.mark.parametrize(
    "judgement",
    [
        *("excellent", "good", "strong", "satisfactory", "adequate", "acceptable", "fair", "limited", "weak"),
        "poor",
    ],
)
def test_a_bare_judgement_is_shown(judgement):
    table = faults(f"The plan for residents is {judgement}")
    assert table[["fault", "words"]].to_numpy().tolist() == [["no_reason", judgement]]


@pytest.mark.parametrize(
    "comparison",
    [
        *(
            "other bids",
            "other tenders",
            "other tenderer",
            "other suppliers",
            "other provider",
            "another bidder",
        ),
        *("competitors", "better than", "worse than", "stronger than", "weaker than", "compared with"),
        *(
            "compared to",
            "as good as",
            "as strong as",
            "as weak as",
            "best of",
            "best bid",
            "the strongest",
            "the weakest",
            "than the rest",
        ),
    ],
)
def test_a_comparison_may_be_made_in_many_words(comparison):
    table = faults(f"{SOUND} It is {comparison} there.")
    assert table[["fault", "words"]].to_numpy().tolist() == [["other_bid", comparison]]


@pytest.mark.parametrize("ending", ["CIC", "C.I.C.", "Ltd", "limited", "LLP", "plc", "CIO"])
def test_each_company_ending_is_known(ending):
    note = pd.DataFrame({"bidder": ["Alder"], "note": [f"{SOUND} Oak Homes says more."]})
    assert check_notes(note, ["Alder", f"Oak Homes {ending}"], SUB_CRITERIA)["words"].tolist() == [
        "Oak Homes"
    ]


def test_a_name_without_a_company_ending_is_matched_whole():
    note = pd.DataFrame({"bidder": ["Alder"], "note": [f"{SOUND} An oak is planted."]})
    assert check_notes(note, ["Alder", "Oak Homes"], SUB_CRITERIA).empty


@pytest.mark.parametrize(
    "note",
    [
        "The lead is named and the first milestone falls in month three.",
        "Scored 4. Posts for care leavers, with start dates; only the follow-up after 13 weeks is thin.",
        "Promises 12 placements a year but gives no baseline.",
        "Full plan for safety: lead, dates, measure, past result with its base, and one risk faced.",
        "The bid quotes its own result: “seven of nine starts completed”.",
        'Its own words, "nobody waits longer", meet the point.',
        "Identifies the main risk and a way to meet it.",
        "A partner is named, yet it is unclear who manages them.",
        "Reporting is described, quarterly, to our contract meeting.",
        "Dates given; the rest is poor.",
        "Nobody is named as owner.",
        "None of this is yet costed.",
        "Two of the sub-points asked for are not covered.",
        "Silent on what happens if an apprentice leaves.",
        "It is not clear who will lead the work.",
        "Specific about when recruitment begins.",
        "How the work is checked is very thin.",
        "What happens in year two is left open.",
        "The bidder pledges £4,000 for tools.",
        "90% of starters come from the wards.",
        "Half the posts are for residents of Mill and Harbour.",
        "Recruits through the jobcentre and pays fares for six months.",
        "Cites a case study from a similar contract.",
        "Relies on a college that is not yet named.",
        "The follow-up is not properly described.",
        "Leaves out what follows the first term.",
        "Quarterly reports are offered.",
        "Backed by past results.",
        "It doesn’t say where the places will be.",
        "It doesn't say where the places will be.",
        "Tells us that the college will recruit.",
        "Only a general promise; no figures.",
        "Small gap on reporting.",
        "Question on carbon left blank.",
        "No answer on carbon.",
        "General statement on carbon; nothing specific to this contract.",
    ],
)
def test_a_note_that_says_what_the_bid_holds_or_lacks_gives_a_reason(note):
    assert reasonless(note) == []


@pytest.mark.parametrize(
    "note",
    [
        "A strong and convincing answer overall.",
        "Demonstrates a good understanding of risk.",
        "Meets the requirement.",
        "Meets the standard for a 3.",
        "Score 4.",
        "Scored 4: good, with a small gap.",
        "A solid 4.",
        "4 overall.",
        "4/5",
        "3 out of 5, fair.",
        "Marked at 3: satisfactory.",
        "The panel agreed 2 and no more.",
        "As expected.",
        "Covers the question well.",
        "Two or three weak areas.",
        "Four good points.",
        "Very professional and well presented.",
        "Addresses the criterion to a high standard.",
        "Some gaps. A few minor concerns.",
        "Lacking in places.",
        "No concerns. No issues.",
        "Good measures and targets.",
        "The targets are ambitious.",
        "A well known firm in the sector.",
        "They ran our last contract and were pleasant to deal with.",
        "Comprehensive response that gives assurance.",
        "Bid 4 was good on Q2 and question 3.",
        "Robust approach, with clear benefits. Nice measures.",
        'A "strong" answer.',
    ],
)
def test_praise_blame_and_marks_alone_are_no_reason(note):
    assert reasonless(note) == [note]


def test_in_calderbrooks_data_the_notes_without_a_reason_are_those_planted():
    scores = pd.read_csv(DATASETS / "evaluator_scores.csv").set_index(
        ["bid_id", "question_id", "evaluator_id"]
    )["note"]
    described = json.loads((DATASETS / "datapackage.json").read_text(encoding="utf-8"))
    planted = {"note-gives-no-reason": set(), "note-compares-bids": set(), "note-off-criterion": set()}
    for resource in described["resources"]:
        for row in resource["data"] if isinstance(resource.get("data"), list) else []:
            if row.get("feature") in planted:
                key = tuple(part.split("=")[1] for part in row["rows"].split("; "))
                planted[row["feature"]].add(scores[key])
    assert all(planted.values())
    assert set(reasonless(*scores.unique())) == set().union(*planted.values())


def reasonless(*notes):
    table = check_notes(pd.DataFrame({"bidder": "Alder", "note": notes}), ["Alder"], {})
    return [notes[number - 1] for number in table.loc[table["fault"] == "no_reason", "note"]]
