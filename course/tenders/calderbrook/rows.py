"""The tidy tables as rows of text, ready to be written as CSV."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from course.tenders.calderbrook import vocabulary as words
from course.tenders.calderbrook.consultation import INVITED, OUTCOMES, Return
from course.tenders.calderbrook.dates import stamp
from course.tenders.calderbrook.delivery import DeliveryRecord
from course.tenders.calderbrook.procurements import Procurement

Rows = list[dict[str, str]]


def _text(value: Any) -> str:
    """Write one cell: nothing for None, true or false, ISO dates, numbers as they are."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _rows(records: Iterable[dict[str, Any]]) -> Rows:
    return [{name: _text(value) for name, value in record.items()} for record in records]


def _pounds(pence: int | None) -> str | None:
    return None if pence is None else f"{pence // 100}.{pence % 100:02d}"


def _weight(procurement: Procurement, weight: int) -> int | None:
    return weight if procurement.price_weight else None


def _procurement(p: Procurement) -> dict[str, Any]:
    return {
        "procurement_id": p.id,
        "ocid": p.ocid,
        "title": p.service.title,
        "department": p.service.department,
        "category": p.service.category,
        "cpv": p.service.cpv,
        "light_touch": p.light_touch,
        "above_threshold": p.above_threshold,
        "status": p.status,
        "tender_published": p.published,
        "tender_deadline": p.deadline,
        "contract_months": p.months,
        "extension_months": p.extension_months,
        "estimated_value_net": _pounds(p.value * 100),
        "price_weight": _weight(p, p.price_weight),
        "quality_weight": _weight(p, p.quality_weight),
        "social_value_weight": _weight(p, p.social_value_weight),
        "price_formula": p.formula or None,
        "bids_received": len(p.bids) if p.bids else None,
        "award_decided": p.award_decided if p.winner else None,
        "winning_bid_id": p.winner.id if p.winner else None,
        "award_value_net": _pounds(p.winner.price) if p.winner else None,
        "contract_start": p.start,
        "contract_end": p.end,
    }


def tidy_tables(
    procurements: list[Procurement],
    delivery: list[DeliveryRecord],
    returns: list[Return],
    pipelines: list[dict[str, Any]],
) -> dict[str, Rows]:
    """Lay everything out as tidy tables.

    Parameters
    ----------
    procurements, delivery, returns, pipelines
        From `draw_procurements`, `draw_delivery`, `draw_consultation` and `draw_pipelines`.

    Returns
    -------
    dict
        Name of the table to its rows, each a dict of column name to text. The columns are those the data
        dictionary describes.
    """
    with_questions = [p for p in procurements if p.questions]
    questions = [
        {
            "procurement_id": p.id,
            "question_id": q.id,
            "section": q.section,
            "question": q.text,
            "weight_in_section": q.weight,
        }
        for p in with_questions
        for q in p.questions
    ]
    bids = [
        {
            "procurement_id": p.id,
            "bid_id": bid.id,
            "bidder_id": bid.supplier.id,
            "bidder": bid.supplier.name,
            "size": bid.supplier.scale,
            "vcse": bid.supplier.vcse,
            "base": bid.supplier.base,
            "received": stamp(bid.received, bid.time),
            "on_time": bid.on_time,
            "price_net": _pounds(bid.price),
            "quality_score": bid.section_score(p.questions, "quality"),
            "social_value_score": bid.section_score(p.questions, "social value"),
        }
        for p in procurements
        for bid in p.bids
    ]
    scores = [
        {
            "procurement_id": p.id,
            "bid_id": bid.id,
            "question_id": sheet.question,
            "evaluator_id": sheet.evaluator,
            "evaluator_role": sheet.role,
            "score": sheet.score,
            "note": sheet.note,
        }
        for p in procurements
        for bid in p.bids
        for sheet in bid.scores
    ]
    moderated = [
        {
            "procurement_id": p.id,
            "bid_id": bid.id,
            "question_id": q.id,
            "agreed_score": bid.agreed[q.id],
            "reason": words.AGREED_NOTES[bid.agreed[q.id]].format(focus=q.focus),
        }
        for p in procurements
        for bid in p.bids
        if bid.agreed
        for q in p.questions
    ]
    records = [
        {
            "procurement_id": r.procurement.id,
            "supplier_id": r.procurement.winner.supplier.id if r.procurement.winner else None,
            "promise_id": r.promise_id,
            "theme": r.promise.theme,
            "promise": r.promise.text,
            "unit": r.promise.unit,
            "kpi_id": r.kpi_id,
            "contract_quarter": r.quarter,
            "period_start": r.start,
            "period_end": r.end,
            "target": r.target,
            "actual": r.actual,
            "evidence": r.promise.evidence if r.actual is not None else None,
            "reported": r.reported,
            "rating": r.rating,
        }
        for r in delivery
    ]
    replies = [
        {
            "return_id": reply.id,
            "received": reply.received,
            "group": reply.group,
            "neighbourhood": reply.neighbourhood,
            "prefers_local_jobs": reply.prefers_local_jobs,
            **dict(zip(OUTCOMES, reply.points or (None,) * 4, strict=True)),
            "comment": reply.comment,
        }
        for reply in returns
    ]
    invited = [{"group": group, "invited": number} for group, number in INVITED.items()]
    tables: dict[str, list[dict[str, Any]]] = {
        "procurements": [_procurement(p) for p in procurements],
        "questions": questions,
        "bids": bids,
        "evaluator_scores": scores,
        "moderated_scores": moderated,
        "delivery": records,
        "consultation_invited": invited,
        "consultation_returns": replies,
        "pipelines": pipelines,
    }
    return {name: _rows(rows) for name, rows in tables.items()}
