"""What one mark on one question is worth in the whole award."""

from course.errors import InputError


def points_per_mark(section_weight: float, question_weight: float, top: float = 5) -> float:
    """Return the points of 100 that one mark on a question earns.

    section_weight x question_weight / 100 / top: the question's share of its section's points, over the
    marks on its scale.

    Parameters
    ----------
    section_weight : float
        Weight of the section in the award, points of 100.
    question_weight : float
        Weight of the question in its section, points of 100.
    top : float
        The highest mark, above 0.

    Raises
    ------
    InputError
        If a weight is not from 0 to 100, or the highest mark is not above 0.
    """
    for name, weight in (("section's", section_weight), ("question's", question_weight)):
        if not 0 <= weight <= 100:
            raise InputError(f"The {name} weight is {weight:g}: keep it from 0 to 100.")
    if not top > 0:
        raise InputError(f"The highest mark is {top:g}: it must be above 0.")
    return section_weight * question_weight / 100 / top
