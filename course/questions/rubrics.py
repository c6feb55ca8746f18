"""The rubric of a free-text question: four criteria scored 0 to 3, and samples to calibrate markers with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from IPython.display import HTML

from course.errors import InputError
from course.questions.register import asked

TOP = 3


@dataclass(frozen=True)
class Sample:
    """A written answer with the score it should get on each criterion, for markers to compare with."""

    name: str
    text: str
    scores: tuple[int, ...]


@dataclass(frozen=True)
class Rubric:
    """Criteria (name to the four descriptors of scores 0, 1, 2, 3) and calibration samples."""

    question: str
    criteria: dict[str, tuple[str, ...]]
    samples: tuple[Sample, ...]

    @property
    def points(self) -> int:
        """What a perfect answer earns."""
        return TOP * len(self.criteria)


collected: dict[str, Rubric] | None = None


def sample(name: str, text: str, scores: Sequence[int]) -> Sample:
    """Name a sample answer and the score it should get on each criterion."""
    return Sample(name, text, tuple(scores))


def rubric(question: str, criteria: Mapping[str, Sequence[str]], samples: Sequence[Sample]) -> Any:
    """Show how a free-text question is scored. Its samples are for markers and are not shown.

    Parameters
    ----------
    question : str
        The id of a `long_text` asked above.
    criteria : mapping of str to four str
        Criterion to what earns 0, 1, 2 and 3.
    samples : sequence of Sample
        At least a weak and a strong one.

    Raises
    ------
    InputError
        If the question is not a free text, or the rubric is incomplete.
    """
    made = Rubric(question, {name: tuple(texts) for name, texts in criteria.items()}, tuple(samples))
    fault = None
    if question not in asked or asked[question].kind != "long_text":
        fault = "its question is not a free text asked above"
    elif len(made.criteria) != 4 or any(len(texts) != TOP + 1 for texts in made.criteria.values()):
        fault = "it needs four criteria, each with a descriptor for 0, 1, 2 and 3"
    elif len(made.samples) < 2:
        fault = "it needs a weak and a strong sample"
    elif any(len(s.scores) != 4 or not set(s.scores) <= {0, 1, 2, 3} for s in made.samples):
        fault = "a sample needs four scores from 0 to 3"
    if fault:
        raise InputError(f"The rubric of “{question}” does not work: {fault}.")
    if collected is not None:
        collected[question] = made
    return HTML(rubric_table(made))


def rubric_table(made: Rubric, given: Sequence[int] = ()) -> str:
    """Return a rubric as an HTML table with row and column headings; scores that were given bear a tick."""
    head = "".join(f'<th scope="col">{score}</th>' for score in range(TOP + 1))
    scores = [*given, *[-1] * (len(made.criteria) - len(given))]
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + "".join(
            f'<td class="given">✓ {escape(text)}</td>' if at == score else f"<td>{escape(text)}</td>"
            for at, text in enumerate(texts)
        )
        + "</tr>"
        for (name, texts), score in zip(made.criteria.items(), scores, strict=True)
    )
    caption = "How your writing was scored" if given else "How your writing is scored"
    return (
        f'<table class="sva-rubric"><caption>{caption}: '
        f"four criteria, 0 to {TOP} points each</caption>"
        f'<thead><tr><th scope="col">Criterion</th>{head}</tr></thead><tbody>{rows}</tbody></table>'
    )
