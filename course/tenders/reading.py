"""Notices in, tidy tables out: releases are gathered on disk, merged by procurement, mended and laid flat."""

import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from course.errors import InputError
from course.tenders.files import releases_in
from course.tenders.slips import (
    SLIPS,
    Slip,
    amount,
    contracts_of,
    criteria_of,
    exact_weight,
    json_path,
    listed,
    mend,
    repeated_awards,
    set_in_order,
)
from course.tenders.tables import SCHEMAS, Tables, as_table

SOURCES = {"ocds-h6vhtk-": "Find a Tender", "ocds-b5fd17-": "Contracts Finder"}

_SECTIONS = ("planning", "tender", "bids", "awards", "contracts", "parties", "buyer")

Row = dict[str, Any]


def read_notices(paths: str | Path | Iterable[str | Path]) -> Tables:
    """Read notice files into tidy tables.

    Notices of one procurement (one `ocid`) are merged in the order they were published, later ones laid over
    earlier ones, as the Open Contracting Data Standard 1.1 lays down. Exact repeats count once. Slips in the
    notices are mended where that is safe and always told in the `issues` table.

    Parameters
    ----------
    paths
        One file or several: OCDS release or record packages, bare releases, lists, or JSON Lines of these.
        Memory grows with the tables, not with the files: releases wait in a temporary file on disk.

    Returns
    -------
    Tables
        Sorted by `ocid`. Values in £, without or with VAT as the column says; weights in points of 100.

    Raises
    ------
    InputError
        When any file cannot be used, naming each such file, what is wrong with it and what to do. Then no
        file is read: a total that silently lacks a file would mislead. Also when no file holds a notice.
    """
    with closing(open_store()) as store:
        gather(store, paths)
        return tables_of(store)


def open_store() -> sqlite3.Connection:
    """Open a store for releases: a temporary file on disk that is gone once closed."""
    store = sqlite3.connect("")
    store.execute(
        "CREATE TABLE release (seq INTEGER PRIMARY KEY, ocid TEXT, moment TEXT, digest TEXT, copies INTEGER, "
        "body TEXT, UNIQUE (ocid, digest))"
    )
    return store


def gather(store: sqlite3.Connection, paths: str | Path | Iterable[str | Path]) -> int:
    """Put every release of some files into a store; return how many entries they hold.

    Contact people's names, e-mail addresses and telephone numbers are left out. Raises InputError as
    `read_notices` does.
    """
    files = [paths] if isinstance(paths, str | Path) else list(paths)
    if not files:
        raise InputError("No file was named. Name one or more files of notices.")
    problems: list[str] = []
    entries = 0
    for file in files:
        try:
            for release in releases_in(file):
                keep(store, release)
                entries += 1
        except InputError as problem:
            problems.append(str(problem))
        except sqlite3.Error as error:
            raise InputError(
                f"There was no room for the notices in the temporary folder ({error}). Free some disk space."
            ) from error
    if len(problems) == 1 and len(files) == 1:
        raise InputError(problems[0])
    if problems:
        told = "\n".join(f"- {problem}" for problem in problems)
        raise InputError(
            f"{len(problems)} of {len(files)} files cannot be used, so nothing was read:\n{told}"
        )
    if not entries:
        raise InputError(f"{', '.join(map(str, files))}: no notices inside. Download again with other dates.")
    return entries


def keep(store: sqlite3.Connection, release: Any) -> None:
    """Put one release into a store, unless the very same is in it already."""
    if isinstance(release, dict):
        release = _without_contacts(release)
    body = json.dumps(release, ensure_ascii=True, separators=(",", ":"))
    digest = _digest(release)
    ocid, moment = "", ""
    if isinstance(release, dict):
        ocid = str(release.get("ocid") or "").strip()
        moment = _utc(release.get("date")) or ""
    store.execute(
        "INSERT INTO release (ocid, moment, digest, copies, body) VALUES (?, ?, ?, 1, ?) "
        "ON CONFLICT (ocid, digest) DO UPDATE SET copies = copies + 1",
        (ocid, moment, digest, body),
    )


def _digest(release: Any) -> str:
    return hashlib.blake2b(json.dumps(release, sort_keys=True).encode(), digest_size=16).hexdigest()


def bodies_of(store: sqlite3.Connection) -> Iterator[str]:
    """Yield every different release in a store as one line of JSON, in the order they came."""
    for (body,) in store.execute("SELECT body FROM release ORDER BY seq"):
        yield body


def tables_of(store: sqlite3.Connection) -> Tables:
    """Merge, mend and lay flat everything in a store."""
    columns: dict[str, dict[str, list[Any]]] = {
        name: {column: [] for column in schema.columns} for name, schema in SCHEMAS.items()
    }
    for ocid, releases in _by_ocid(store):
        for table, row in _rows_of(ocid, releases):
            for column, cells in columns[table].items():
                cells.append(row.get(column))
    return Tables(**{name: as_table(name, cells) for name, cells in columns.items()})


def _by_ocid(store: sqlite3.Connection) -> Iterator[tuple[str, list[Any]]]:
    ocid: str | None = None
    releases: list[Any] = []
    for found, body in store.execute("SELECT ocid, body FROM release ORDER BY ocid, moment, seq"):
        if found != ocid or not ocid:
            if releases:
                yield ocid or "", releases
            ocid, releases = found, []
        releases.append(json.loads(body))
    if releases:
        yield ocid or "", releases


def _without_contacts(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_contacts(part) for key, part in value.items() if key != "contactPoint"}
    if isinstance(value, list):
        return [_without_contacts(part) for part in value]
    return value


def _utc(text: Any) -> str | None:
    """Turn an ISO 8601 moment into UTC text that sorts; one without an offset is taken as UTC."""
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (TypeError, ValueError, OverflowError):
        return None


def _rows_of(ocid: str, releases: list[Any]) -> Iterator[tuple[str, Row]]:
    """Yield the rows of all procurements under one ocid, each with the table it belongs to."""
    usable = []
    for release in releases:
        if not isinstance(release, dict) or not any(
            isinstance(release.get(key), dict | list) for key in _SECTIONS
        ):
            shown = json.dumps(release)
            found = shown if len(shown) <= 80 else shown[:77] + "…"
            yield "issues", _issue(ocid, None, Slip((), "not_a_notice", found))
        else:
            usable.append(release)
    for n, notices in enumerate(_by_buyer(usable)):
        own = ocid if n == 0 else f"{ocid}#{n + 1}"
        slips: list[tuple[str | None, Slip]] = []
        if not ocid:
            own = f"no-ocid-{_plain(notices[0].get('id')) or _digest(notices[0])}"
            slips.append((_plain(notices[0].get("id")), Slip((), "missing_ocid", "no ocid")))
        if n:
            found = f"{ocid} is used by {_buyer_name(notices[0]) or 'another buyer'} too"
            slips.append((_plain(notices[0].get("id")), Slip(("ocid",), "ocid_reused", found)))
        yield from _procurement(own, notices, slips)


def _by_buyer(releases: list[Row]) -> list[list[Row]]:
    """Part the notices of one ocid by buyer: two are different when neither number nor name is the same."""
    groups: list[tuple[set[str], list[Row]]] = []
    for release in releases:
        marks = {mark for mark in (_buyer_id(release), _buyer_name(release).casefold()) if mark}
        group = next((one for one in reversed(groups) if not marks or not one[0] or one[0] & marks), None)
        if group is None:
            groups.append((marks, [release]))
        else:
            group[0].update(marks)
            group[1].append(release)
    return [notices for _, notices in groups]


def _buyer(release: Row) -> Row:
    buyer = release.get("buyer")
    return buyer if isinstance(buyer, dict) else {}


def _buyer_id(release: Row) -> str:
    return str(_buyer(release).get("id") or "")


def _buyer_name(release: Row) -> str:
    return str(_buyer(release).get("name") or "").strip()


def _procurement(
    ocid: str, notices: list[Row], slips: list[tuple[str | None, Slip]]
) -> Iterator[tuple[str, Row]]:
    for notice in notices:
        slips += [(_plain(notice.get("id")), slip) for slip in set_in_order(notice)]
    merged, contradiction = _merge(ocid, notices)
    latest = notices[-1]
    if contradiction:
        slips.append((_plain(latest.get("id")), Slip((), "cannot_merge", contradiction)))
    found = [*repeated_awards(merged, notices), *mend(merged)]
    slips += [_placed(slip, merged, notices) for slip in found]
    yield "notices", _notice(ocid, merged, notices)
    tender = merged.get("tender") or {}
    yield from (("lots", {"ocid": ocid, **_lot(lot)}) for _, lot in listed(tender, "lots"))
    yield from (("criteria", {"ocid": ocid, **row}) for row in _criteria(merged))
    for _, statistic in listed(merged.get("bids") or {}, "statistics"):
        row = {"lot_id": _plain(statistic.get("relatedLot")), "measure": _plain(statistic.get("measure"))}
        yield "bid_statistics", {"ocid": ocid, **row, "value": statistic.get("value")}
    parties = {_plain(party.get("id")): party for _, party in listed(merged, "parties")}
    for _, award in listed(merged, "awards"):
        yield "awards", {"ocid": ocid, **_award(award, merged, notices)}
        for _, supplier in listed(award, "suppliers"):
            party = parties.get(_plain(supplier.get("id")), supplier)
            yield "suppliers", {"ocid": ocid, "award_id": award["id"], **_supplier(supplier, party)}
    yield from (("delivery_places", {"ocid": ocid, **row}) for row in _places(merged))
    yield from (("kpis", {"ocid": ocid, **row}) for row in _kpis(merged))
    yield from (("performance", {"ocid": ocid, **row}) for row in _performance(merged))
    yield from (("issues", _issue(ocid, notice_id, slip)) for notice_id, slip in slips)


def _merge(ocid: str, notices: list[Row]) -> tuple[Row, str]:
    """Merge a procurement's notices; return the merged state and, when they contradict, in what."""
    if len(notices) == 1:
        return notices[0], ""
    from ocdsmerge import Merger
    from ocdsmerge.exceptions import OCDSMergeError

    dated = [{**notice, "ocid": ocid, "date": f"{n:06}"} for n, notice in enumerate(notices)]
    try:
        merged = Merger(merge_rules=_merge_rules(notices)).create_compiled_release(dated)
        return {**merged, "id": notices[-1].get("id"), "date": notices[-1].get("date")}, ""
    except OCDSMergeError as error:
        return notices[-1], str(error)


# Each notice states these lists whole (OCDS 1.1 for the first two). Contracts Finder numbers a provider anew
# in every notice, so merging providers by number would count one twice.
_WHOLE = {"additionalClassifications", "additionalIdentifiers", "suppliers"}


def _merge_rules(notices: list[Row]) -> dict[tuple[str, ...], str]:
    """Work out the rules of merging from the notices themselves, so that no schema need be fetched.

    By the standard, lists of objects that have an id are merged by id, and all other lists replaced whole.
    """
    rules: dict[tuple[str, ...], str] = {
        ("id",): "omitWhenMerged",
        ("date",): "omitWhenMerged",
        ("tag",): "omitWhenMerged",
    }

    def look(value: Any, path: tuple[str, ...]) -> None:
        if isinstance(value, dict):
            for key, part in value.items():
                look(part, (*path, key))
        elif isinstance(value, list):
            ids = [item.get("id") for item in value if isinstance(item, dict)]
            unnumbered = len({one for one in ids if isinstance(one, str | int)}) < len(ids)
            if path[-1] in _WHOLE or unnumbered:
                rules[path] = "wholeListMerge"
            for item in value:
                look(item, path)

    for notice in notices:
        look(notice, ())
    return rules


def _placed(slip: Slip, merged: Row, notices: list[Row]) -> tuple[str | None, Slip]:
    """Find the latest notice that says what a slip of the merged state is about, and its path there."""
    for notice in reversed(notices):
        path = _path_in(slip.path, merged, notice)
        if path is not None:
            return _plain(notice.get("id")), Slip(path, slip.code, slip.found, slip.did)
    return _plain(notices[-1].get("id")), slip


def _path_in(path: tuple[str | int, ...], merged: Any, notice: Any) -> tuple[str | int, ...] | None:
    own: list[str | int] = []
    for step in path:
        # Mending may have emptied what the rest of the path leads through; then places are taken as they are.
        within = merged.get(step) if isinstance(merged, dict) else None
        place: str | int = step
        if isinstance(step, int):
            if not isinstance(notice, list):
                return None
            within = merged[step] if isinstance(merged, list) and step < len(merged) else None
            wanted = within.get("id") if isinstance(within, dict) else None
            if wanted is not None:
                ids = [one.get("id") if isinstance(one, dict) else None for one in notice]
                place = ids.index(wanted) if wanted in ids else len(notice)
            if int(place) >= len(notice):
                return None
        elif not isinstance(notice, dict) or step not in notice:
            return None
        own.append(place)
        merged, notice = within, notice[place]
    return tuple(own)


def _issue(ocid: str, notice_id: str | None, slip: Slip) -> Row:
    means, did = SLIPS[slip.code]
    return {
        "ocid": ocid or None,
        "notice_id": notice_id,
        "where": json_path(slip.path),
        "slip": slip.code,
        "what_was_found": slip.found,
        "what_it_means": means,
        "what_we_did": slip.did or did,
    }


def _notice(ocid: str, merged: Row, notices: list[Row]) -> Row:
    tender, buyer = merged.get("tender") or {}, merged.get("buyer") or {}
    party = next((one for _, one in listed(merged, "parties") if "buyer" in (one.get("roles") or [])), {})
    latest = notices[-1]
    moments = [moment for notice in notices if (moment := _utc(notice.get("date")))]
    awards = [award for _, award in listed(merged, "awards")]
    cpv = _cpv(tender) or next((found for award in awards if (found := _cpv(award))), {})
    suitability = tender.get("suitability") or {}
    said = [tender.get("title"), tender.get("description")]
    said += [text for row in _criteria(merged) for text in (row["name"], row["description"])]
    reasons = [
        _plain(contract.get("noAgreedMetricsRationale")) for _, contract in listed(merged, "contracts")
    ]
    return {
        "ocid": ocid,
        "notice_id": _plain(latest.get("id")) or "none",
        "source": next((name for prefix, name in SOURCES.items() if ocid.startswith(prefix)), "other"),
        "notice_types": _joined(kind for notice in notices for kind in _notice_types(notice)),
        "stage": _joined(latest.get("tag") or []),
        "releases": len(notices),
        "first_published": min(moments, default=None),
        "last_published": max(moments, default=None),
        "buyer_id": _plain(buyer.get("id")) or _plain(party.get("id")),
        "buyer_name": _plain(buyer.get("name")) or _plain(party.get("name")),
        "title": _plain(tender.get("title")) or next((_plain(award.get("title")) for award in awards), None),
        "description": _plain(tender.get("description")),
        "category": _plain(tender.get("mainProcurementCategory"))
        or next((_plain(award.get("mainProcurementCategory")) for award in awards), None),
        "procedure": _plain(tender.get("procurementMethod")),
        "procedure_details": _plain(tender.get("procurementMethodDetails")),
        "legal_basis": _plain((tender.get("legalBasis") or {}).get("id")),
        "above_threshold": _flag(tender.get("aboveThreshold")),
        "light_touch": "lightTouch" in tender["specialRegime"] if tender.get("specialRegime") else None,
        "cpv": _plain(cpv.get("id")),
        "cpv_description": _plain(cpv.get("description")),
        "status": _plain(tender.get("status")),
        "value_net": amount(tender, "value"),
        "value_gross": amount(tender, "value", "amountGross"),
        "value_min": amount(tender, "minValue"),
        "deadline": _utc((tender.get("tenderPeriod") or {}).get("endDate")),
        "contract_start": _day(tender, "startDate"),
        "contract_end": _day(tender, "endDate"),
        "suitable_sme": _flag(suitability.get("sme")),
        "suitable_vcse": _flag(suitability.get("vcse")),
        "lots": len(tender.get("lots") or []),
        "delivery_places": sum(1 for _ in _places(merged)),
        "mentions_social_value": any(names_social_value(text) for text in said if isinstance(text, str)),
        "no_kpis_reason": _joined(reason for reason in reasons if reason),
    }


def _notice_types(notice: Row) -> Iterator[str]:
    holders = [notice.get("planning") or {}, notice.get("tender") or {}]
    holders += [one for section in ("awards", "contracts") for _, one in listed(notice, section)]
    for holder in holders:
        for _, document in listed(holder, "documents"):
            if document.get("noticeType"):
                yield str(document["noticeType"])


def _cpv(holder: Row) -> Row:
    classes = [holder.get("classification") or {}]
    for _, item in listed(holder, "items"):
        classes += [
            item.get("classification") or {},
            *(one for _, one in listed(item, "additionalClassifications")),
        ]
    return next((one for one in classes if one.get("scheme") == "CPV" and one.get("id")), {})


def _lot(lot: Row) -> Row:
    suitability = lot.get("suitability") or {}
    return {
        "lot_id": lot["id"],
        "title": _plain(lot.get("title")),
        "description": _plain(lot.get("description")),
        "status": _plain(lot.get("status")),
        "value_net": amount(lot, "value"),
        "value_gross": amount(lot, "value", "amountGross"),
        "contract_start": _day(lot, "startDate"),
        "contract_end": _day(lot, "endDate"),
        "contract_end_with_options": _day(lot, "maxExtentDate"),
        "has_renewal": _flag(lot.get("hasRenewal")),
        "suitable_sme": _flag(suitability.get("sme")),
        "suitable_vcse": _flag(suitability.get("vcse")),
    }


_SOCIAL_VALUE = re.compile(
    r"\bsocial[\s\-–]+(?:value|impact)s?\b|\b(?:community|social)\s+benefits?\b|\bsocial,\s*economic\s+(?:and|&)\s+"
    r"environmental\b|\badded\s+social\b|\bTOMs?\b",
    re.IGNORECASE,
)
_PRICE = re.compile(r"\b(?:price|pricing|cost|costs|costing|commercial|financial)\b", re.IGNORECASE)


def names_social_value(text: str) -> bool:
    """Tell whether words name social value, social impact or community benefits."""
    return bool(_SOCIAL_VALUE.search(text))


def kind_of_criterion(name: str, type_: str) -> str:
    """Tell what a criterion is: "social value", "price", "quality" or "unknown".

    The name decides first, because the data standard has no type for social value and buyers tag it quality.
    """
    if names_social_value(name):
        return "social value"
    if type_ in ("price", "cost"):
        return "price"
    if type_ == "quality":
        return "quality"
    return (
        "price"
        if _PRICE.search(name)
        else "quality"
        if re.search("quality|technical", name, re.I)
        else "unknown"
    )


def _criteria(merged: Row) -> Iterator[Row]:
    for _, lot, criteria in criteria_of(merged):
        for n, criterion in enumerate(criteria, 1):
            name, type_ = _plain(criterion.get("name")) or "", _plain(criterion.get("type")) or ""
            weights = [_plain(one.get("weight")) for _, one in listed(criterion, "numbers")]
            yield {
                "lot_id": lot,
                "position": n,
                "name": name or None,
                "type": type_ or None,
                "kind": kind_of_criterion(name, type_),
                "weight": exact_weight(criterion),
                "weight_kind": next((kind for kind in weights if kind), None),
                "description": _plain(criterion.get("description")),
            }


def _award(award: Row, merged: Row, notices: list[Row]) -> Row:
    # Some award notices state no value, and the contract signed under the award does.
    signed = [] if award.get("value") else contracts_of(merged, award)
    deals = [award, *signed]
    return {
        "award_id": award["id"],
        "title": _plain(award.get("title")),
        "status": _plain(award.get("status")),
        "date": _date_only(award.get("date")),
        "lots": _joined(award.get("relatedLots") or []),
        "suppliers": len(award.get("suppliers") or []),
        "value_net": next((x for deal in deals if (x := amount(deal, "value")) is not None), None),
        "value_gross": next(
            (x for deal in deals if (x := amount(deal, "value", "amountGross")) is not None), None
        ),
        "contract_start": _day(award, "startDate"),
        "contract_end": _day(award, "endDate"),
        "contract_end_with_options": _day(award, "maxExtentDate"),
        "above_threshold": _flag(award.get("aboveThreshold")),
        "times_published": sum(
            any(one["id"] == award["id"] for _, one in listed(notice, "awards")) for notice in notices
        ),
        "counted": award.get("status") not in ("cancelled", "unsuccessful") and "repeats" not in award,
    }


def _supplier(supplier: Row, party: Row) -> Row:
    identifier, address = party.get("identifier") or {}, party.get("address") or {}
    details = party.get("details") or {}
    return {
        "supplier_id": _plain(supplier.get("id")),
        "name": _plain(party.get("name")) or _plain(supplier.get("name")),
        "register": _plain(identifier.get("scheme")),
        "register_number": _plain(identifier.get("id")),
        "scale": _plain(details.get("scale")),
        "vcse": _flag(details.get("vcse")),
        "locality": _plain(address.get("locality")),
        "postcode": _plain(address.get("postalCode")),
        "region": _plain(address.get("region")),
    }


def _places(merged: Row) -> Iterator[Row]:
    homes = [("tender", merged.get("tender") or {})]
    homes += [("award", award) for _, award in listed(merged, "awards")]
    homes += [("contract", contract) for _, contract in listed(merged, "contracts")]
    for stage, home in homes:
        for _, item in listed(home, "items"):
            for _, place in listed(item, "deliveryAddresses"):
                yield {
                    "stage": stage,
                    "lot_id": _plain(item.get("relatedLot")),
                    "locality": _plain(place.get("locality")),
                    "postcode": _plain(place.get("postalCode")),
                    "region": _plain(place.get("region")),
                    "country": _plain(place.get("countryName")) or _plain(place.get("country")),
                }


def _kpis(merged: Row) -> Iterator[Row]:
    homes = [(None, award["id"], award) for _, award in listed(merged, "awards")]
    homes += [(one["id"], _plain(one.get("awardID")), one) for _, one in listed(merged, "contracts")]
    for contract, award, home in homes:
        for _, metric in listed(home, "agreedMetrics"):
            targets = [one for _, one in listed(metric, "observations")] or [{}]
            for target in targets:
                yield {
                    "contract_id": contract,
                    "award_id": award,
                    "kpi_id": _plain(metric.get("id")),
                    "title": _plain(metric.get("title")),
                    "description": _plain(metric.get("description")),
                    "target": _measure(target),
                    "unit": _plain((target.get("unit") or {}).get("name")),
                }


# Ratings of the Procurement Regulations 2024, for notices that give only the code of the data standard.
RATINGS = {
    "met": "Good",
    "slightlyBelow": "Approaching target",
    "below": "Requires improvement",
    "significantlyBelow": "Inadequate",
    "other": "Other",
}


def _performance(merged: Row) -> Iterator[Row]:
    for _, contract in listed(merged, "contracts"):
        done = contract.get("implementation") or {}
        for _, metric in listed(done, "metrics"):
            for _, observation in listed(metric, "observations"):
                rating = observation.get("measureClassification") or {}
                code = _plain(rating.get("id"))
                yield {
                    "contract_id": contract["id"],
                    "kind": "rating",
                    "kpi_id": _plain(metric.get("id")),
                    "title": _plain(metric.get("title")),
                    "period_start": _day(observation, "startDate"),
                    "period_end": _day(observation, "endDate"),
                    "measure": _measure(observation),
                    "unit": _plain((observation.get("unit") or {}).get("name")),
                    "rating": RATINGS.get(code or "") or _plain(rating.get("description")) or code,
                    "notes": _plain(observation.get("notes")),
                }
        for _, failure in listed(done, "performanceFailures"):
            yield {
                "contract_id": contract["id"],
                "kind": "failure",
                "title": _plain(failure.get("requirement")),
                "period_start": _day(failure, "startDate"),
                "period_end": _day(failure, "endDate") or _date_only(failure.get("decisionDate")),
                "notes": _plain(failure.get("description")),
            }


def _measure(observation: Row) -> str | None:
    pounds = amount(observation, "value")
    return _plain(observation.get("measure")) or (f"£{pounds:,.2f}" if pounds is not None else None)


def _plain(value: Any) -> str | None:
    """Return text or a number as text; None for nothing, and for what is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return str(value).strip() or None


def _flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else {"true": True, "false": False}.get(str(value).lower())


def _day(holder: Row, which: str) -> str | None:
    return _date_only((holder.get("contractPeriod") or holder.get("period") or {}).get(which))


def _date_only(text: Any) -> str | None:
    """Return the calendar day as published: moved to UTC, a midnight in British summer would lose a day."""
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except (TypeError, ValueError):
        return None


def _joined(parts: Iterable[Any]) -> str | None:
    return "; ".join(dict.fromkeys(str(part) for part in parts)) or None
