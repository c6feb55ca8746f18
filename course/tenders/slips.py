"""The slips that real notices carry: how each is found, what it means and how it is mended.

Two passes. `set_in_order` takes one notice as published and makes it safe to merge: sections of the wrong
shape, entries without a number. `mend` takes a procurement's merged state and mends what it says. Both change
the notice in place and return what they met, so that whatever reads the notice afterwards can be naive.
"""

import html
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Path = tuple[str | int, ...]

VAT_RATE = 0.2
"""Standard rate of VAT in the United Kingdom since 4 January 2011 (VAT Act 1994, s.2)."""
OTHER_VAT_RATES = (0.0, 0.05)
MANY_PLACES = 50
WIDE_BOUNDS = 100

STATUSES = {
    "tender": {"planning", "planned", "active", "cancelled", "unsuccessful", "complete", "withdrawn"},
    "awards": {"pending", "active", "cancelled", "unsuccessful"},
    "contracts": {"pending", "active", "cancelled", "terminated"},
}


@dataclass(frozen=True)
class Slip:
    """A slip met in a notice: `path` leads to it, `code` is a key of `SLIPS`, `found` quotes it.

    `did` says what was done where that differs from what is done by rule.
    """

    path: Path
    code: str
    found: str
    did: str = ""


SLIPS: dict[str, tuple[str, str]] = {
    # code: (what it means, what we did)
    "not_a_notice": (
        "This entry is not a notice, or only a link to one, so nothing can be read from it.",
        "Left it out.",
    ),
    "missing_ocid": (
        "Without a procurement number (ocid) the notice cannot be tied to its other notices.",
        "Kept it as a procurement of its own, under its notice number.",
    ),
    "ocid_reused": (
        "One procurement number stands for two different buyers, so their notices must not be merged.",
        "Kept them apart: the later buyer's procurement has #2 (or #3 …) after its number.",
    ),
    "cannot_merge": (
        "Two notices of this procurement contradict each other in form, so they cannot be merged.",
        "Used the latest notice alone.",
    ),
    "wrong_shape": (
        "This part of the notice is not built as the data standard says, so it cannot be read.",
        "Left this part out.",
    ),
    "missing_id": (
        "The entry has no number of its own, so a later notice cannot say that it changes this one.",
        "Numbered it by its place in the list.",
    ),
    "id_repeated": (
        "Two different entries of one list bear the same number.",
        "Kept both, the later with (2) after its number.",
    ),
    "bad_date": (
        "The date cannot be read, or lies before 1900 or after 2200.",
        "Left the date empty.",
    ),
    "dates_reversed": ("The period ends before it starts.", "Kept both dates as published."),
    "number_as_text": ("A number is published as text, which sums would pass over.", "Read it as a number."),
    "not_a_number": ("Where a number should stand there is something else.", "Left the number empty."),
    "negative_value": ("A value or a count below nought makes no sense here.", "Left it empty."),
    "currency_not_pounds": (
        "The currency is not pounds. For a buyer in the United Kingdom, one wrong pick from a list is the "
        "likeliest reason (AED is the dirham of the Emirates).",
        "Left the amount out of all values in pounds.",
    ),
    "currency_missing": ("No currency is stated with the amount.", "Read it as pounds."),
    "vat_mismatch": (
        "The amounts with and without VAT do not fit a VAT rate of 20%, 5% or 0%. One of them is probably "
        "wrong, or rates are mixed.",
        "Kept both as published.",
    ),
    "net_above_gross": (
        "The amount without VAT is more than the amount with it; they were probably swapped.",
        "Kept both as published.",
    ),
    "gross_zero": (
        "The amount with VAT is £0 although there is an amount without VAT.",
        "Left the amount with VAT empty.",
    ),
    "gross_only": (
        "Only the amount with VAT is stated. It must not be added to, or compared with, amounts without VAT.",
        "Left the amount without VAT empty, because the VAT rate is not known.",
    ),
    "award_value_missing": ("The award states no value, so totals leave it out.", "Left its value empty."),
    "unknown_status": (
        "The state is not on the data standard's list, so it says nothing sure.",
        "Left the state empty.",
    ),
    "bounds_reversed": ("The lower bound of the value is above the value.", "Kept both as published."),
    "bounds_wide": (
        f"The upper bound is more than {WIDE_BOUNDS} times the lower: the estimate tells providers nothing.",
        "Kept both as published.",
    ),
    "award_above_estimate": (
        "The award is worth more than the estimate. Ask why, and whether a threshold was crossed.",
        "Kept both as published.",
    ),
    "award_repeated": (
        "The same award is published in several notices. Adding them up counts it more than once.",
        "Counted it once.",
    ),
    "award_look_alike": (
        "Two awards of this procurement have the same provider, lots, date and value: probably one award "
        "entered twice.",
        "Kept both rows, and counted only the first in totals.",
    ),
    "missing_buyer": ("The notice names no buyer.", "Left the buyer's name empty."),
    "vague_buyer": (
        "The buyer's name names nobody: it cannot be told who is buying.",
        "Kept it as published.",
    ),
    "missing_identifier": (
        "The organisation bears no number from a public register, so it can be recognised by its name only.",
        "Kept its name.",
    ),
    "local_id": (
        "GB-CFS numbers are local to Contracts Finder. One organisation can have several, "
        "and no other list knows them.",
        "Kept the number, but it is not a register number.",
    ),
    "unpadded_company_number": (
        "Companies House numbers have eight characters. Shorter ones have lost the noughts at their front "
        "and match nothing.",
        "Put the noughts back.",
    ),
    "bad_company_number": (
        "This cannot be a Companies House number: those are eight digits, or two letters and six digits.",
        "Kept it as published.",
    ),
    "bad_ppon": (
        "This cannot be a PPON, the public procurement organisation number: those look like ABCD-1234-EFGH.",
        "Kept it as published.",
    ),
    "large_and_vcse": (
        "The provider is marked both as large and as a voluntary, community or social enterprise. "
        "Both can be true, but it is rare: check before you rely on either.",
        "Kept both marks as published.",
    ),
    "cic_not_vcse": (
        "A community interest company (CIC) must by law serve the community, yet the notice says it is no "
        "voluntary, community or social enterprise.",
        "Kept the mark as published.",
    ),
    "quotes_as_at": (
        "Curly quotation marks were turned into @ when the text was pasted in.",
        "Put quotation marks back.",
    ),
    "html_entities": (
        "Characters were turned into web code, such as &apos; for an apostrophe.",
        "Turned them back.",
    ),
    "line_breaks_as_text": (
        "Line breaks are published as a backslash and an n, which people will see.",
        "Turned them into line breaks.",
    ),
    "many_delivery_places": (
        f"More than {MANY_PLACES} places of delivery: counting places tells nothing about where the work is.",
        "Kept them all, one row each.",
    ),
    "weights_not_100": (
        "The weights of the award criteria do not add up to 100. "
        "Providers cannot tell what each criterion is worth.",
        "Kept the weights as published.",
    ),
    "weight_out_of_range": ("A weight must lie between 0 and 100.", "Left the weight empty."),
    "weight_missing": (
        "Some criteria state a weight and this one does not. It may stand in an attachment.",
        "Left the weight empty.",
    ),
}

# The parts of a notice that are read, and their shape: {} is an object, [] a list of anything and [{}] a
# list of objects.
_PLACES: dict[str, Any] = {"deliveryAddresses": [{}], "additionalClassifications": [{}], "classification": {}}
_PERIODS: dict[str, Any] = {"tenderPeriod": {}, "contractPeriod": {}, "period": {}}
_CRITERIA: dict[str, Any] = {"criteria": [{"numbers": [{}]}]}
_METRICS: list[Any] = [
    {"observations": [{"period": {}, "value": {}, "unit": {}, "measureClassification": {}}]}
]
_DEAL: dict[str, Any] = {
    **_PERIODS,
    "value": {},
    "suppliers": [{}],
    "items": [_PLACES],
    "relatedLots": [],
    "documents": [{}],
    "agreedMetrics": _METRICS,
    "implementation": {"metrics": _METRICS, "performanceFailures": [{"period": {}}]},
}
SHAPE: dict[str, Any] = {
    "tag": [],
    "buyer": {},
    "parties": [{"identifier": {}, "address": {}, "details": {}, "roles": []}],
    "planning": {"documents": [{}]},
    "tender": {
        **_PERIODS,
        **_PLACES,
        "value": {},
        "minValue": {},
        "legalBasis": {},
        "specialRegime": [],
        "suitability": {},
        "awardCriteria": _CRITERIA,
        "items": [_PLACES],
        "documents": [{}],
        "lots": [{**_PERIODS, "value": {}, "suitability": {}, "awardCriteria": _CRITERIA}],
    },
    "bids": {"statistics": [{}]},
    "awards": [_DEAL],
    "contracts": [_DEAL],
}
_NUMBERED = {("tender", "lots"), ("awards",), ("contracts",)}


def set_in_order(release: dict[str, Any]) -> list[Slip]:
    """Give one notice the shape that the rest relies on, in place; report what had another shape."""
    slips: list[Slip] = []
    _set_shape(release, SHAPE, (), slips)
    return slips


def _set_shape(value: dict[str, Any], shape: dict[str, Any], path: Path, slips: list[Slip]) -> None:
    for key, wanted in shape.items():
        if value.get(key) is None:
            # An explicit null takes the part away again when notices are merged, so it stays.
            continue
        here = (*path, key)
        part = value[key]
        if isinstance(wanted, dict):
            if isinstance(part, dict):
                _set_shape(part, wanted, here, slips)
            else:
                slips.append(Slip(here, "wrong_shape", f"{_quoted(part)} where an object should stand"))
                del value[key]
            continue
        if not isinstance(part, list):
            kept = isinstance(part, dict) if wanted else isinstance(part, str)
            did = "Read it as a list of one." if kept else ""
            slips.append(Slip(here, "wrong_shape", f"{_quoted(part)} where a list should stand", did))
            if not kept:
                del value[key]
                continue
            value[key] = part = [part]
        if wanted:
            value[key] = _set_list(part, wanted[0], here, slips)
        else:
            value[key] = [one for one in part if isinstance(one, str | int)]


def _set_list(items: list[Any], shape: dict[str, Any], path: Path, slips: list[Slip]) -> list[dict[str, Any]]:
    kept: list[dict[str, Any]] = []
    by_id: dict[str, list[dict[str, Any]]] = {}
    for place, item in enumerate(items):
        here = (*path, place)
        if not isinstance(item, dict):
            slips.append(Slip(here, "wrong_shape", f"{_quoted(item)} where an object should stand"))
            continue
        _set_shape(item, shape, here, slips)
        if item.get("id") is not None:
            item["id"] = str(item["id"])
        elif path in _NUMBERED:
            item["id"] = f"unnumbered-{place + 1}"
            slips.append(Slip(here, "missing_id", f"entry {place + 1} of {_dotted(path)} has no id"))
        else:
            kept.append(item)
            continue
        published = item["id"]
        twins = by_id.setdefault(published, [])
        if twins:
            if any({**item, "id": ""} == {**twin, "id": ""} for twin in twins):
                if path == ("awards",):
                    slips.append(Slip(here, "award_repeated", f"award {published} twice in one notice"))
                continue
            item["id"] = f"{published} ({len(twins) + 1})"
            slips.append(Slip((*here, "id"), "id_repeated", f"{_dotted(path)} has two entries {published}"))
        twins.append(item)
        kept.append(item)
    return kept


def mend(release: dict[str, Any]) -> list[Slip]:
    """Mend one procurement's merged notice in place, and report every slip met.

    Parameters
    ----------
    release
        A release whose shape `set_in_order` has seen to.

    Returns
    -------
    list of Slip
        In the order met. Paths lead into `release`.
    """
    slips: list[Slip] = []
    _mend_leaves(release, (), slips)
    _mend_money(release, slips)
    _mend_statuses(release, slips)
    slips += _bounds(release)
    slips += _mend_weights(release)
    _mend_statistics(release, slips)
    slips += _award_values(release)
    slips += _buyer(release)
    _mend_parties(release, slips)
    slips += _many_places(release)
    return slips


_MOMENTS = re.compile(r"^(date|.*Date|datePublished|dateModified|dateSigned)$")
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")
# A word character before the @ means an address of an e-mail, which has no closing @ either.
_AT_QUOTES = re.compile(r"(?<![\w.@])@(?=\S)([^@\n]{0,100}?\S)@(?!\w)")
# After a colon or another backslash it is a path, such as C:\notes.
_BREAK = re.compile(r"(?<![:\\])(?:\\r)?\\n")


def _mend_leaves(value: Any, path: Path, slips: list[Slip]) -> None:
    for key, part in list(value.items() if isinstance(value, dict) else enumerate(value)):
        here = (*path, key)
        if isinstance(part, dict | list):
            _mend_leaves(part, here, slips)
        elif isinstance(part, str) and isinstance(key, str) and _MOMENTS.match(key):
            if _moment(part) is None:
                slips.append(Slip(here, "bad_date", _quoted(part)))
                value[key] = None
        elif isinstance(part, str) and key not in ("id", "ocid", "url", "uri"):
            value[key] = _mended_text(part, here, slips)
    if isinstance(value, dict):
        start, end = (_moment(value.get(key)) for key in ("startDate", "endDate"))
        if start and end and end.date() < start.date():
            slips.append(Slip(path, "dates_reversed", f"{value['startDate']} to {value['endDate']}"))


def _mended_text(text: str, path: Path, slips: list[Slip]) -> str:
    if match := _ENTITY.search(text):
        clean = html.unescape(text)
        if clean != text:
            slips.append(Slip(path, "html_entities", _around(text, match)))
            text = clean
    if match := _AT_QUOTES.search(text):
        slips.append(Slip(path, "quotes_as_at", _around(text, match)))
        text = _AT_QUOTES.sub(r"“\1”", text)
    if match := _BREAK.search(text):
        slips.append(Slip(path, "line_breaks_as_text", _around(text, match)))
        text = _BREAK.sub("\n", text)
    return text


def _moment(text: Any) -> datetime | None:
    """Read ISO 8601 text; None when it is none, or when the year is a stand-in such as 9999."""
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if 1900 <= moment.year <= 2200 else None


def number(value: Any) -> float | None:
    """Read a number, or text that is one (£, commas and % passed over); None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        value = value.strip().removeprefix("£").removesuffix("%").replace(",", "").strip()
    try:
        read = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return read if math.isfinite(read) else None


def _mend_number(holder: dict[str, Any], key: str, path: Path, slips: list[Slip]) -> float | None:
    """Make `holder[key]` a number at or above nought, or take it away."""
    raw = holder.get(key)
    if raw is None:
        return None
    read = number(raw)
    code = "not_a_number" if read is None else "negative_value" if read < 0 else ""
    if code:
        slips.append(Slip((*path, key), code, _quoted(raw)))
        holder[key] = None
        return None
    if isinstance(raw, str):
        slips.append(Slip((*path, key), "number_as_text", _quoted(raw)))
    holder[key] = read
    return read


def _values(value: Any, path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Find every object that states an amount of money."""
    if isinstance(value, dict) and not {"amount", "amountGross"}.isdisjoint(value):
        yield path, value
    for key, part in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(part, dict | list):
            yield from _values(part, (*path, key))


def _mend_money(release: dict[str, Any], slips: list[Slip]) -> None:
    values = list(_values(release))
    for path, value in values:
        for key in ("amount", "amountGross"):
            _mend_number(value, key, path, slips)
    in_pounds = {value.get("amount") or value.get("amountGross") for _, value in values if _pounds(value)} - {
        None
    }
    for path, value in values:
        if value.get("amount") is not None or value.get("amountGross") is not None:
            _mend_currency(path, value, in_pounds, slips)
            _mend_vat(path, value, slips)


def _pounds(value: dict[str, Any]) -> bool:
    return str(value.get("currency") or "").strip().upper() == "GBP"


def _mend_currency(path: Path, value: dict[str, Any], in_pounds: set[Any], slips: list[Slip]) -> None:
    if _pounds(value):
        return
    amount = value.get("amount") or value.get("amountGross")
    currency = value.get("currency")
    if not currency:
        slips.append(Slip((*path, "currency"), "currency_missing", f"{amount or 0:,.2f} without a currency"))
        value["currency"] = "GBP"
        return
    found = f"{amount or 0:,.2f} {currency}"
    if amount in in_pounds:
        did = "Read it as pounds, because the same amount stands in the notice in pounds."
        slips.append(Slip((*path, "currency"), "currency_not_pounds", found, did))
        value["currency"] = "GBP"
    else:
        slips.append(Slip((*path, "currency"), "currency_not_pounds", found))
        value["amount"] = value["amountGross"] = None


def _mend_vat(path: Path, value: dict[str, Any], slips: list[Slip]) -> None:
    net, gross = value.get("amount"), value.get("amountGross")
    if gross == 0 and net:
        slips.append(Slip((*path, "amountGross"), "gross_zero", f"{_money(net)} without VAT, £0 with VAT"))
        value["amountGross"] = None
    elif gross and net is None:
        slips.append(Slip(path, "gross_only", f"{_money(gross)} with VAT, no amount without VAT"))
    elif gross and net:
        found = f"{_money(net)} without VAT, {_money(gross)} with VAT"
        # A pound of slack, for amounts rounded to pounds before or after VAT was added.
        fits = any(abs(net * (1 + rate) - gross) <= 1.005 for rate in (VAT_RATE, *OTHER_VAT_RATES))
        if fits:
            return
        if net > gross:
            slips.append(Slip(path, "net_above_gross", found))
            return
        hint = f"; at 20% it would be {_money(gross / (1 + VAT_RATE))} without VAT"
        if abs(net - gross * (1 - VAT_RATE)) <= 1.005:
            hint += ". It is the amount with VAT less 20%, but VAT comes off by dividing by 1.2"
        slips.append(Slip(path, "vat_mismatch", found + hint))


def _mend_statuses(release: dict[str, Any], slips: list[Slip]) -> None:
    tender = release.get("tender") or {}
    holders: list[tuple[Path, dict[str, Any], set[str]]] = [(("tender",), tender, STATUSES["tender"])]
    holders += [(("tender", "lots", n), lot, STATUSES["tender"]) for n, lot in listed(tender, "lots")]
    for section in ("awards", "contracts"):
        holders += [((section, n), one, STATUSES[section]) for n, one in listed(release, section)]
    for path, holder, known in holders:
        status = holder.get("status")
        if status is not None and (not isinstance(status, str) or status not in known):
            slips.append(Slip((*path, "status"), "unknown_status", _quoted(status)))
            holder["status"] = None


def _bounds(release: dict[str, Any]) -> Iterator[Slip]:
    tender = release.get("tender") or {}
    least, most = (amount(tender, key) for key in ("minValue", "value"))
    if least is None or most is None:
        return
    found = f"from {_money(least)} to {_money(most)}"
    if least > most:
        yield Slip(("tender", "minValue"), "bounds_reversed", found)
    elif most > WIDE_BOUNDS * least:
        yield Slip(("tender", "minValue"), "bounds_wide", found)


def criteria_of(release: dict[str, Any]) -> Iterator[tuple[Path, str | None, list[dict[str, Any]]]]:
    """Find each list of award criteria: its path, its lot (None: the whole tender) and the criteria."""
    tender = release.get("tender") or {}
    homes: list[tuple[Path, str | None, dict[str, Any]]] = [(("tender",), None, tender)]
    homes += [(("tender", "lots", n), lot.get("id"), lot) for n, lot in listed(tender, "lots")]
    for path, lot, home in homes:
        found = (home.get("awardCriteria") or {}).get("criteria")
        if found:
            yield (*path, "awardCriteria", "criteria"), lot, found


def _mend_weights(release: dict[str, Any]) -> Iterator[Slip]:
    """Turn every weight into points of 100 where its kind allows, and check that they add up."""
    for path, _, criteria in criteria_of(release):
        stated: list[tuple[int, float]] = []
        without: list[int] = []
        slips: list[Slip] = []
        for n, criterion in enumerate(criteria):
            for m, weight in listed(criterion, "numbers"):
                here = (*path, n, "numbers", m)
                points = _mend_number(weight, "number", here, slips)
                kind = str(weight.get("weight") or "")
                if kind.startswith("decimal") and points is not None:
                    weight["number"] = points = points * 100
                if kind.startswith(("percentage", "decimal")) and points is not None and points > 100:
                    slips.append(Slip((*here, "number"), "weight_out_of_range", f"{points:g}"))
                    weight["number"] = None
            exact = exact_weight(criterion)
            if exact is None:
                without.append(n)
            else:
                stated.append((n, exact))
        yield from slips
        if stated and without:
            for n in without:
                yield Slip(
                    (*path, n),
                    "weight_missing",
                    _quoted(criteria[n].get("name") or "a criterion without a name"),
                )
        elif stated and not slips:
            total = sum(exact for _, exact in stated)
            if abs(total - 100) > 0.05:
                parts = " + ".join(f"{exact:g}" for _, exact in stated)
                yield Slip(path, "weights_not_100", f"{parts} = {total:g}")


def exact_weight(criterion: dict[str, Any]) -> float | None:
    """Return a mended criterion's weight in points of 100; None when none is stated as an exact share."""
    for weight in criterion.get("numbers") or []:
        kind = weight.get("weight")
        if kind in ("percentageExact", "decimalExact", None) and weight.get("number") is not None:
            return weight["number"]
    return None


def _mend_statistics(release: dict[str, Any], slips: list[Slip]) -> None:
    for n, statistic in listed(release.get("bids") or {}, "statistics"):
        _mend_number(statistic, "value", ("bids", "statistics", n), slips)


def _award_values(release: dict[str, Any]) -> Iterator[Slip]:
    estimate = release.get("tender") or {}
    seen: dict[str, str] = {}
    counted: dict[str, list[float]] = {"amount": [], "amountGross": []}
    above: list[Path] = []
    for n, award in listed(release, "awards"):
        if award.get("status") in ("cancelled", "unsuccessful"):
            continue
        path: Path = ("awards", n)
        sums = [amount(award, "value", key) for key in counted]
        if sums == [None, None]:
            if not stated_abroad(award) and not any(
                states_value(contract) for contract in contracts_of(release, award)
            ):
                yield Slip(path, "award_value_missing", f"award {award['id']} states no value")
            continue
        face = _face(award)
        if face in seen:
            award["repeats"] = seen[face]
            yield Slip(
                path, "award_look_alike", f"awards {seen[face]} and {award['id']}, {_money_of(award)} each"
            )
            continue
        seen[face] = award["id"]
        for key, words in (("amount", "without VAT"), ("amountGross", "with VAT")):
            worth, expected = amount(award, "value", key), amount(estimate, "value", key)
            if worth is None:
                continue
            counted[key].append(worth)
            if expected and worth > expected + 0.01 and path not in above:
                above.append(path)
                found = f"award {_money(worth)}, estimate {_money(expected)}, both {words}"
                yield Slip((*path, "value"), "award_above_estimate", found)
    for key, words in (("amount", "without VAT"), ("amountGross", "with VAT")):
        expected = amount(estimate, "value", key)
        if expected and not above and sum(counted[key]) > expected + 0.01:
            above.append(("tender", "value"))
            found = (
                f"{len(counted[key])} awards, together {_money(sum(counted[key]))}, "
                f"estimate {_money(expected)}, {words}"
            )
            yield Slip(("tender", "value"), "award_above_estimate", found)


def _face(award: dict[str, Any]) -> str:
    """Return what makes two awards the same in all but number."""
    providers = sorted(str(one.get("id") or one.get("name")) for _, one in listed(award, "suppliers"))
    lots = sorted(map(str, award.get("relatedLots") or []))
    worth = [amount(award, "value", key) for key in ("amount", "amountGross")]
    return repr((providers, lots, award.get("title"), award.get("date"), worth))


def contracts_of(release: dict[str, Any], award: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the contracts signed under an award."""
    return [one for _, one in listed(release, "contracts") if str(one.get("awardID")) == award["id"]]


def stated_abroad(holder: dict[str, Any]) -> bool:
    """Tell whether an award's amount was left out for its currency."""
    value = holder.get("value") or {}
    return bool(value.get("currency")) and not _pounds(value)


def states_value(holder: dict[str, Any]) -> bool:
    """Tell whether an award or contract states an amount, with or without VAT."""
    return any(amount(holder, "value", key) is not None for key in ("amount", "amountGross"))


_NOBODY = {
    "",
    "UK",
    "GB",
    "UNITED KINGDOM",
    "GREAT BRITAIN",
    "ENGLAND",
    "N/A",
    "NA",
    "NONE",
    "TBC",
    "TEST",
    "BUYER",
}


def _buyer(release: dict[str, Any]) -> Iterator[Slip]:
    buyer = release.get("buyer") or {}
    name = buyer.get("name")
    for _, party in listed(release, "parties"):
        if not name and "buyer" in (party.get("roles") or []):
            name = party.get("name")
    if not isinstance(name, str) or not name.strip():
        yield Slip(("buyer",) if buyer else (), "missing_buyer", "no buyer's name")
    elif name.strip().replace(".", "").upper() in _NOBODY:
        yield Slip(("buyer", "name"), "vague_buyer", _quoted(name))


_CIC = re.compile(r"\bC\.?\s?I\.?\s?C\b|community interest company", re.IGNORECASE)


def _mend_parties(release: dict[str, Any], slips: list[Slip]) -> None:
    for n, party in listed(release, "parties"):
        path: Path = ("parties", n)
        name = str(party.get("name") or "an organisation without a name")
        identifier = party.get("identifier") or {}
        register, known_as = identifier.get("scheme"), identifier.get("id")
        if known_as in (None, ""):
            slips.append(Slip(path, "missing_identifier", name))
        elif register == "GB-COH":
            _mend_company_number(identifier, (*path, "identifier", "id"), slips)
        elif register == "GB-PPON" and not re.fullmatch(r"[A-Z]{4}-[0-9]{4}-[A-Z]{4}", str(known_as)):
            slips.append(Slip((*path, "identifier", "id"), "bad_ppon", _quoted(known_as)))
        if str(party.get("id") or "").startswith("GB-CFS") or register == "GB-CFS":
            slips.append(Slip((*path, "id"), "local_id", f"{name}: {party.get('id')}"))
        details = party.get("details") or {}
        if details.get("scale") == "large" and details.get("vcse") is True:
            cic = " (a community interest company)" if _CIC.search(name) else ""
            slips.append(Slip((*path, "details"), "large_and_vcse", f"{name}{cic}: scale large, vcse true"))
        elif details.get("vcse") is False and _CIC.search(name):
            slips.append(Slip((*path, "details", "vcse"), "cic_not_vcse", f"{name}: vcse false"))


def _mend_company_number(identifier: dict[str, Any], path: Path, slips: list[Slip]) -> None:
    published = str(identifier["id"])
    tidy = re.sub(r"\s", "", published).upper()
    match = re.fullmatch(r"([A-Z]{0,2})([0-9]{1,8})", tidy)
    padded = match[1] + match[2].zfill(8 - len(match[1])) if match else ""
    if len(padded) != 8 or len(match[1] if match else "") == 1:
        # Industrial and provident societies have letters at their end too, such as IP12345R.
        if not re.fullmatch(r"(IP|SP|NP)[0-9]{5}R|R[0-9]{7}", tidy):
            slips.append(Slip(path, "bad_company_number", _quoted(published)))
    elif padded != published:
        slips.append(Slip(path, "unpadded_company_number", f"{published}, in full {padded}"))
        identifier["id"] = padded


def _many_places(release: dict[str, Any]) -> Iterator[Slip]:
    homes: list[tuple[Path, dict[str, Any]]] = [(("tender",), release.get("tender") or {})]
    homes += [(("awards", n), award) for n, award in listed(release, "awards")]
    for path, home in homes:
        places = Counter({n: len(item.get("deliveryAddresses") or []) for n, item in listed(home, "items")})
        if places.total() > MANY_PLACES:
            yield Slip((*path, "items"), "many_delivery_places", f"{places.total()} places of delivery")


def listed(holder: dict[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the objects of a list with their places; none when the list is missing."""
    return list(enumerate(holder.get(key) or []))


def amount(holder: dict[str, Any], key: str, which: str = "amount") -> float | None:
    """Return an amount in £: `amount` without VAT or `amountGross` with VAT; None when not stated."""
    return (holder.get(key) or {}).get(which)


def _money(pounds: float) -> str:
    return f"£{pounds:,.2f}".removesuffix(".00")


def _money_of(award: dict[str, Any]) -> str:
    net, gross = amount(award, "value"), amount(award, "value", "amountGross")
    return f"{_money(net)} without VAT" if net is not None else f"{_money(gross or 0)} with VAT"


def repeated_awards(release: dict[str, Any], notices: list[dict[str, Any]]) -> Iterator[Slip]:
    """Find awards of a merged `release` that several of its `notices` carry with a value.

    The same value published again is what double-counting is made of; a value that changed is an update.
    """
    for n, award in listed(release, "awards"):
        worths = [
            worth
            for notice in notices
            for _, one in listed(notice, "awards")
            if one["id"] == award["id"]
            and (
                worth := number(
                    (one.get("value") or {}).get("amount") or (one.get("value") or {}).get("amountGross")
                )
            )
        ]
        if len(worths) > 1:
            values = _money(worths[-1]) if len(set(worths)) == 1 else ", ".join(map(_money, worths))
            found = f"award {award['id']} in {len(worths)} notices, {values}; added up {_money(sum(worths))}"
            yield Slip(("awards", n), "award_repeated", found)


def json_path(path: Path) -> str:
    """Write a path as JSONPath, such as ``$.tender.lots[0].value.currency``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _dotted(path: Path) -> str:
    return json_path(path).removeprefix("$.")


def _quoted(value: Any) -> str:
    text = str(value)
    return f"“{text if len(text) <= 80 else text[:77] + '…'}”"


def _around(text: str, match: re.Match[str]) -> str:
    start, end = max(0, match.start() - 20), min(len(text), match.end() + 20)
    return f"…{text[start:end]}…".replace("\n", " ")
