"""Answers that are too alike, for a person to look at. Nothing here scores anybody or changes a mark.

Free text is compared by its phrases of three words, as winnowing compares programs by their fingerprints
(Schleimer, Wilkerson and Aiken 2003). What everybody was given does not count: the exercise's own words, its
samples, and phrases that many used.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from course import answers
from course.authoring.source import Exercise
from course.cohorts.progress import marks, rows_of
from course.cohorts.roster import roster
from course.grading.nbgrader_folder import prepare

PHRASE = 3  # words
ALIKE = 0.35  # share of the shorter answer's own phrases
LEAST_SHARED = 12  # phrases, however short the answers
COMMON = 0.2  # of the answers: what more than that many use is nobody's own
LEAST_COMMON = 4  # but a phrase that so few use may be somebody's own in a small cohort too
SAME_ANSWERS = 3  # uncommon answers that two have alike
SAME_MOMENTS = 3  # answers given in the same second, to the same question
THRESHOLDS = (
    f"Two texts are shown if they share {ALIKE:.0%} of the shorter one’s phrases of {PHRASE} words, and at "
    f"least {LEAST_SHARED} such phrases. The exercise’s own words and its samples do not count, nor does a "
    f"phrase that more than {COMMON:.0%} of the answers use. Two answer files are shown if {SAME_ANSWERS} "
    f"uncommon answers are the same and not both right, or {SAME_MOMENTS} same ones came in the same second. "
    "It is a reason to look, and no more: people who work side by side write alike."
)
FREE = ["question", "learner", "name", "other", "other_name", "alike", "shared", "say"]
FILES = ["learner", "name", "other", "other_name", "same", "moments", "questions", "say"]


def phrases(text: str) -> set[tuple[str, ...]]:
    """Return a text's phrases of three words, without capitals and punctuation."""
    words = re.findall(r"[^\W_]+(?:['’][^\W_]+)?", text.lower())
    return {tuple(words[at : at + PHRASE]) for at in range(len(words) - PHRASE + 1)}


def compare(texts: Mapping[str, str], given: Iterable[str] = ()) -> pd.DataFrame:
    """Find pairs of texts that are too alike.

    Parameters
    ----------
    texts : mapping of str to str
        By learner.
    given : iterable of str
        What everybody was given: phrases of it do not count.

    Returns
    -------
    DataFrame
        Columns learner, other, alike (share of the shorter one's own phrases, 0 to 1), shared (how many);
        most alike first.
    """
    template: set[tuple[str, ...]] = set().union(*map(phrases, given)) if given else set()
    own = {learner: phrases(text) - template for learner, text in texts.items()}
    used = Counter(phrase for mine in own.values() for phrase in mine)
    most = max(LEAST_COMMON, COMMON * len(texts))
    own = {learner: {p for p in mine if used[p] <= most} for learner, mine in own.items()}
    # A phrase that only one has cannot be shared; without those the table is small.
    columns = {p: n for n, p in enumerate(sorted({p for mine in own.values() for p in mine if used[p] > 1}))}
    learners = list(own)
    table = np.zeros((len(learners), len(columns)), dtype=np.float32)
    for row, learner in enumerate(learners):
        table[row, [columns[p] for p in own[learner] if p in columns]] = 1
    shared = table @ table.T
    sizes = np.array([max(len(own[learner]), 1) for learner in learners])
    alike = shared / np.minimum.outer(sizes, sizes)
    one, two = np.nonzero(np.triu((alike >= ALIKE) & (shared >= LEAST_SHARED), 1))
    rows = [
        (learners[a], learners[b], float(alike[a, b]), int(shared[a, b]))
        for a, b in zip(one, two, strict=True)
    ]
    rows.sort(key=lambda row: (-row[2], row[0], row[1]))
    return pd.DataFrame(rows, columns=["learner", "other", "alike", "shared"])


def alike(root: Path, exercise: str, made: Exercise | None = None) -> pd.DataFrame:
    """Find free text of an exercise that is too alike, for a person to look at.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    exercise : str
        The exercise's id.
    made : Exercise, optional
        The exercise, if it is loaded already.

    Returns
    -------
    DataFrame
        Columns question, learner, name, other, other_name, alike (0 to 1), shared (phrases), say; most alike
        first. The same text word for word is always shown, however short, from five words on.
    """
    made = made or prepare(root, exercise)
    names = _names(root)
    given = _submitted(root, exercise)
    rows: list[tuple[Any, ...]] = []
    for question, rubric in made.rubrics.items():
        asked = made.questions[question]
        template = [
            asked.prompt,
            asked.help,
            *(sample.text for sample in rubric.samples),
            *(text for texts in rubric.criteria.values() for text in texts),
        ]
        texts = {
            learner: str(mine[question].value)
            for learner, mine in given.items()
            if question in mine and isinstance(mine[question].value, str)
        }
        found = {
            (r.learner, r.other): (r.alike, r.shared, f"They share {r.shared} phrases of {PHRASE} words.")
            for r in rows_of(compare(texts, template))
        }
        for pair in _same_texts(texts):
            found[pair] = 1.0, found.get(pair, (0, 0))[1], "They are the same, word for word."
        rows += [
            (question, one, names.get(one, one), two, names.get(two, two), *found[one, two])
            for one, two in sorted(found, key=lambda pair: (-found[pair][0], pair))
        ]
    return pd.DataFrame(rows, columns=FREE)


def _same_texts(texts: Mapping[str, str]) -> list[tuple[str, str]]:
    by: dict[str, list[str]] = defaultdict(list)
    for learner, text in texts.items():
        plain = " ".join(text.lower().split())
        if len(plain.split()) >= 5:
            by[plain].append(learner)
    return [pair for group in by.values() for pair in combinations(group, 2)]


def same_answers(root: Path, exercise: str) -> pd.DataFrame:
    """Find answer files that are too alike: each learner has other numbers, so right answers differ too.

    Returns
    -------
    DataFrame
        Columns learner, name, other, other_name, same (uncommon answers that both have, not both right),
        moments (same answers given in the same second), questions (their ids), say; most alike first.
    """
    names, given = _names(root), _submitted(root, exercise)
    right = _right(root, exercise)
    most = max(2, round(0.05 * len(given)))
    same: dict[tuple[str, str], list[str]] = defaultdict(list)
    moments: Counter[tuple[str, str]] = Counter()
    every = sorted({question for mine in given.values() for question in mine})
    for question in every:
        by: dict[str, list[str]] = defaultdict(list)
        for learner, mine in given.items():
            value = mine[question].value if question in mine else None
            if value not in (None, "", [], {}) and not (isinstance(value, str) and " " in value.strip()):
                by[json.dumps(value, sort_keys=True)].append(learner)
        for group in by.values():
            stamps: dict[str, list[str]] = defaultdict(list)
            for learner in group:
                stamps[given[learner][question].at].append(learner)
            for at_once in stamps.values():
                if len(at_once) <= most:
                    moments.update(combinations(at_once, 2))
            if len(group) > most:
                continue
            for pair in combinations(group, 2):
                if not all((learner, question) in right for learner in pair):
                    same[pair].append(question)
    rows = []
    for one, two in set(same) | set(moments):
        count, together = len(same.get((one, two), ())), moments[one, two]
        if count < SAME_ANSWERS and together < SAME_MOMENTS:
            continue
        said = []
        if count >= SAME_ANSWERS:
            said.append(f"{count} uncommon answers are the same, and not both right.")
        if together >= SAME_MOMENTS:
            said.append(f"{together} same answers were given in the same second.")
        questions = ", ".join(same.get((one, two), ()))
        rows.append(
            (one, names.get(one, one), two, names.get(two, two), count, together, questions, " ".join(said))
        )
    rows.sort(key=lambda row: (-row[4] - row[5], row[0], row[2]))
    return pd.DataFrame(rows, columns=FILES)


def _names(root: Path) -> dict[str, str]:
    people = roster(root)
    return dict(zip(people["id"], people["name"], strict=True))


def _submitted(root: Path, exercise: str) -> dict[str, dict[str, answers.Answer]]:
    places = sorted((root / "submitted").glob(f"*/{exercise}"))
    return {place.parent.name: answers.read(place) for place in places}


def _right(root: Path, exercise: str) -> set[tuple[str, str]]:
    """Return who has full marks on what; nobody, before it is marked."""
    table = marks(root)
    full = table[(table["exercise"] == exercise) & (table["points"] >= table["out_of"] - 1e-9)]
    return set(zip(full["learner"], full["question"], strict=True))
