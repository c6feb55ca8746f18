"""Plant the slips that real notices carry, each at a known place.

Every code is a key of the reader's own list of slips. The places are chosen so that later notices of the same
procurement do not heal the slip, and no procurement carries two.
"""

import copy
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from course.tenders.calderbrook import vocabulary as words
from course.tenders.calderbrook.dates import stamp, working_day
from course.tenders.calderbrook.draws import Draws
from course.tenders.calderbrook.notices import Release
from course.tenders.calderbrook.procurements import UNDERESTIMATED_CASE, Procurement


class Planted(NamedTuple):
    """A slip in a notice: where it is as a JSON path, `$` being the notice, and what was done to make it."""

    release: Release
    path: str
    code: str
    what: str


class Family(NamedTuple):
    """A procurement and its notices, oldest first."""

    procurement: Procurement
    releases: list[Release]

    def of(self, kind: str) -> Release | None:
        """Find the notice of a kind, such as UK4."""
        for release in self.releases:
            if _kind(release) == kind and release["tag"] != ["tenderUpdate"]:
                return release
        return None

    @property
    def sole(self) -> Release | None:
        """The contract details notice, where it is the one notice that tells of award and provider."""
        after_tender = [release for release in self.releases if "awards" in release or "contracts" in release]
        return after_tender[0] if len(after_tender) == 1 and _kind(after_tender[0]) == "UK7" else None


def _kind(release: Release) -> str:
    homes = [
        release.get("planning", {}),
        release["tender"],
        *release.get("awards", ()),
        *release.get("contracts", ()),
    ]
    homes += [contract.get("implementation", {}) for contract in release.get("contracts", ())]
    kinds = [d["noticeType"] for home in homes for d in home.get("documents", ()) if "noticeType" in d]
    return kinds[0]


def _tender(family: Family) -> dict[str, Any]:
    release = family.of("UK4")
    assert release is not None
    return release["tender"]


def _sole(family: Family) -> Release:
    assert family.sole is not None
    return family.sole


Change = Callable[[Family], tuple[Release, str]]


def _in_tender(path: str, change: Callable[[dict[str, Any]], None]) -> Change:
    def plant(family: Family) -> tuple[Release, str]:
        release = family.of("UK4")
        assert release is not None
        change(release["tender"])
        return release, path

    return plant


def _in_award(path: str, change: Callable[[dict[str, Any]], None]) -> Change:
    def plant(family: Family) -> tuple[Release, str]:
        change(_sole(family)["awards"][0])
        return _sole(family), path

    return plant


def _in_supplier(path: str, change: Callable[[Release, dict[str, Any]], None]) -> Change:
    def plant(family: Family) -> tuple[Release, str]:
        change(_sole(family), _sole(family)["parties"][1])
        return _sole(family), path

    return plant


def _rename(release: Release, party: dict[str, Any], scheme: str, number: str) -> None:
    party["id"] = f"{scheme}-{number}"
    for award in release["awards"]:
        award["suppliers"][0]["id"] = party["id"]


def _invalid_status(family: Family) -> tuple[Release, str]:
    _sole(family)["tender"]["status"] = "InvalidStatus"
    return _sole(family), "$.tender.status"


def _minimum_above(tender: dict[str, Any]) -> None:
    tender["minValue"] = {"amount": tender["value"]["amount"] * 6 // 5, "currency": "GBP"}


def _minimum_one_pound(tender: dict[str, Any]) -> None:
    tender["minValue"] = {"amount": 1, "currency": "GBP"}


def _every_street(tender: dict[str, Any]) -> None:
    tender["items"][0]["deliveryAddresses"] = [
        {
            "streetAddress": f"{number} {street} Row",
            "locality": "Calderbrook",
            "postalCode": f"ZZ1 {number % 9 + 1}AB",
            "country": "GB",
        }
        for street in words.NEIGHBOURHOODS
        for number in range(1, 32)
    ][:245]


def _at_quotes(tender: dict[str, Any]) -> None:
    tender["description"] = tender["description"].replace(
        words.COUNCIL, f"{words.COUNCIL} (@the Council@)", 1
    )


def _apostrophe(tender: dict[str, Any]) -> None:
    tender["description"] = tender["description"].replace("'", "&apos;")


def _line_breaks(tender: dict[str, Any]) -> None:
    tender["description"] = tender["description"].replace(". ", ".\\n\\n")


def _dirhams(tender: dict[str, Any]) -> None:
    tender["lots"][0]["value"]["currency"] = "AED"


def _gross_zero(tender: dict[str, Any]) -> None:
    tender["lots"][0]["value"]["amountGross"] = 0


def _criteria(tender: dict[str, Any]) -> list[dict[str, Any]]:
    return tender["lots"][0]["awardCriteria"]["criteria"]


def _weights_short(tender: dict[str, Any]) -> None:
    _criteria(tender)[0]["numbers"][0]["number"] -= 5


def _weights_over(tender: dict[str, Any]) -> None:
    _criteria(tender)[0]["numbers"][0]["number"] += 10


def _weight_left_out(tender: dict[str, Any]) -> None:
    del _criteria(tender)[-1]["numbers"]


def _twenty_off_gross(award: dict[str, Any]) -> None:
    net = award["value"]["amountGross"] * 0.8
    award["value"]["amount"] = int(net) if net == int(net) else round(net, 2)


def _gross_only(award: dict[str, Any]) -> None:
    del award["value"]["amount"]


def _no_value(family: Family) -> tuple[Release, str]:
    release = _sole(family)
    del release["awards"][0]["value"]
    del release["contracts"][0]["value"]
    return release, "$.awards[0]"


def _vague_buyer(family: Family) -> tuple[Release, str]:
    _sole(family)["buyer"]["name"] = "UK"
    return _sole(family), "$.buyer.name"


def _local_id(release: Release, party: dict[str, Any]) -> None:
    _rename(release, party, "GB-CFS", "990021")
    party["identifier"] = {"scheme": "GB-CFS", "id": "990021"}


def _no_identifier(release: Release, party: dict[str, Any]) -> None:
    _rename(release, party, "GB-FTS", "990044")
    party["identifier"] = {"legalName": party["name"]}


def _unpadded(release: Release, party: dict[str, Any]) -> None:
    # In full IP099417: real numbers of this register never came near it.
    _rename(release, party, "GB-COH", "IP99417")
    party["identifier"] = {"scheme": "GB-COH", "id": "IP99417"}


def _large(_: Release, party: dict[str, Any]) -> None:
    party["details"]["scale"] = "large"


def _not_vcse(_: Release, party: dict[str, Any]) -> None:
    party["details"]["vcse"] = False


def _already_over(family: Family) -> tuple[Release, str]:
    for kind in ("UK6", "UK7"):
        release = family.of(kind)
        if release is not None and "value" in release["awards"][0]:
            return release, "$.awards[0].value"
    raise AssertionError("the award has no value")


def _publish_award_again(family: Family) -> tuple[Release, str]:
    """Publish one award twice more, whole, under the same ocid, once the contract is signed."""
    original = family.of("UK6")
    assert original is not None
    again = original
    for days in (2, 5):
        again = copy.deepcopy(original)
        again["date"] = stamp(working_day(family.procurement.signed + timedelta(days=days)), "09:30:00")
        again["tag"] = ["awardUpdate"]
        again["awards"][0]["status"] = "active"
        again["awards"][0]["documents"][0]["datePublished"] = again["date"]
        family.releases.append(again)
    return again, "$.awards[0]"


def _other_buyer(family: Family) -> tuple[Release, str]:
    """Let another body publish a tender of its own under an ocid already in use."""
    original = family.of("UK4")
    assert original is not None
    other = copy.deepcopy(original)
    day = date.fromisoformat(family.releases[-1]["date"][:10]) + timedelta(days=4)
    other["date"] = stamp(day, "10:15:00")
    name, party_id = "Calderbrook Homes (fictional)", "GB-PPON-ZCAL-0002-FICT"
    other["buyer"] = {"id": party_id, "name": name}
    other["parties"][0] |= {
        "id": party_id,
        "name": name,
        "identifier": {"scheme": "GB-PPON", "id": party_id[8:]},
    }
    other["tender"] |= {
        "id": "CH-2026-01",
        "title": "Gutter clearing",
        "description": "Gutter clearing for a landlord made up for teaching.",
    }
    other["tender"]["documents"][-1]["datePublished"] = other["date"]
    for item in other["tender"]["items"]:
        item["additionalClassifications"] = [
            {"scheme": "CPV", "id": "45261900", "description": "Roof repair and maintenance work"}
        ]
    family.releases.append(other)
    return other, "$.ocid"


def _has_sole(family: Family) -> bool:
    return family.sole is not None


def _has_tender(family: Family) -> bool:
    return bool(family.procurement.bids)


def _shows_social_value(family: Family) -> bool:
    return (
        family.procurement.social_value_shown and "social" in _criteria(_tender(family))[-1]["name"].lower()
    )


def _social_sole(family: Family) -> bool:
    return _has_sole(family) and _sole(family)["parties"][1]["details"]["vcse"]


def _cic_sole(family: Family) -> bool:
    return _social_sole(family) and _sole(family)["parties"][1]["name"].endswith("CIC")


def _society_sole(family: Family) -> bool:
    return _social_sole(family) and not _cic_sole(family)


def _has_award_notice(family: Family) -> bool:
    return family.of("UK6") is not None and family.of("UK7") is not None


# The rarest hosts come first, so that a common slip does not take their place.
PLAN: tuple[tuple[str, Change, Callable[[Family], bool], str], ...] = (
    (
        "award_above_estimate",
        _already_over,
        lambda family: family.procurement.service.title == UNDERESTIMATED_CASE,
        "the estimate was too low: every bid is above it",
    ),
    (
        "html_entities",
        _in_tender("$.tender.description", _apostrophe),
        lambda family: "'" in family.procurement.service.title,
        "an apostrophe became &apos;",
    ),
    (
        "cic_not_vcse",
        _in_supplier("$.parties[1].details.vcse", _not_vcse),
        _cic_sole,
        "a CIC is marked vcse false",
    ),
    (
        "large_and_vcse",
        _in_supplier("$.parties[1].details", _large),
        _social_sole,
        "a social enterprise marked large",
    ),
    (
        "unpadded_company_number",
        _in_supplier("$.parties[1].identifier.id", _unpadded),
        _society_sole,
        "IP099417 lost its nought",
    ),
    ("local_id", _in_supplier("$.parties[1].id", _local_id), _has_sole, "a number local to another service"),
    (
        "missing_identifier",
        _in_supplier("$.parties[1]", _no_identifier),
        _has_sole,
        "no number from a register",
    ),
    ("vague_buyer", _vague_buyer, _has_sole, "the buyer's name is given as UK"),
    ("unknown_status", _invalid_status, _has_sole, "the status is InvalidStatus"),
    ("award_value_missing", _no_value, _has_sole, "neither award nor contract states a value"),
    ("vat_mismatch", _in_award("$.awards[0].value", _twenty_off_gross), _has_sole, "net is 0.8 of gross"),
    ("gross_only", _in_award("$.awards[0].value", _gross_only), _has_sole, "the net amount is left out"),
    ("award_repeated", _publish_award_again, _has_award_notice, "one award published three times in full"),
    ("ocid_reused", _other_buyer, _has_sole, "another buyer uses the same ocid"),
    ("weight_missing", _in_tender("", _weight_left_out), _shows_social_value, "social value has no weight"),
    (
        "weights_not_100",
        _in_tender("$.tender.lots[0].awardCriteria.criteria", _weights_short),
        _shows_social_value,
        "the weights add up to 95",
    ),
    (
        "weights_not_100",
        _in_tender("$.tender.lots[0].awardCriteria.criteria", _weights_over),
        _has_tender,
        "the weights add up to 110",
    ),
    (
        "bounds_reversed",
        _in_tender("$.tender.minValue", _minimum_above),
        _has_tender,
        "the minimum tops the value",
    ),
    ("bounds_wide", _in_tender("$.tender.minValue", _minimum_one_pound), _has_tender, "the minimum is £1"),
    (
        "many_delivery_places",
        _in_tender("$.tender.items", _every_street),
        _has_tender,
        "245 places of delivery",
    ),
    ("quotes_as_at", _in_tender("$.tender.description", _at_quotes), _has_tender, "curly quotes became @"),
    ("line_breaks_as_text", _in_tender("$.tender.description", _line_breaks), _has_tender, "\\n in the text"),
    (
        "currency_not_pounds",
        _in_tender("$.tender.lots[0].value.currency", _dirhams),
        _has_tender,
        "AED for GBP",
    ),
    ("gross_zero", _in_tender("$.tender.lots[0].value.amountGross", _gross_zero), _has_tender, "gross is 0"),
)


def plant_slips(seed: int, procurements: list[Procurement], releases: list[Release]) -> list[Planted]:
    """Plant every slip of the plan, one procurement each; changes `releases` in place.

    Parameters
    ----------
    seed
        The seed of the whole data set.
    procurements
        From `draw_procurements`. Those without an award, the named case among them, stay clean.
    releases
        From `draft_notices`; two slips add notices of their own to it.

    Returns
    -------
    list of Planted
        In the order of the plan. A slip no procurement can carry is left out; with the seed of the committed
        data none is.
    """
    draws = Draws(seed, 9)
    families = [
        Family(procurement, [release for release in releases if release["ocid"] == procurement.ocid])
        for procurement in draws.shuffled(procurements)
        if procurement.winner is not None
    ]
    planted = []
    for code, change, suits, what in PLAN:
        family = next((family for family in families if suits(family)), None)
        if family is None:
            continue
        families.remove(family)
        before = len(family.releases)
        release, path = change(family)
        releases += family.releases[before:]
        if code == "weight_missing":
            path = f"$.tender.lots[0].awardCriteria.criteria[{len(_criteria(release['tender'])) - 1}]"
        planted.append(Planted(release, path, code, what))
    return planted
