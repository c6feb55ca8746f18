import pytest

from course.errors import InputError
from course.measuring import evidence_designs, evidence_levels, evidence_of


def test_nesta_runs_from_theory_to_manuals():
    levels = evidence_levels("Nesta")
    assert levels["level"].tolist() == [1, 2, 3, 4, 5]
    assert levels["name"].tolist() == [
        "Theory of change",
        "Data showing change",
        "Cause shown with a comparison",
        "Independent replication",
        "Manuals and systems",
    ]
    assert levels["check_before_relying"].all()
    assert list(levels.index) == [0, 1, 2, 3, 4]


def test_maryland_runs_from_one_look_to_a_randomised_trial():
    levels = evidence_levels("Maryland")
    assert levels["level"].tolist() == [1, 2, 3, 4, 5]
    assert levels["name"].iloc[0] == "One look, or before and after"
    assert levels["name"].iloc[4] == "Randomised controlled trial"
    assert not levels["check_before_relying"].any()
    assert levels["level"].dtype == int
    assert list(levels.index) == [0, 1, 2, 3, 4]
    assert list(levels.columns) == ["level", "name", "what_it_takes", "check_before_relying", "check_reason"]


@pytest.mark.parametrize(
    ("design", "maryland", "nesta"),
    [
        ("before and after", "1", "2"),
        ("before and after with comparison", "3", "3"),
        ("matched comparison", "3 to 4", "3"),
        ("randomised", "5", "3"),
        ("independent replication", "", "4"),
        ("user quote", "", ""),
    ],
)
def test_the_level_a_design_reaches(design, maryland, nesta):
    row = evidence_of(design)
    assert (row.maryland, row.nesta) == (maryland, nesta)


def test_a_user_quote_is_not_evidence_of_effect():
    assert evidence_of("user quote").reading == "Illustrates; it is not evidence of effect"


def test_every_design_says_how_to_read_it():
    assert evidence_designs()["reading"].ne("").all()


def test_unknown_scales_and_designs_are_refused():
    with pytest.raises(InputError) as refused:
        evidence_levels("Richter")
    assert str(refused.value) == "'Richter' is not a scale held here. Choose Maryland or Nesta."
    with pytest.raises(InputError) as refused:
        evidence_of("hunch")
    assert str(refused.value) == (
        "'hunch' is not a design held here. Choose one of: user quote, theory of change, before and after, "
        "before and after with comparison, matched comparison, randomised, independent replication, "
        "manuals and systems."
    )
