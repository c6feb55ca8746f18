"""What one mark on one question is worth in the whole award."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course.errors import InputError
from course.moderation import points_per_mark


def test_a_mark_of_five_on_half_of_a_ten_percent_section_is_one_point():
    assert points_per_mark(10, 50) == pytest.approx(1.0)


def test_another_scale_spreads_the_same_points_over_its_marks():
    assert points_per_mark(30, 25, top=10) == pytest.approx(0.75)


@settings(max_examples=40)
@given(st.floats(0, 100), st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(1, 10))
def test_full_marks_on_every_question_earn_the_sections_weight(section, shares, top):
    weights = [100 * share / sum(shares) for share in shares]
    assert sum(top * points_per_mark(section, w, top) for w in weights) == pytest.approx(section)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((101, 50), "section's weight is 101"),
        ((10, -1), "question's weight is -1"),
        ((10, 50, 0), "mark is 0"),
    ],
)
def test_figures_out_of_range_are_named(given, message):
    with pytest.raises(InputError, match=message):
        points_per_mark(*given)
