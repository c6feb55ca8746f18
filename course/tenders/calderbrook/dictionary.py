"""The data dictionary: what every file, table and column holds. Both its written forms come from here."""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from course.tenders.calderbrook.consultation import OUTCOMES
from course.tenders.calderbrook.delivery import RATINGS, UNREPORTED
from course.tenders.calderbrook.features import Feature
from course.tenders.calderbrook.notices import LICENCE, SITE
from course.tenders.calderbrook.pipelines import COUNCILS
from course.tenders.calderbrook.planting import Planted
from course.tenders.calderbrook.procurements import NAMED_CASE, SNAPSHOT
from course.tenders.calderbrook.rows import Rows
from course.tenders.calderbrook.vocabulary import NEIGHBOURHOODS, PROMISES

LICENCES = [{"name": "CC-BY-4.0", "title": "Creative Commons Attribution 4.0", "path": LICENCE}]
SOURCES = [
    {
        "title": "Invented for the Social Value Academy. No real council, provider or person is in it.",
    },
    {
        "title": "Shape of the notices after Find a Tender, Cabinet Office. Contains public sector "
        "information licensed under the Open Government Licence v3.0.",
        "path": "https://www.find-tender.service.gov.uk",
    },
    {
        "title": "Open Contracting Data Standard 1.1, Open Contracting Partnership",
        "path": "https://standard.open-contracting.org/1.1/en/",
    },
    {
        "title": "UK extension of the Open Contracting Data Standard, Cabinet Office (MIT licence)",
        "path": "https://github.com/cabinetoffice/ocds_uk_extension",
    },
]


class Column(NamedTuple):
    """A column: its Frictionless type, what it means, its unit, and what must hold of it."""

    type: str
    meaning: str
    unit: str = ""
    rules: dict[str, Any] | None = None


class Table(NamedTuple):
    """A table: what a row is, its columns, its key, and the tables it refers to."""

    row: str
    columns: dict[str, Column]
    key: tuple[str, ...]
    refers: tuple[tuple[tuple[str, ...], str], ...] = ()


NEEDED = {"required": True}
NET = "pounds, excluding VAT"
POINTS = "points of 100"


def _among(*values: str, required: bool = True) -> dict[str, Any]:
    return {"required": required, "enum": list(values)}


def _range(low: float, high: float, required: bool = False) -> dict[str, Any]:
    return {"required": required, "minimum": low, "maximum": high}


_PROCUREMENT = Column("string", "The procurement", rules=NEEDED)
_BID = Column("string", "The bid", rules=NEEDED)
_QUESTION = Column("string", "The question, numbered within its procurement", rules=NEEDED)

TABLES: dict[str, Table] = {
    "procurements": Table(
        "One row a procurement",
        {
            "procurement_id": Column("string", "Calderbrook's own number for the procurement", rules=NEEDED),
            "ocid": Column(
                "string", "The number that ties its notices together", rules=NEEDED | {"unique": True}
            ),
            "title": Column("string", "What is bought", rules=NEEDED),
            "department": Column("string", "The part of the council that buys", rules=NEEDED),
            "category": Column("string", "Main category", rules=_among("goods", "services", "works")),
            "cpv": Column("string", "Code in the Common Procurement Vocabulary", rules=NEEDED),
            "light_touch": Column("boolean", "Whether the light touch rules cover it", rules=NEEDED),
            "above_threshold": Column(
                "boolean",
                "Whether the estimate, with VAT and options, reaches the threshold of its day",
                rules=NEEDED,
            ),
            "status": Column(
                "string",
                f"Where it stood on {SNAPSHOT.day} {SNAPSHOT:%B %Y}",
                rules=_among("planned", "open", "evaluating", "awarded"),
            ),
            "tender_published": Column(
                "date", "Day of the tender notice; expected day when planned", rules=NEEDED
            ),
            "tender_deadline": Column("date", "Last day for bids, at noon", rules=NEEDED),
            "contract_months": Column("integer", "Length without extensions", "months", _range(1, 120, True)),
            "extension_months": Column(
                "integer", "Longest extension allowed", "months", _range(0, 120, True)
            ),
            "estimated_value_net": Column(
                "number", "The council's estimate, extensions left out", NET, {"required": True, "minimum": 0}
            ),
            "price_weight": Column(
                "integer", "Weight of price; empty when not set yet", POINTS, _range(0, 100)
            ),
            "quality_weight": Column(
                "integer", "Weight of quality, social value left out", POINTS, _range(0, 100)
            ),
            "social_value_weight": Column("integer", "Weight of social value", POINTS, _range(0, 100)),
            "price_formula": Column(
                "string",
                "How a price becomes points. relative: 100 x lowest price / price. linear: one point off for "
                "each 1 % above the lowest, never below 0",
                rules=_among("relative", "linear", required=False),
            ),
            "bids_received": Column("integer", "Bids received, late ones included", "bids", _range(2, 8)),
            "award_decided": Column("date", "Day of the award decision"),
            "winning_bid_id": Column("string", "The bid with the highest total; the lower price wins a tie"),
            "award_value_net": Column("number", "Price of the winning bid", NET, {"minimum": 0}),
            "contract_start": Column(
                "date", "First day of the contract; expected day when not awarded", rules=NEEDED
            ),
            "contract_end": Column("date", "Last day, extensions left out", rules=NEEDED),
        },
        ("procurement_id",),
    ),
    "questions": Table(
        "One row a question that bidders answer",
        {
            "procurement_id": _PROCUREMENT,
            "question_id": _QUESTION,
            "section": Column("string", "Part of the evaluation", rules=_among("quality", "social value")),
            "question": Column("string", "The question as asked", rules=NEEDED),
            "weight_in_section": Column("integer", "Weight within its section", POINTS, _range(1, 100, True)),
        },
        ("procurement_id", "question_id"),
        ((("procurement_id",), "procurements"),),
    ),
    "bids": Table(
        "One row a bid",
        {
            "procurement_id": _PROCUREMENT,
            "bid_id": _BID,
            "bidder_id": Column("string", "The provider", rules=NEEDED),
            "bidder": Column("string", "The provider's name", rules=NEEDED),
            "size": Column(
                "string",
                "sme: small or medium-sized, fewer than 250 staff; or large",
                rules=_among("sme", "large"),
            ),
            "vcse": Column("boolean", "Whether a voluntary, community or social enterprise", rules=NEEDED),
            "base": Column(
                "string",
                "Where the provider is based",
                rules=_among("calderbrook", "neighbouring", "elsewhere"),
            ),
            "received": Column("datetime", "When it came in, UK local time with its offset", rules=NEEDED),
            "on_time": Column(
                "boolean", "Whether it met the deadline; late bids are not evaluated", rules=NEEDED
            ),
            "price_net": Column(
                "number", "Price for the contract, extensions left out", NET, NEEDED | {"minimum": 0}
            ),
            "quality_score": Column("integer", "Quality; empty when not evaluated", POINTS, _range(0, 100)),
            "social_value_score": Column(
                "integer", "Social value; empty when not evaluated", POINTS, _range(0, 100)
            ),
        },
        ("bid_id",),
        ((("procurement_id",), "procurements"),),
    ),
    "evaluator_scores": Table(
        "One row an evaluator's own score of one answer, before moderation",
        {
            "procurement_id": _PROCUREMENT,
            "bid_id": _BID,
            "question_id": _QUESTION,
            "evaluator_id": Column(
                "string", "The evaluator, numbered within the panel", rules=_among("E1", "E2", "E3", "E4")
            ),
            "evaluator_role": Column("string", "What the evaluator does", rules=NEEDED),
            "score": Column(
                "integer", "Score; empty when the evaluator did not score", "0 to 5", _range(0, 5)
            ),
            "note": Column("string", "The evaluator's note. Some notes are poor"),
        },
        ("bid_id", "question_id", "evaluator_id"),
        ((("bid_id",), "bids"), (("procurement_id", "question_id"), "questions")),
    ),
    "moderated_scores": Table(
        "One row a score agreed by the panel for one answer",
        {
            "procurement_id": _PROCUREMENT,
            "bid_id": _BID,
            "question_id": _QUESTION,
            "agreed_score": Column("integer", "Score after moderation", "0 to 5", _range(0, 5, True)),
            "reason": Column("string", "The reason recorded for it", rules=NEEDED),
        },
        ("bid_id", "question_id"),
        ((("bid_id",), "bids"), (("procurement_id", "question_id"), "questions")),
    ),
    "delivery": Table(
        "One row a social value promise in one quarter of a contract",
        {
            "procurement_id": _PROCUREMENT,
            "supplier_id": Column("string", "The provider, as bidder_id in bids", rules=NEEDED),
            "promise_id": Column("string", "The promise, numbered within the contract", rules=NEEDED),
            "theme": Column(
                "string", "What the promise is about", rules=_among(*dict.fromkeys(p.theme for p in PROMISES))
            ),
            "promise": Column("string", "The promise", rules=NEEDED),
            "unit": Column("string", "What is counted", rules=NEEDED),
            "kpi_id": Column("string", "Number of the published indicator (KPI); empty when it is none"),
            "contract_quarter": Column(
                "integer", "Quarter of the contract, from 1", "quarters", _range(1, 40, True)
            ),
            "period_start": Column("date", "First day of the quarter", rules=NEEDED),
            "period_end": Column("date", "Last day of the quarter", rules=NEEDED),
            "target": Column("integer", "Promised for the quarter", "as in unit", NEEDED | {"minimum": 0}),
            "actual": Column(
                "integer", "Delivered in the quarter; empty when not reported", "as in unit", {"minimum": 0}
            ),
            "evidence": Column("string", "What the report rests on"),
            "reported": Column("date", "Day of the report"),
            "rating": Column(
                "string",
                "Rating of the year, in its fourth quarter only. Good from 95 % of target, Approaching "
                "target from 80 %, Requires improvement from 50 %, Inadequate below, Other when a quarter "
                "is missing",
                rules=_among(*(name for _, name, _ in RATINGS), UNREPORTED[0], required=False),
            ),
        },
        ("procurement_id", "promise_id", "contract_quarter"),
        ((("procurement_id",), "procurements"),),
    ),
    "consultation_invited": Table(
        "One row a group asked for its views on the supported living service",
        {
            "group": Column("string", "The group", rules=_among("resident", "provider", "officer")),
            "invited": Column("integer", "How many were asked", "people", _range(1, 10_000, True)),
        },
        ("group",),
    ),
    "consultation_returns": Table(
        "One row a reply to the consultation on the supported living service",
        {
            "return_id": Column("string", "The reply", rules=NEEDED),
            "received": Column("date", "Day it came in", rules=NEEDED),
            "group": Column("string", "Who replied", rules=_among("resident", "provider", "officer")),
            "neighbourhood": Column(
                "string", f"Where a resident lives, as typed: {', '.join(NEIGHBOURHOODS)}, or left empty"
            ),
            "prefers_local_jobs": Column(
                "boolean", "Whether local jobs should come before everything else", rules=NEEDED
            ),
            **{
                outcome: Column(
                    "integer", f"Points given to {outcome}; empty when not answered", POINTS, _range(0, 100)
                )
                for outcome in OUTCOMES
            },
            "comment": Column("string", "Free text, as typed"),
        },
        ("return_id",),
        ((("group",), "consultation_invited"),),
    ),
    "pipelines": Table(
        "One row a contract that one of three neighbouring councils plans to tender in 2027",
        {
            "pipeline_id": Column("string", "The plan, numbered within the council", rules=NEEDED),
            "council": Column("string", "The council that plans it", rules=_among(*COUNCILS)),
            "title": Column(
                "string", "The council's own title: the same need goes by different names", rules=NEEDED
            ),
            "cpv": Column(
                "string", "Code in the Common Procurement Vocabulary: alike for the same need", rules=NEEDED
            ),
            "light_touch": Column("boolean", "Whether the light touch rules cover it", rules=NEEDED),
            "notice_planned": Column("date", "Day the tender notice is planned for", rules=NEEDED),
            "contract_months": Column("integer", "Length", "months", _range(1, 120, True)),
            "estimated_value_net": Column(
                "number", "The council's estimate", NET, {"required": True, "minimum": 0}
            ),
            "bidders_expected": Column(
                "integer", "How many providers are expected to bid", "bids", _range(1, 20, True)
            ),
            "indicator": Column("string", "What the council means to measure", rules=NEEDED),
        },
        ("pipeline_id",),
    ),
}

_SLIP_FIELDS = {
    "ocid": "The procurement",
    "notice_id": "The notice",
    "path": "Where in the notice, as a JSON path; $ is the notice",
    "slip": "Code of the slip, as the reader of notices reports it",
    "what": "What was done",
}
_FEATURE_FIELDS = {
    "table": "The table",
    "rows": "The row or rows, as column=value",
    "feature": "Code of the feature",
    "what": "What is there",
}


def _field(name: str, column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": column.type, "description": column.meaning}
    if column.unit:
        field["unit"] = column.unit
    if column.rules:
        field["constraints"] = column.rules
    return field


def _schema(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "fields": [_field(name, column) for name, column in table.columns.items()],
        "primaryKey": list(table.key),
    }
    if table.refers:
        schema["foreignKeys"] = [
            {
                "fields": list(fields),
                "reference": {"resource": other.replace("_", "-"), "fields": list(fields)},
            }
            for fields, other in table.refers
        ]
    return schema


def _file(path: str, content: bytes) -> dict[str, Any]:
    return {"path": path, "bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}


def _inline(name: str, title: str, fields: dict[str, str], rows: Sequence[tuple[str, ...]]) -> dict[str, Any]:
    return {
        "name": name,
        "title": title,
        "type": "table",
        "rows": len(rows),
        "data": [dict(zip(fields, row, strict=True)) for row in rows],
        "schema": {
            "fields": [
                {"name": field, "type": "string", "description": meaning, "constraints": NEEDED}
                for field, meaning in fields.items()
            ]
        },
        "licenses": LICENCES,
        "sources": SOURCES[:1],
    }


def data_package(
    files: dict[str, bytes],
    tables: dict[str, Rows],
    releases: dict[str, int],
    planted: list[Planted],
    features: list[Feature],
    seed: int,
) -> dict[str, Any]:
    """Describe the whole folder as a Frictionless data package.

    Parameters
    ----------
    files
        Path within the folder to content, for every file described.
    tables
        Name of each tidy table to its rows.
    releases
        Path of each file of notices to the number of releases in it.
    planted, features
        What `plant_slips` and `plant_features` planted.
    seed
        The seed the data was drawn with.

    Returns
    -------
    dict
        The content of `datapackage.json`.
    """
    resources: list[dict[str, Any]] = [
        {
            "name": name.replace("_", "-"),
            "title": table.row,
            "type": "table",
            **_file(f"{name}.csv", files[f"{name}.csv"]),
            "scheme": "file",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "rows": len(tables[name]),
            "schema": _schema(table),
            "licenses": LICENCES,
            "sources": SOURCES[:1],
        }
        for name, table in TABLES.items()
    ]
    resources += [
        {
            "name": f"notices-{path[8:-5].lower()}",
            "title": f"OCDS release package of notices published in {path[8:-5]}",
            "type": "json",
            **_file(path, files[path]),
            "scheme": "file",
            "format": "json",
            "mediatype": "application/json",
            "encoding": "utf-8",
            "releases": count,
            "licenses": LICENCES,
            "sources": SOURCES,
        }
        for path, count in releases.items()
    ]
    slips = [(s.release["ocid"], s.release["id"], s.path, s.code, s.what) for s in planted]
    resources += [
        _inline("planted-slips", "Slips planted in the notices", _SLIP_FIELDS, slips),
        _inline(
            "planted-features",
            "Features planted in the tables",
            _FEATURE_FIELDS,
            [tuple(f) for f in features],
        ),
    ]
    return {
        "name": "calderbrook",
        "title": "Calderbrook Council (fictional): procurements, bids, scores, delivery and a consultation",
        "description": "Made-up data for teaching. Nothing in it is about a real council or provider.",
        "homepage": SITE,
        "version": "1.0.0",
        "created": f"{SNAPSHOT.isoformat()}T00:00:00Z",
        "seed": seed,
        "licenses": LICENCES,
        "sources": SOURCES,
        "resources": resources,
    }


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _grid(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)


def _rule(column: Column) -> str:
    rules = column.rules or {}
    if "enum" in rules:
        return "One of: " + ", ".join(rules["enum"])
    parts = []
    if "minimum" in rules:
        parts.append(
            f"{rules['minimum']} to {rules['maximum']}"
            if "maximum" in rules
            else f"{rules['minimum']} or more"
        )
    if not rules.get("required"):
        parts.append("may be empty")
    return "; ".join(parts)


def readme(package: dict[str, Any]) -> str:
    """Write the README of the data folder from its data package, in Markdown."""
    by_name = {resource["name"]: resource for resource in package["resources"]}
    notices = [resource for resource in package["resources"] if "releases" in resource]
    own = {f"{name}.csv" for name in TABLES} | {notice["path"] for notice in notices}
    others = [part for part in package["resources"] if "path" in part and part["path"] not in own]
    parts = [
        "# Calderbrook's data",
        "Calderbrook Council does not exist. Its services, bidders, prices, scores and residents are made up "
        "for this course. Any likeness to a real body is chance.",
        "This page and `datapackage.json` are written by a program. Do not edit them. Change the code in "
        "`course/tenders/calderbrook`, then run `academy data generate`.",
        f"The data shows where things stood on {SNAPSHOT.day} {SNAPSHOT:%B %Y}. It was drawn with seed "
        f"{package['seed']}. The same seed always gives the same files.",
        "## How realistic it is",
        "- Half of the contracts are worth less than about £250,000; a few are worth millions (lognormal).\n"
        "- Each procurement has 2 to 8 bids, most often 3 or 4.\n"
        "- Prices lie within 8 % of the middle. About 1 in 20 is far lower, at 75 %.\n"
        "- Quality scores run from 50 to 90 in steps of 5.\n"
        "- Social value weighs 5, 10, 15 or 20 of 100, most often 10.",
        "These are choices for teaching. No full count of real social value weights was found.",
        f"The case the course runs on is `{NAMED_CASE}`, the supported living and wellbeing service. Its "
        "four bidders are Alder, Birch CIC, Cedar and Dogwood. It is not awarded yet: that is up to you.",
        "## What is here",
        _grid(
            ("File", "What a row is", "Rows"),
            [
                (f"`{name}.csv`", table.row, str(by_name[name.replace("_", "-")]["rows"]))
                for name, table in TABLES.items()
            ]
            + [(f"`{n['path']}`", n["title"], f"{n['releases']} notices") for n in notices]
            + [(f"`{other['path']}`", other["title"], "") for other in others],
        ),
        "All prices and values in the tables are in pounds, excluding VAT. Weights and scores are points of "
        "100, unless a table below says otherwise.",
        "## Notices",
        "The notices are release packages in the Open Contracting Data Standard (OCDS), in the shape that "
        "Find a Tender publishes. A later notice often gives only what changed. To see how a procurement "
        "stands now, merge all its notices by their `ocid`.",
        "The prefix `ocds-calder` is not registered: it marks the data as fictional. Contacts are redacted, "
        "or are role mailboxes at example.org. Addresses and register numbers cannot exist.",
    ]
    for name, table in TABLES.items():
        rows = [
            (f"`{column}`", spec.meaning, ", ".join(filter(None, (spec.type, spec.unit))), _rule(spec))
            for column, spec in table.columns.items()
        ]
        parts += [
            f"## {name}.csv",
            f"{table.row}.",
            _grid(("Column", "Meaning", "Type and unit", "Rule"), rows),
        ]
    slips = by_name["planted-slips"]["data"]
    features = by_name["planted-features"]["data"]
    counts: dict[str, int] = {}
    for feature in features:
        counts[feature["feature"]] = counts.get(feature["feature"], 0) + 1
    parts += [
        "## For trainers: what was planted",
        "Real notices carry slips. These were put in on purpose, one a procurement.",
        _grid(
            ("Procurement", "Notice", "Where", "Slip", "What was done"),
            [(s["ocid"], s["notice_id"], f"`{s['path']}`", f"`{s['slip']}`", s["what"]) for s in slips],
        ),
        "The tables carry features that lessons look for. `datapackage.json` names the rows of each.",
        _grid(("Feature", "How many"), [(f"`{code}`", str(count)) for code, count in counts.items()]),
        "## Licence and sources",
        "Creative Commons Attribution 4.0 (CC BY 4.0). Please credit the Social Value Academy.",
        "\n".join(f"- {source['title']}" for source in package["sources"]),
    ]
    return "\n\n".join(parts) + "\n"
