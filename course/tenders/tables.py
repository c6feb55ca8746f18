"""The tables that notices are read into: their columns, what each means, its unit and what must hold."""

from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import pandas as pd
import pandera.pandas as pa

from course.tenders.slips import SLIPS

NET = "£ ex VAT"
GROSS = "£ inc VAT"


def _column(dtype: str, meaning: str, unit: str = "", required: bool = False, *checks: pa.Check) -> pa.Column:
    return pa.Column(
        dtype,
        list(checks),
        nullable=not required,
        description=meaning,
        metadata={"unit": unit} if unit else None,
    )


def _text(meaning: str, *, required: bool = False, among: list[str] | None = None) -> pa.Column:
    return _column("str", meaning, "", required, *([pa.Check.isin(among)] if among else []))


def _money(meaning: str, unit: str) -> pa.Column:
    return _column("float64", meaning, unit, False, pa.Check.ge(0))


def _count(meaning: str, *, required: bool = False) -> pa.Column:
    return _column("Int64", meaning, "count", required, pa.Check.ge(0))


def _flag(meaning: str, *, required: bool = False) -> pa.Column:
    return _column("boolean", meaning, "", required)


def _day(meaning: str) -> pa.Column:
    return _column("datetime64[ns]", meaning, "day as published")


def _moment(meaning: str) -> pa.Column:
    return _column("datetime64[us, UTC]", meaning, "UTC")


def _schema(name: str, what: str, columns: dict[str, pa.Column], unique: list[str] | None = None):
    return pa.DataFrameSchema(columns, name=name, description=what, strict=True, ordered=True, unique=unique)


_OCID = _text("The procurement: the number that ties all its notices together", required=True)
_LOT = _text("The lot it belongs to; empty when it is for the whole procurement")

SCHEMAS: dict[str, pa.DataFrameSchema] = {
    "notices": _schema(
        "notices",
        "One row a procurement: what its notices say today, later notices laid over earlier ones",
        {
            "ocid": _OCID,
            "notice_id": _text("The number of its latest notice", required=True),
            "source": _text(
                "Where it was published",
                required=True,
                among=["Find a Tender", "Contracts Finder", "other"],
            ),
            "notice_types": _text("Notice types seen, such as UK4; UK6, in the order published"),
            "stage": _text("What the latest notice is about, as tagged: planning, tender, award, contract"),
            "releases": _count(
                "How many notices were merged into this row, exact repeats left out", required=True
            ),
            "first_published": _moment("When its first notice read here was published"),
            "last_published": _moment("When its latest notice read here was published"),
            "buyer_id": _text("The commissioner's number"),
            "buyer_name": _text("The commissioner's name"),
            "title": _text("Title"),
            "description": _text("Description"),
            "category": _text("Main category: goods, services or works"),
            "procedure": _text("Procedure: open, selective, limited or direct"),
            "procedure_details": _text("The procedure in the notice's own words"),
            "legal_basis": _text("The law it is run under, such as 2023/54 for the Procurement Act 2023"),
            "above_threshold": _flag("Whether the notice says it is above the threshold"),
            "light_touch": _flag("Whether the notice claims the light-touch regime"),
            "cpv": _text("Main CPV code: the common list of what is bought"),
            "cpv_description": _text("What the CPV code stands for"),
            "status": _text("State of the tender; empty when the published one is on no list"),
            "value_net": _money("Estimated value without VAT", NET),
            "value_gross": _money("Estimated value with VAT", GROSS),
            "value_min": _money("Lower bound of the estimated value, without VAT", NET),
            "deadline": _moment("When tenders are due"),
            "contract_start": _day("When the contract should start"),
            "contract_end": _day("When the contract should end, options left out"),
            "suitable_sme": _flag("Whether marked suitable for small and medium-sized enterprises"),
            "suitable_vcse": _flag("Whether marked suitable for voluntary, community and social enterprises"),
            "lots": _count("How many lots", required=True),
            "delivery_places": _count("How many places of delivery", required=True),
            "mentions_social_value": _flag(
                "Whether the title, the description or a criterion uses the words social value (or alike)",
                required=True,
            ),
            "no_kpis_reason": _text("The reason given for publishing no key performance indicators"),
        },
        unique=["ocid"],
    ),
    "lots": _schema(
        "lots",
        "One row a lot",
        {
            "ocid": _OCID,
            "lot_id": _text("The lot's number", required=True),
            "title": _text("Title"),
            "description": _text("Description"),
            "status": _text("State of the lot; empty when the published one is on no list"),
            "value_net": _money("Estimated value without VAT", NET),
            "value_gross": _money("Estimated value with VAT", GROSS),
            "contract_start": _day("When the contract should start"),
            "contract_end": _day("When the contract should end, options left out"),
            "contract_end_with_options": _day("When the contract would end with every option taken up"),
            "has_renewal": _flag("Whether it may be renewed"),
            "suitable_sme": _flag("Whether marked suitable for small and medium-sized enterprises"),
            "suitable_vcse": _flag("Whether marked suitable for voluntary, community and social enterprises"),
        },
        unique=["ocid", "lot_id"],
    ),
    "criteria": _schema(
        "criteria",
        "One row an award criterion of a lot",
        {
            "ocid": _OCID,
            "lot_id": _LOT,
            "position": _count("Its place in the list, from 1", required=True),
            "name": _text("Name of the criterion"),
            "type": _text("Type as published: price, cost or quality. Social value has no type of its own"),
            "kind": _text(
                "What it is, by its name first and by its type when the name does not tell",
                required=True,
                among=["price", "quality", "social value", "unknown"],
            ),
            "weight": _column(
                "float64",
                "Weight; empty when none is stated",
                "points of 100",
                False,
                pa.Check.in_range(0, 100),
            ),
            "weight_kind": _text("How the weight was published, such as percentageExact"),
            "description": _text("Description"),
        },
        unique=["ocid", "lot_id", "position"],
    ),
    "bid_statistics": _schema(
        "bid_statistics",
        "One row a count of bids",
        {
            "ocid": _OCID,
            "lot_id": _LOT,
            "measure": _text("What is counted: bids, finalStageBids, smeFinalStageBids, vcseFinalStageBids"),
            "value": _column("float64", "How many", "count", False, pa.Check.ge(0)),
        },
    ),
    "awards": _schema(
        "awards",
        "One row an award, however often it was published",
        {
            "ocid": _OCID,
            "award_id": _text("The award's number", required=True),
            "title": _text("Title"),
            "status": _text("State of the award; empty when the published one is on no list"),
            "date": _day("When it was decided"),
            "lots": _text("The lots it is for, such as 1; 2"),
            "suppliers": _count("How many providers share it", required=True),
            "value_net": _money("Value without VAT", NET),
            "value_gross": _money("Value with VAT", GROSS),
            "contract_start": _day("When the contract starts"),
            "contract_end": _day("When the contract ends, options left out"),
            "contract_end_with_options": _day("When the contract would end with every option taken up"),
            "above_threshold": _flag("Whether the notice says it is above the threshold"),
            "times_published": _count("How many notices carry this award", required=True),
            "counted": _flag(
                "Whether to count it in totals: not when it was cancelled, failed or repeats another award",
                required=True,
            ),
        },
        unique=["ocid", "award_id"],
    ),
    "suppliers": _schema(
        "suppliers",
        "One row a provider of an award. It bears no value, for an award may be shared",
        {
            "ocid": _OCID,
            "award_id": _text("The award", required=True),
            "supplier_id": _text("The number the notice knows it by"),
            "name": _text("Name"),
            "register": _text("The public register its number is from, such as GB-COH for Companies House"),
            "register_number": _text("Its number there; Companies House numbers have their noughts restored"),
            "scale": _text("Size as published: sme or large"),
            "vcse": _flag("Whether marked a voluntary, community or social enterprise"),
            "locality": _text("Town"),
            "postcode": _text("Postcode"),
            "region": _text("Region code or name as published"),
        },
    ),
    "delivery_places": _schema(
        "delivery_places",
        "One row a place of delivery",
        {
            "ocid": _OCID,
            "stage": _text(
                "Where it stands in the notice", required=True, among=["tender", "award", "contract"]
            ),
            "lot_id": _LOT,
            "locality": _text("Town"),
            "postcode": _text("Postcode"),
            "region": _text("Region code or name as published"),
            "country": _text("Country"),
        },
    ),
    "kpis": _schema(
        "kpis",
        "One row a key performance indicator agreed in a contract",
        {
            "ocid": _OCID,
            "contract_id": _text("The contract; empty when the indicator stands under the award"),
            "award_id": _text("The award"),
            "kpi_id": _text("The indicator's number"),
            "title": _text("Title"),
            "description": _text("Description"),
            "target": _text("The target, when stated"),
            "unit": _text("Unit of the target"),
        },
    ),
    "performance": _schema(
        "performance",
        "One row a published rating of a contract, or a published failure",
        {
            "ocid": _OCID,
            "contract_id": _text("The contract"),
            "kind": _text("Rating of an indicator, or failure", required=True, among=["rating", "failure"]),
            "kpi_id": _text("The indicator rated"),
            "title": _text("Title of the indicator, or the requirement that was not met"),
            "period_start": _day("First day of the time rated"),
            "period_end": _day("Last day of the time rated; for a failure, the day it was decided"),
            "measure": _text("The figure or words published"),
            "unit": _text("Unit of the figure"),
            "rating": _text("Rating: Good, Approaching target, Requires improvement, Inadequate or Other"),
            "notes": _text("Notes"),
        },
    ),
    "issues": _schema(
        "issues",
        "One row a slip met in a notice: what was found, what it means and what was done about it",
        {
            "ocid": _text("The procurement; empty when the entry bears no number"),
            "notice_id": _text("The notice the slip stands in"),
            "where": _text("Where in that notice, as a JSON path; $ is the notice", required=True),
            "slip": _text("Short code of the slip", required=True, among=list(SLIPS)),
            "what_was_found": _text("What the notice says", required=True),
            "what_it_means": _text("Why that matters", required=True),
            "what_we_did": _text("What was done with it", required=True),
        },
    ),
}


@dataclass(frozen=True)
class Tables:
    """The tidy tables read from notices; each a DataFrame as `SCHEMAS` describes it.

    All join on `ocid`; lots, criteria and bid statistics also on `lot_id`; awards and suppliers also on
    `award_id`.
    Values are in pounds; an amount published in another currency is left empty and told in `issues`.
    """

    notices: pd.DataFrame
    lots: pd.DataFrame
    criteria: pd.DataFrame
    bid_statistics: pd.DataFrame
    awards: pd.DataFrame
    suppliers: pd.DataFrame
    delivery_places: pd.DataFrame
    kpis: pd.DataFrame
    performance: pd.DataFrame
    issues: pd.DataFrame

    def named(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name, in the order they are documented."""
        return {each.name: getattr(self, each.name) for each in fields(self)}


def as_table(name: str, columns: dict[str, list[Any]]) -> pd.DataFrame:
    """Build a table from lists of plain values and check it against its schema.

    Parameters
    ----------
    name
        One of `SCHEMAS`.
    columns
        For each column of the schema a list of values; dates as ISO 8601 text. All of one length.

    Returns
    -------
    pd.DataFrame
        The table with the columns, order and types of its schema.
    """
    if not any(columns.values()):
        return _empty(name).copy()
    return _checked(name, columns)


@lru_cache
def _empty(name: str) -> pd.DataFrame:
    return _checked(name, {column: [] for column in SCHEMAS[name].columns})


def _checked(name: str, columns: dict[str, list[Any]]) -> pd.DataFrame:
    schema = SCHEMAS[name]
    made = {}
    for column, rule in schema.columns.items():
        values = columns[column]
        kind = dtype_of(rule)
        if kind.startswith("datetime64"):
            read = pd.to_datetime(pd.Series(values, dtype="str"), format="ISO8601", utc="UTC" in kind)
            made[column] = read.dt.as_unit("us" if "us" in kind else "ns")
        else:
            made[column] = pd.Series(values, dtype=kind)
    return schema.validate(pd.DataFrame(made))


def dtype_of(column: pa.Column) -> str:
    """Return the pandas dtype of a column; text is pandas' own "str", in which a missing cell is NaN."""
    kind = str(column.dtype)
    return "str" if kind.startswith("string") else kind


_TYPES = {
    "str": "text",
    "float64": "number",
    "Int64": "whole number",
    "boolean": "true or false",
    "datetime64[ns]": "date",
    "datetime64[us, UTC]": "date and time",
}


def data_dictionary() -> pd.DataFrame:
    """Describe every column of every table: columns table, column, type, unit, meaning."""
    rows = [
        (name, column, _TYPES[dtype_of(rule)], (rule.metadata or {}).get("unit", ""), rule.description)
        for name, schema in SCHEMAS.items()
        for column, rule in schema.columns.items()
    ]
    return pd.DataFrame(rows, columns=["table", "column", "type", "unit", "meaning"])
