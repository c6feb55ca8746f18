"""Data dictionary of the place data, as Frictionless resource descriptors."""

from typing import Any

from course.place.calderbrook import EDITION, KINDS, NEEDS, OUTSIDE, PLANTED, SERVICES, TRADES

OGL = {
    "name": "OGL-UK-3.0",
    "path": "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
    "title": "Open Government Licence v3.0",
}
MIT = {"name": "MIT", "path": "https://opensource.org/license/mit", "title": "MIT License"}
OGL_LINE = "Contains public sector information licensed under the Open Government Licence v3.0."
"""Attribution to show wherever the deprivation figures are shown."""
MAP_LINE = (
    "Contains National Statistics data © Crown copyright and database right (2015). "
    "Contains Ordnance Survey data © Crown copyright and database right (2015)."
)
"""Attribution to show wherever the London map is shown."""

INDICES = {
    "title": "English Indices of Deprivation 2025, File 10: local authority district summaries (MHCLG)",
    "path": "https://www.gov.uk/government/statistics/english-indices-of-deprivation-2025",
}
INVENTED = {"title": "Invented for this course by course/place/calderbrook.py"}
LONDON_MAP = {
    "title": "Statistical GIS Boundary Files (London Datastore), simplified, from vega-datasets 3.2.1",
    "path": "https://data.london.gov.uk/dataset/statistical-gis-boundary-files-london",
}

_PER_CENT = {
    "unemployed_16_24": "People aged 16 to 24 who are out of work and looking for it",
    "no_qualifications": "People aged 16 and over with no qualifications",
    "children_low_income": "Children in families on a low income",
    "long_term_illness": "People whose daily life is limited by a long-term illness or disability",
    "fuel_poverty": "Households that cannot afford to keep warm",
    "no_car": "Households without a car or van",
    "lives_alone_65_plus": "Households of one person aged 65 or over",
}


def resources() -> list[dict[str, Any]]:
    """Describe each file of `datasets/place/`.

    Returns
    -------
    list of dict
        Frictionless resource descriptors: `name`, `path` (from `datasets/`), `title`, `description`,
        `format`, `mediatype`, `encoding`, `licenses`, `sources`. Tables have a `schema`, with a description
        and, where it has one, a `unit` for each field. Spoilt tables have `planted`: what is wrong on
        purpose, and the `count`.
    """
    return [
        _table(
            "calderbrook-neighbourhoods",
            "neighbourhoods.csv",
            "Calderbrook's neighbourhoods: people, deprivation and need",
            "The 120 neighbourhoods of Calderbrook, an invented borough. Scores and ranks have the shape of "
            f"the English Indices of Deprivation {EDITION} but are invented, as are the needs.",
            [
                _code(),
                _name("Name of the neighbourhood"),
                _field("setting", "string", "Kind of place", enum=["city", "suburb", "rural edge"]),
                *_coordinates(),
                _field("area_km2", "number", "Ground it covers", unit="square kilometres", minimum=0),
                _whole("population", "People who live there", unit="people"),
                _whole("aged_0_15", "People aged 0 to 15", unit="people"),
                _whole("aged_16_64", "People aged 16 to 64", unit="people"),
                _whole("aged_65_plus", "People aged 65 and over", unit="people"),
                _score("Deprivation score"),
                _whole("rank", "Rank among England's neighbourhoods; 1 is the most deprived", minimum=1),
                _whole("decile", "Tenth of England's neighbourhoods; 1 is the most deprived", 1, maximum=10),
                *[
                    _field(need, "number", _PER_CENT[need], unit="per cent", minimum=0, maximum=100)
                    for need in NEEDS
                ],
                _edition(),
            ],
            ["code"],
            [MIT, OGL],
            [INVENTED, INDICES],
        ),
        _map(
            "calderbrook-boundaries",
            "neighbourhoods.geojson",
            "Boundaries of Calderbrook's neighbourhoods",
            "Polygons in longitude and latitude that share their borders exactly. The borough is drawn in "
            "the Irish Sea, so that nobody takes it for a real place. Properties: code, name.",
            [MIT],
            [INVENTED],
        ),
        _table(
            "calderbrook-suppliers",
            "suppliers.csv",
            "Calderbrook's suppliers: where each is, three ways",
            "Registered office, staff and money are often in three places. All suppliers are invented; the "
            "districts outside Calderbrook are real.",
            [
                _field("supplier_id", "string", "Identifier of the supplier", required=True, unique=True),
                _name("Name of the supplier"),
                _field("kind", "string", "Kind of supplier", enum=list(KINDS)),
                _field("scale", "string", "Small or medium-sized, or large", enum=["sme", "large"]),
                _field("vcse", "boolean", "Voluntary, community or social enterprise"),
                _field("trade", "string", "What it sells", enum=list(TRADES)),
                _field("postcode", "string", "Postcode of the office; ZZ is no real postcode area"),
                *[
                    _field(f"{place}_area_{what}", "string", f"{what.capitalize()} of the area where {words}")
                    for place, words in (
                        ("registered", "the office is registered"),
                        ("staff", "the staff work"),
                        ("money", "the money is spent"),
                    )
                    for what in ("code", "name")
                ],
                _share("respent", "Share of what it is paid that it spends in Calderbrook"),
                _share("respent_again", "Share of that which is spent in Calderbrook once more"),
            ],
            ["supplier_id"],
            [MIT],
            [INVENTED],
            planted=["no_postcode", "no_money_area", "unknown_area", "listed_again"],
        ),
        _table(
            "calderbrook-ledger",
            "ledger.csv",
            "What Calderbrook paid its suppliers, April 2024 to March 2026",
            "Payments of the two financial years 2024/25 and 2025/26, spoilt on purpose as real ledgers are.",
            [
                _field("date", "date", "Day of payment", required=True),
                _field(
                    "financial_year",
                    "string",
                    "April to March",
                    required=True,
                    enum=["2024/25", "2025/26"],
                ),
                _field("invoice_ref", "string", "Reference of the invoice or credit note"),
                _field("supplier_id", "string", "Identifier in suppliers.csv; empty where redacted"),
                _field("supplier", "string", "Name as it stands in the ledger", required=True),
                _field("service", "string", "Part of the council", enum=sorted(set(SERVICES.values()))),
                _field("category", "string", "What was bought", enum=list(TRADES)),
                _field("amount", "number", "Amount; a credit is negative", unit="£ ex VAT", required=True),
            ],
            None,
            [MIT],
            [INVENTED],
            planted=[
                "duplicates",
                "credits",
                "redacted",
                "name_variants",
                "no_reference",
                "unknown_suppliers",
                "miskeyed",
            ],
        ),
        _table(
            "greater-manchester-spend",
            "greater_manchester_spend.csv",
            "A made-up spend of £600,000 over six real districts",
            f"The amounts are invented; the deprivation figures are real. {OGL_LINE}",
            [
                _code(),
                _name("Name of the district", enum=[*(n for c, n in OUTSIDE["region"]), "Surrey Heath"]),
                _field("amount", "number", "Invented spend", unit="£ ex VAT", minimum=0),
                _score("Average score of the district"),
                _district_rank(),
                _field("greater_manchester", "boolean", "Whether the district is in Greater Manchester"),
                _edition(),
            ],
            ["code"],
            [OGL],
            [INDICES],
        ),
        _table(
            "london-boroughs",
            "london_boroughs.csv",
            "Deprivation in the London boroughs, 2025",
            f"All 33 boroughs, the City of London among them. {OGL_LINE}",
            [
                _code(),
                _name("Name of the borough"),
                _score("Average score of the borough"),
                _district_rank(),
                _share(
                    "share_most_deprived_tenth",
                    "Share of the borough's neighbourhoods that are in England's most deprived tenth",
                ),
                _edition(),
            ],
            ["code"],
            [OGL],
            [INDICES],
        ),
        _map(
            "london-boundaries",
            "london_boroughs.topojson",
            "Boundaries of the London boroughs, simplified",
            f"TopoJSON. The codes of the boroughs were added for this course. {MAP_LINE}",
            [OGL],
            [LONDON_MAP],
        ),
    ]


def _table(
    name: str,
    file: str,
    title: str,
    description: str,
    fields: list[dict[str, Any]],
    key: list[str] | None,
    licenses: list[dict],
    sources: list[dict],
    planted: list[str] | None = None,
) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": fields, "missingValues": [""]}
    if key:
        schema["primaryKey"] = key
    table = {
        "name": name,
        "type": "table",
        "path": f"place/{file}",
        "title": title,
        "description": description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "licenses": licenses,
        "sources": sources,
        "schema": schema,
    }
    if planted:
        table["planted"] = [
            {"name": what, "count": PLANTED[what][0], "description": PLANTED[what][1]} for what in planted
        ]
    return table


def _map(
    name: str, file: str, title: str, description: str, licenses: list[dict], sources: list[dict]
) -> dict[str, Any]:
    form = file.rsplit(".", 1)[1]
    return {
        "name": name,
        "path": f"place/{file}",
        "title": title,
        "description": description,
        "format": form,
        "mediatype": "application/geo+json" if form == "geojson" else "application/json",
        "encoding": "utf-8",
        "licenses": licenses,
        "sources": sources,
    }


def _field(
    name: str, kind: str, description: str, unit: str | None = None, **constraints: Any
) -> dict[str, Any]:
    field: dict[str, Any] = {"name": name, "type": kind, "description": f"{description}."}
    if unit:
        field["unit"] = unit
    if constraints:
        field["constraints"] = constraints
    return field


def _code() -> dict[str, Any]:
    return _field("code", "string", "Code of the area", required=True, unique=True)


def _name(description: str, **constraints: Any) -> dict[str, Any]:
    return _field("name", "string", description, required=True, **constraints)


def _whole(name: str, description: str, minimum: int = 0, **more: Any) -> dict[str, Any]:
    return _field(name, "integer", description, minimum=minimum, **more)


def _share(name: str, description: str) -> dict[str, Any]:
    return _field(name, "number", description, unit="share of 1", minimum=0, maximum=1)


def _score(description: str) -> dict[str, Any]:
    return _field("score", "number", f"{description}; higher is more deprived", unit="points", minimum=0)


def _district_rank() -> dict[str, Any]:
    return _whole(
        "rank", "Rank of the average score among England's 296 districts; 1 is the most deprived", 1
    )


def _edition() -> dict[str, Any]:
    return _whole("edition", "Edition of the index that the figures follow")


def _coordinates() -> list[dict[str, Any]]:
    return [
        _field("longitude", "number", "Longitude of the middle; in open water", unit="degrees"),
        _field("latitude", "number", "Latitude of the middle; in open water", unit="degrees"),
    ]
