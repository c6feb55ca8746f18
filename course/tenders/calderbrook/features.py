"""Plant what lessons look for in the tidy tables: poor notes, split panels, an evaluator who stepped out."""

from typing import NamedTuple

from course.tenders.calderbrook import vocabulary as words
from course.tenders.calderbrook.draws import Draws
from course.tenders.calderbrook.procurements import (
    DELIVERY_CASE,
    MODERATION_CASE,
    NAMED_CASE,
    SPLIT_CASES,
    SPLIT_SCORES,
    Bid,
    EvaluatorScore,
    Procurement,
)

POOR_NOTES_OF_A_KIND = 12
ABSENT_EVALUATOR, ABSENCES = "E3", 3
STEPPED_OUT = "Declared an interest in this bidder and did not score."


class Feature(NamedTuple):
    """Something planted in a tidy table: the table, the rows as `column=value; ...`, a code and a remark."""

    table: str
    rows: str
    code: str
    what: str


def _row(bid: Bid, *, question: str = "", evaluator: str = "") -> str:
    parts = {"bid_id": bid.id, "question_id": question, "evaluator_id": evaluator}
    return "; ".join(f"{column}={value}" for column, value in parts.items() if value)


def _split_panels(procurements: list[Procurement]) -> list[Feature]:
    features = []
    for procurement in procurements:
        if procurement.service.title not in SPLIT_CASES:
            continue
        bid = next(bid for bid in procurement.bids if bid.on_time)
        for i, (score, sheet) in enumerate(zip(SPLIT_SCORES, bid.scores[:4], strict=True)):
            focus = procurement.questions[0].focus
            bid.scores[i] = sheet._replace(score=score, note=words.NOTES[score][0].format(focus=focus))
        features.append(
            Feature(
                "evaluator_scores",
                _row(bid, question="Q1"),
                "split-panel",
                "scores 5, 5, 1, 1: their mean hides the split",
            )
        )
    return features


def _absences(draws: Draws, procurements: list[Procurement]) -> list[Feature]:
    features = []
    hosts = [p for p in procurements if p.winner and p.service.title not in (MODERATION_CASE, *SPLIT_CASES)]
    for procurement in draws.shuffled(hosts)[:ABSENCES]:
        bid = draws.pick([bid for bid in procurement.bids if bid.on_time])
        bid.scores = [
            sheet._replace(score=None, note=STEPPED_OUT) if sheet.evaluator == ABSENT_EVALUATOR else sheet
            for sheet in bid.scores
        ]
        features.append(
            Feature(
                "evaluator_scores",
                _row(bid, evaluator=ABSENT_EVALUATOR),
                "evaluator-stepped-out",
                "no scores: the evaluator declared an interest",
            )
        )
    return features


def _may_carry(sheet: EvaluatorScore, code: str) -> bool:
    if sheet.score is None:
        return False
    return sheet.score in (1, 5) if code == "note-contradicts-score" else True


def _poor_notes(draws: Draws, procurements: list[Procurement]) -> list[Feature]:
    sheets = [
        (procurement, bid, i)
        for procurement in procurements
        if procurement.id != NAMED_CASE
        for bid in procurement.bids
        for i in range(len(bid.scores))
    ]
    order = iter(draws.shuffled(sheets))
    features = []
    for code, notes in words.POOR_NOTES.items():
        planted = 0
        while planted < POOR_NOTES_OF_A_KIND:
            procurement, bid, i = next(order)
            sheet = bid.scores[i]
            if not _may_carry(sheet, code):
                continue
            focus = next(q.focus for q in procurement.questions if q.id == sheet.question)
            note = draws.pick(notes)
            if code == "note-contradicts-score":
                note = notes[0] if sheet.score == 1 else notes[1]
            bid.scores[i] = sheet._replace(note=note.format(focus=focus))
            row = _row(bid, question=sheet.question, evaluator=sheet.evaluator)
            features.append(Feature("evaluator_scores", row, code, bid.scores[i].note))
            planted += 1
    return features


def plant_features(seed: int, procurements: list[Procurement]) -> list[Feature]:
    """Plant the features of the tidy tables, in place, and list them with those drawn from the start.

    Parameters
    ----------
    seed
        The seed of the whole data set.
    procurements
        From `draw_procurements`.

    Returns
    -------
    list of Feature
        Everything a lesson may rely on finding.
    """
    draws = Draws(seed, 10)
    by_title = {procurement.service.title: procurement for procurement in procurements}
    features = [
        Feature(
            "bids",
            f"procurement_id={NAMED_CASE}",
            "named-case",
            "the case of the course: Alder, Birch CIC, Cedar and Dogwood, not yet awarded",
        ),
        Feature(
            "evaluator_scores",
            f"procurement_id={by_title[MODERATION_CASE].id}; question_id=S1",
            "moderation-case",
            "six bids by four evaluators: Krippendorff's alpha (interval) is 0.495",
        ),
        Feature(
            "delivery",
            f"procurement_id={by_title[DELIVERY_CASE].id}",
            "delivery-case",
            "the first four quarters come to 4 of 6, 43 of 40, 20 of 20 and 12 of 30",
        ),
        *(
            Feature(
                "procurements",
                f"procurement_id={procurement.id}",
                "social-value-not-in-notice",
                "the weight of social value is folded into quality in the tender notice",
            )
            for procurement in procurements
            if not procurement.social_value_shown
        ),
    ]
    features += _split_panels(procurements)
    features += _absences(draws, procurements)
    return features + _poor_notes(draws, procurements)
