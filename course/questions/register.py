"""The questions asked so far in this notebook, in order, by id."""

from course.questions.kinds import Question

asked: dict[str, Question] = {}
