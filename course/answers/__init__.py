"""The answer file: what a learner answered in one exercise, kept beside its notebook."""

from course.answers.store import (
    ANSWER_FILE,
    JOURNAL_FILE,
    Answer,
    progress,
    read,
    record,
)

__all__ = ["ANSWER_FILE", "JOURNAL_FILE", "Answer", "progress", "read", "record"]
