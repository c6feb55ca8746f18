"""Write procurements as notices: OCDS releases in the shape Find a Tender publishes them.

Each release carries only what its own notice says. To see the present state of a procurement its releases
must be merged by ocid, as with the real ones.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from course.tenders.calderbrook import vocabulary as words
from course.tenders.calderbrook.dates import add_months, stamp, working_day
from course.tenders.calderbrook.delivery import DeliveryRecord, rate_year
from course.tenders.calderbrook.draws import Draws
from course.tenders.calderbrook.procurements import NAMED_CASE, SNAPSHOT, Bid, Procurement
from course.tenders.calderbrook.suppliers import Supplier

Release = dict[str, Any]

SITE = "https://example.org/calderbrook"
BUYER_ID = "GB-PPON-ZCAL-0001-FICT"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
LAW = {"id": "2023/54", "scheme": "UKPGA", "uri": "https://www.legislation.gov.uk/ukpga/2023/54/contents"}
EXTENSIONS = [
    "https://standard.open-contracting.org/profiles/eu/latest/en/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_suitability_extension/master/extension.json",
    "https://raw.githubusercontent.com/open-contracting-extensions/ocds_metrics_extension/master/extension.json",
    "https://raw.githubusercontent.com/cabinetoffice/ocds_uk_extension/main/extension.json",
]
NOTICES = {
    "UK2": ("marketEngagementNotice", "Preliminary market engagement notice"),
    "UK3": ("plannedProcurementNotice", "Planned procurement notice"),
    "UK4": ("tenderNotice", "Tender notice"),
    "UK6": ("awardNotice", "Contract award notice"),
    "UK7": ("contractNotice", "Contract details notice"),
    "UK9": ("contractPerformanceNotice", "Contract performance notice"),
}
CONTACT = {"name": "REDACTED", "email": "procurement@example.org"}
REGIME_START = date(2025, 2, 24)  # the day the Procurement Act 2023 and its notices came into force
CHANGED_DEADLINE_SHARE, ENGAGEMENT_SHARE = 0.2, 0.6


def money(pence: int) -> dict[str, Any]:
    """Write an amount in pence ex VAT as net and gross (20 % VAT) pounds."""

    def pounds(amount: int) -> int | float:
        return amount // 100 if amount % 100 == 0 else amount / 100

    assert pence % 5 == 0
    return {"amountGross": pounds(pence * 6 // 5), "amount": pounds(pence), "currency": "GBP"}


def _buyer_party() -> dict[str, Any]:
    return {
        "name": words.COUNCIL,
        "id": BUYER_ID,
        "identifier": {"scheme": "GB-PPON", "id": BUYER_ID.removeprefix("GB-PPON-")},
        "address": {
            "streetAddress": "Town Hall, 1 Example Square",
            "locality": "Calderbrook",
            "postalCode": "ZZ1 1AA",
            "country": "GB",
            "countryName": "United Kingdom",
            "region": "UKD",
        },
        "contactPoint": CONTACT,
        "roles": ["buyer"],
        "details": {
            "url": SITE,
            "classifications": [
                {
                    "scheme": "UK_CA_TYPE",
                    "id": "publicAuthoritySubCentralGovernment",
                    "description": "Public authority - sub-central government",
                }
            ],
        },
    }


def _supplier_party(supplier: Supplier) -> dict[str, Any]:
    return {
        "name": supplier.name,
        "id": supplier.party_id,
        "identifier": {"scheme": supplier.scheme, "id": supplier.number},
        "address": supplier.address,
        "contactPoint": {"email": f"bids.{supplier.id.lower()}@example.org"},
        "roles": ["supplier"],
        "details": {
            "scale": supplier.scale,
            "vcse": supplier.vcse,
            "publicServiceMissionOrganization": False,
            "shelteredWorkshop": False,
        },
    }


def _release(
    procurement: Procurement, day: date, tag: list[str], draws: Draws, *suppliers: Supplier
) -> Release:
    time = f"{draws.whole(8, 17):02d}:{draws.whole(0, 59):02d}:{draws.whole(0, 59):02d}"
    return {
        "ocid": procurement.ocid,
        "id": "",  # given once all notices are in the order they were published
        "tag": tag,
        "date": stamp(day, time),
        "initiationType": "tender",
        "parties": [_buyer_party(), *map(_supplier_party, suppliers)],
        "buyer": {"id": BUYER_ID, "name": words.COUNCIL},
        "tender": {"id": procurement.id, "legalBasis": LAW, "title": procurement.service.title},
        "language": "en",
    }


def _document(kind: str, release: Release) -> dict[str, Any]:
    document_type, name = NOTICES[kind]
    return {
        "id": "",
        "documentType": document_type,
        "noticeType": kind,
        "description": f"{name} of a fictional council",
        "url": "",
        "datePublished": release["date"],
        "format": "text/html",
    }


def _items(procurement: Procurement, *lots: str, places: bool = False) -> list[dict[str, Any]]:
    service = procurement.service
    return [
        {
            "id": lot,
            "additionalClassifications": [
                {"scheme": "CPV", "id": service.cpv, "description": service.cpv_name},
            ],
            **(
                {"deliveryAddresses": [{"region": "UKD", "country": "GB", "countryName": "United Kingdom"}]}
                if places
                else {}
            ),
            "relatedLot": lot,
        }
        for lot in lots or ("1",)
    ]


def _description(procurement: Procurement) -> str:
    text = (
        f"{words.COUNCIL} wants a provider for: {procurement.service.title.lower()}. "
        f"The contract runs for {procurement.months} months"
    )
    if procurement.extension_months:
        text += f", with an option to extend it by up to {procurement.extension_months} months"
    text += "."
    if procurement.id == NAMED_CASE:
        text += " The council will not pay more than £3,000,000 ex VAT for the first 36 months."
    return f"{text} The council, the service and every bidder are made up for teaching."


def _criteria(draws: Draws, procurement: Procurement) -> list[dict[str, Any]]:
    """Write the award criteria the way buyers do: no two name them quite alike."""

    def criterion(kind: str, name: str, points: int, description: str) -> dict[str, Any]:
        numbers = [{"number": points, "weight": "percentageExact"}]
        return {"type": kind, "name": name, "description": description, "numbers": numbers}

    named = procurement.id == NAMED_CASE
    kind, price_name = ("price", "Price") if named else draws.pick(words.PRICE_CRITERIA)
    quality_name = "Quality - Methodology" if named else draws.pick(words.QUALITY_CRITERIA)
    social_name = "Social Value" if named else draws.pick(words.SOCIAL_VALUE_CRITERIA)
    quality = procurement.quality_weight
    if not procurement.social_value_shown:
        quality += procurement.social_value_weight
    price = criterion(kind, price_name, procurement.price_weight, words.FORMULAS[procurement.formula])
    answers = "Answers are scored from 0 to 5 against the descriptors in the tender documents."
    if not named and quality >= 40 and draws.chance(0.25):
        second = 10 if quality < 60 else 20
        qualities = [
            criterion("quality", quality_name, quality - second, answers),
            criterion("quality", draws.pick(words.SECOND_QUALITY_CRITERIA), second, answers),
        ]
    else:
        qualities = [criterion("quality", quality_name, quality, answers)]
    if not procurement.social_value_shown:
        return [price, *qualities] if draws.chance(0.5) else [*qualities, price]
    social = criterion(
        "quality",
        social_name,
        procurement.social_value_weight,
        "Promises tied to this contract, with a number, a date and an owner, are scored from 0 to 5.",
    )
    return [*qualities, price, social] if named or draws.chance(0.6) else [price, *qualities, social]


def _period(procurement: Procurement) -> dict[str, str]:
    period = {"startDate": stamp(procurement.start), "endDate": stamp(procurement.end, "23:59:59")}
    if procurement.extension_months:
        last = _extended_end(procurement)
        period["maxExtentDate"] = stamp(last, "23:59:59")
    return period


def _extended_end(procurement: Procurement) -> date:
    return add_months(procurement.start, procurement.months + procurement.extension_months) - timedelta(
        days=1
    )


def _renewal(procurement: Procurement) -> dict[str, Any]:
    if not procurement.extension_months:
        return {}
    return {
        "hasRenewal": True,
        "renewal": {"description": f"Option to extend by up to {procurement.extension_months} months."},
    }


def _procedure(procurement: Procurement) -> dict[str, Any]:
    if not procurement.above_threshold:
        method, details = "open", "Below threshold - open competition"
    elif procurement.light_touch:
        method, details = "open", "Competitive flexible procedure"
    else:
        method, details = "open", "Open procedure"
    regime = {"specialRegime": ["lightTouch"]} if procurement.light_touch else {}
    return {"procurementMethod": method, "procurementMethodDetails": details, **regime}


def _planning(draws: Draws, procurement: Procurement, day: date, kind: str) -> Release:
    release = _release(procurement, day, ["planning"], draws)
    release["planning"] = {"documents": [_document(kind, release)]}
    release["tender"] |= {
        "description": _description(procurement),
        "status": "planning" if kind == "UK2" else "planned",
        "items": _items(procurement),
        "value": money(procurement.value * 100),
        "mainProcurementCategory": procurement.service.category,
        "aboveThreshold": procurement.above_threshold,
        "lots": [{"id": "1", "status": "planned", "contractPeriod": _period(procurement)}],
    }
    if kind == "UK2":
        closes = stamp(working_day(day + timedelta(days=28)), "17:00:00")
        release["tender"]["communication"] = {"futureNoticeDate": stamp(procurement.published)}
        release["planning"]["milestones"] = [
            {
                "id": "1",
                "type": "engagement",
                "dueDate": closes,
                "description": "Comments from providers by this day",
            }
        ]
    return release


def _tender(draws: Draws, procurement: Procurement, lots: int = 1) -> Release:
    release = _release(procurement, procurement.published, ["tender"], draws)
    ids = [str(i + 1) for i in range(lots)]
    criteria = _criteria(draws, procurement)
    share = procurement.value // lots
    release["tender"] |= {
        "description": _description(procurement),
        "status": "active",
        "items": _items(procurement, *ids, places=True),
        "value": money(procurement.value * 100),
        **_procedure(procurement),
        "mainProcurementCategory": procurement.service.category,
        "aboveThreshold": procurement.above_threshold,
        "submissionMethodDetails": f"{SITE}/tenders",
        "submissionTerms": {"electronicSubmissionPolicy": "allowed", "languages": ["en"]},
        "tenderPeriod": {"endDate": stamp(procurement.deadline, "12:00:00")},
        "enquiryPeriod": {"endDate": stamp(procurement.deadline - timedelta(days=9), "17:00:00")},
        "awardPeriod": {"endDate": stamp(procurement.award_decided, "23:59:59")},
        "lots": [
            {
                "id": lot,
                "status": "active",
                **({"title": f"Lot {lot}"} if lots > 1 else {}),
                "value": money((procurement.value - share * (lots - 1) if lot == "1" else share) * 100),
                "awardCriteria": {"criteria": criteria},
                "contractPeriod": _period(procurement),
                **_renewal(procurement),
                "suitability": {"sme": True, "vcse": procurement.light_touch},
            }
            for lot in ids
        ],
        "documents": [
            {
                "id": "conflictOfInterest",
                "documentType": "conflictOfInterest",
                "description": "Not published",
            },
            _document("UK4", release),
        ],
    }
    return release


def _new_deadline(draws: Draws, procurement: Procurement) -> Release:
    """Change the deadline after publication: a delta that says nothing else.

    The tender notice said a week earlier; bids came in against the deadline given here.
    """
    day = working_day(procurement.deadline - timedelta(days=12))
    release = _release(procurement, day, ["tenderUpdate"], draws)
    release["tender"] |= {
        "tenderPeriod": {"endDate": stamp(procurement.deadline, "12:00:00")},
        "documents": [_document("UK4", release)],
    }
    release["tender"]["amendments"] = [
        {"id": "1", "date": release["date"], "description": "Deadline for tenders moved by a week."}
    ]
    return release


def _statistics(procurement: Procurement) -> list[dict[str, Any]]:
    final = [bid for bid in procurement.bids if bid.on_time]
    counts = {
        "bids": len(procurement.bids),
        "finalStageBids": len(final),
        "smeFinalStageBids": sum(bid.supplier.scale == "sme" for bid in final),
        "vcseFinalStageBids": sum(bid.supplier.vcse for bid in final),
    }
    return [
        {"id": str(i), "measure": measure, "value": value, "relatedLot": "1"}
        for i, (measure, value) in enumerate(counts.items(), 1)
    ]


def _award(procurement: Procurement, winner: Bid, status: str) -> dict[str, Any]:
    return {
        "id": "1",
        "title": procurement.service.title,
        "status": status,
        "date": stamp(procurement.award_decided),
        "value": money(winner.price),
        "mainProcurementCategory": procurement.service.category,
        "aboveThreshold": procurement.above_threshold,
        "suppliers": [{"id": winner.supplier.party_id, "name": winner.supplier.name}],
        "items": _items(procurement),
        "contractPeriod": _period(procurement),
        **_renewal(procurement),
        "relatedLots": ["1"],
    }


def _award_notice(draws: Draws, procurement: Procurement, winner: Bid) -> Release:
    release = _release(procurement, procurement.award_decided, ["award", "contract"], draws, winner.supplier)
    release["tender"] |= {
        "status": "complete",
        **_procedure(procurement),
        "lots": [{"id": "1", "status": "complete"}],
    }
    release["bids"] = {"statistics": _statistics(procurement)}
    award = _award(procurement, winner, "pending")
    award["documents"] = [_document("UK6", release)]
    award["assessmentSummariesDateSent"] = stamp(procurement.award_decided)
    if not procurement.light_touch:
        standstill = working_day(procurement.award_decided + timedelta(days=10))
        award["standstillPeriod"] = {"endDate": stamp(standstill, "23:59:59")}
    award["milestones"] = [
        {
            "id": "1",
            "type": "futureSignatureDate",
            "dueDate": stamp(procurement.signed, "23:59:59"),
            "status": "scheduled",
        }
    ]
    release["awards"] = [award]
    return release


def _first_year(delivery: list[DeliveryRecord]) -> dict[str, list[DeliveryRecord]]:
    """Group the first four quarters of each published KPI; a KPI not yet a year old is left out."""
    years: dict[str, list[DeliveryRecord]] = {}
    for record in delivery:
        if record.kpi_id and record.quarter <= 4:
            years.setdefault(record.kpi_id, []).append(record)
    return {kpi: year for kpi, year in years.items() if len(year) == 4}


def _contract_notice(
    draws: Draws,
    procurement: Procurement,
    winner: Bid,
    kpis: list[tuple[str, words.Promise, int]],
    first: bool,
) -> Release:
    release = _release(procurement, procurement.signed, ["award", "contract"], draws, winner.supplier)
    release["tender"] |= {"status": "complete", "lots": [{"id": "1", "status": "complete"}]}
    if first:  # below the threshold no award notice comes before it
        release["bids"] = {"statistics": _statistics(procurement)}
        release["awards"] = [_award(procurement, winner, "active")]
    else:
        suppliers = [{"id": winner.supplier.party_id, "name": winner.supplier.name}]
        release["awards"] = [{"id": "1", "status": "active", "suppliers": suppliers}]
    contract: dict[str, Any] = {
        "id": "1",
        "awardID": "1",
        "title": procurement.service.title,
        "status": "active",
        "dateSigned": stamp(procurement.signed),
        "period": _period(procurement),
        "value": money(winner.price),
        "aboveThreshold": procurement.above_threshold,
        "items": _items(procurement),
        "documents": [_document("UK7", release)],
    }
    if kpis:
        contract["agreedMetrics"] = [
            {
                "id": kpi,
                "title": promise.text,
                "description": f"Social value, {promise.theme}. Reported each quarter, rated each year.",
                "observations": [
                    {
                        "id": f"{kpi}-target",
                        "notes": "Target for each year",
                        "measure": str(yearly),
                        "unit": {"name": promise.unit},
                    }
                ],
            }
            for kpi, promise, yearly in kpis
        ]
    else:
        contract["noAgreedMetricsRationale"] = (
            "The service is bought under the light touch rules, which do not call for indicators."
            if procurement.light_touch
            else "The estimated value is not above £5 million, so indicators are not required."
        )
    release["contracts"] = [contract]
    return release


def _performance_notice(
    draws: Draws, procurement: Procurement, winner: Bid, years: dict[str, list[DeliveryRecord]]
) -> Release:
    last = max(record.reported or record.end for year in years.values() for record in year)
    day = working_day(last + timedelta(days=draws.whole(2, 9)))
    release = _release(procurement, min(day, SNAPSHOT), ["implementation"], draws, winner.supplier)
    metrics = []
    for kpi, year in years.items():
        name, code = rate_year(year)
        measure = {} if name == "Other" else {"measure": str(sum(record.actual or 0 for record in year))}
        metrics.append(
            {
                "id": kpi,
                "title": year[0].promise.text,
                "observations": [
                    {
                        "id": f"{kpi}-year-1",
                        "period": {
                            "startDate": stamp(year[0].start),
                            "endDate": stamp(year[-1].end, "23:59:59"),
                        },
                        **measure,
                        "unit": {"name": year[0].promise.unit},
                        "measureClassification": {"scheme": "UK_KPI_RATING", "id": code, "description": name},
                        **({"notes": "A quarter was not reported."} if name == "Other" else {}),
                    }
                ],
            }
        )
    release["contracts"] = [
        {
            "id": "1",
            "awardID": "1",
            "implementation": {"metrics": metrics, "documents": [_document("UK9", release)]},
        }
    ]
    return release


def _of_procurement(
    seed: int, position: int, procurement: Procurement, own: list[DeliveryRecord]
) -> Iterator[Release]:
    draws = Draws(seed, 8, position)
    if procurement.status == "planned":
        yield _planning(draws, procurement, date(2026, 10, 12 + position % 5), "UK3")
        return
    named = procurement.id == NAMED_CASE
    engaged = working_day(procurement.published - timedelta(days=130))
    wanted = procurement.above_threshold and draws.chance(ENGAGEMENT_SHARE)
    if named or (wanted and engaged >= REGIME_START):
        yield _planning(draws, procurement, engaged, "UK2")
    tender = _tender(draws, procurement, lots=3 if procurement.service is words.NOT_YET_BID[2] else 1)
    yield tender
    if procurement.bids and not named and draws.chance(CHANGED_DEADLINE_SHARE):
        earlier = working_day(procurement.deadline - timedelta(days=7))
        tender["tender"]["tenderPeriod"] = {"endDate": stamp(earlier, "12:00:00")}
        yield _new_deadline(draws, procurement)
    winner = procurement.winner
    if winner is None:
        return
    award_first = procurement.above_threshold or draws.chance(0.4)
    if award_first:
        yield _award_notice(draws, procurement, winner)
    if procurement.signed > SNAPSHOT:
        return
    kpis = [
        (record.kpi_id, record.promise, record.yearly)
        for record in own
        if record.kpi_id and record.quarter == 1
    ]
    yield _contract_notice(draws, procurement, winner, kpis, not award_first)
    years = _first_year(own)
    if years:
        yield _performance_notice(draws, procurement, winner, years)


def _documents(release: Release) -> Iterator[dict[str, Any]]:
    places = [release["tender"], release.get("planning", {}), *release.get("awards", ())]
    for contract in release.get("contracts", ()):
        places += [contract, contract.get("implementation", {})]
    for place in places:
        yield from (document for document in place.get("documents", ()) if "noticeType" in document)


def draft_notices(
    seed: int, procurements: list[Procurement], delivery: list[DeliveryRecord]
) -> list[Release]:
    """Write every notice of every procurement, as a careful clerk would, without notice numbers.

    Parameters
    ----------
    seed
        The seed of the whole data set.
    procurements
        From `draw_procurements`.
    delivery
        From `draw_delivery`.

    Returns
    -------
    list of dict
        OCDS releases, by procurement. `number_notices` gives them their ids.
    """
    releases: list[Release] = []
    for position, procurement in enumerate(procurements):
        own = [record for record in delivery if record.procurement is procurement]
        releases += _of_procurement(seed, position, procurement, own)
    return releases


def number_notices(releases: list[Release]) -> list[Release]:
    """Put notices in the order of publication and number them, in place; return them in that order."""
    ordered = sorted(releases, key=lambda release: (release["date"], release["ocid"]))
    for i, release in enumerate(ordered):
        # Real notice numbers stay far below 900000 in a year.
        release["id"] = f"{900101 + 7 * i}-{release['date'][:4]}"
        for document in _documents(release):
            document["id"] = release["id"]
            document["url"] = f"{SITE}/notices/{release['id']}"
    return ordered


def packages(releases: Iterable[Release]) -> dict[str, dict[str, Any]]:
    """Bundle releases into packages, one for each quarter of publication: file name to package."""
    bundles: dict[str, list[Release]] = {}
    for release in releases:
        year, month = release["date"][:4], int(release["date"][5:7])
        bundles.setdefault(f"{year}-Q{(month + 2) // 3}.json", []).append(release)
    return {
        name: {
            "uri": f"{SITE}/notices/{name}",
            "version": "1.1",
            "extensions": EXTENSIONS,
            "publishedDate": bundle[-1]["date"],
            "publisher": {"name": words.PUBLISHER, "uri": SITE},
            "license": LICENCE,
            "publicationPolicy": f"{SITE}/about-this-fictional-data",
            "releases": bundle,
        }
        for name, bundle in bundles.items()
    }
