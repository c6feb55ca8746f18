import pytest

from course.consultation import NOT_CODED, code_comments, tally_themes
from course.errors import InputError

THEMES = {"jobs": ["job*", "apprentice*"], "green space": ["park", "trees"]}
COMMENTS = [
    "Jobs for young people, and apprenticeships",
    "More trees by the jobcentre",
    "",
    "Stop the buses being late",
    None,
    "Any job will do",
]


def test_each_comment_shows_its_themes_and_the_words_that_matched():
    coded = code_comments(COMMENTS, THEMES)
    assert coded.columns.tolist() == ["comment_no", "comment", "theme", "words"]
    assert coded[["comment_no", "theme", "words"]].to_numpy().tolist() == [
        [1, "jobs", "Jobs, apprenticeships"],
        [2, "jobs", "jobcentre"],
        [2, "green space", "trees"],
        [4, NOT_CODED, ""],
        [6, "jobs", "job"],
    ]
    assert coded["comment"][3] == "Stop the buses being late"


def test_the_tally_counts_comments_and_keeps_those_not_coded_in_sight():
    tally = tally_themes(code_comments(COMMENTS, THEMES))
    assert tally.columns.tolist() == ["theme", "comments", "share", "words"]
    assert tally.to_numpy().tolist() == [
        ["jobs", 3, 0.75, "apprenticeships, job, jobcentre, jobs"],
        ["green space", 1, 0.25, "trees"],
        ["Not coded", 1, 0.25, ""],
    ]


def test_not_coded_comes_last_however_many_and_is_there_when_none():
    many = tally_themes(code_comments(["x", "y", "park"], THEMES))
    assert many[["theme", "comments"]].to_numpy().tolist() == [["green space", 1], [NOT_CODED, 2]]
    none = tally_themes(code_comments(["park"], THEMES))
    assert none.to_numpy().tolist() == [["green space", 1, 1, "park"], [NOT_CODED, 0, 0, ""]]


def test_themes_as_frequent_as_each_other_come_by_alphabet():
    tally = tally_themes(code_comments(["park", "job"], THEMES))
    assert tally["theme"].tolist() == ["green space", "jobs", NOT_CODED]


def test_a_theme_set_by_hand_is_counted_once_a_comment():
    coded = code_comments(COMMENTS, THEMES)
    coded.loc[coded["theme"] == NOT_CODED, "theme"] = "buses"
    coded.loc[coded["theme"] == "green space", "theme"] = "jobs"
    tally = tally_themes(coded).set_index("theme")
    assert tally["comments"].to_dict() == {"jobs": 3, "buses": 1, NOT_CODED: 0}


@pytest.mark.parametrize(
    ("themes", "message"),
    [
        ({}, "There are no themes: name at least one and its keywords."),
        ({"jobs": ["job"], "parks": []}, "The theme 'parks' has no keywords: give at least one."),
        ({"jobs": [" ", "*"]}, "The theme 'jobs' has no keywords: give at least one."),
        ({NOT_CODED: ["x"]}, "A theme cannot be called 'Not coded': that is for comments without one."),
    ],
)
def test_unusable_themes_are_refused(themes, message):
    with pytest.raises(InputError) as error:
        code_comments(COMMENTS, themes)
    assert str(error.value) == message


def test_no_comments_are_not_counted():
    with pytest.raises(InputError) as error:
        tally_themes(code_comments(["", "  "], THEMES))
    assert str(error.value) == "There are no comments to count: add at least one."
