"""What a consultation can and cannot tell: how many replied, how sure, what they said, who is missing.

To pool what groups want, turn their replies into groups here (`points_by_group`) and pool them with
`course.weighting.pooled_priorities`.
"""

from course.consultation.replies import Survey, margin_of_error, points_by_group, survey, who_is_missing
from course.consultation.themes import NOT_CODED, code_comments, tally_themes

__all__ = [
    "NOT_CODED",
    "Survey",
    "code_comments",
    "margin_of_error",
    "points_by_group",
    "survey",
    "tally_themes",
    "who_is_missing",
]
