"""Small notices made by hand for these tests: no buyer, provider or number in them is real."""

import copy
import json
from pathlib import Path

import pytest

REAL = Path(__file__).parents[3] / "shared/data/ocds"
needs_real = pytest.mark.skipif(
    not REAL.is_dir(), reason="the sample of real notices is not beside the project"
)

BUYER = {"id": "GB-PPON-ABCD-1234-EFGH", "name": "Millford Council"}
PROVIDER = {"id": "GB-COH-01234567", "name": "Teasel Care CIC"}

PARTIES = [
    {**BUYER, "roles": ["buyer"], "identifier": {"scheme": "GB-PPON", "id": "ABCD-1234-EFGH"}},
    {
        **PROVIDER,
        "roles": ["supplier"],
        "identifier": {"scheme": "GB-COH", "id": "01234567"},
        "details": {"scale": "sme", "vcse": True},
        "address": {"locality": "Millford", "postalCode": "ZZ1 1ZZ", "region": "UKD3"},
    },
]


def criterion(name, weight, type_="quality", kind="percentageExact"):
    numbers = {} if weight is None else {"numbers": [{"number": weight, "weight": kind}]}
    return {"name": name, "type": type_, **numbers}


def tender_notice(**changes):
    return {
        "ocid": "ocds-h6vhtk-000001",
        "id": "000101-2026",
        "date": "2026-03-02T09:00:00Z",
        "tag": ["tender"],
        "buyer": dict(BUYER),
        "parties": copy.deepcopy(PARTIES[:1]),
        "tender": {
            "id": "MC-1",
            "title": "Befriending service",
            "description": "Weekly visits to people who live alone.",
            "status": "active",
            "value": {"amount": 100000, "amountGross": 120000, "currency": "GBP"},
            "procurementMethod": "open",
            "specialRegime": ["lightTouch"],
            "tenderPeriod": {"endDate": "2026-04-01T12:00:00+01:00"},
            "documents": [{"id": "000101-2026", "noticeType": "UK4"}],
            "items": [
                {
                    "id": "1",
                    "relatedLot": "1",
                    "additionalClassifications": [
                        {"scheme": "CPV", "id": "85300000", "description": "Social work and related services"}
                    ],
                    "deliveryAddresses": [{"region": "UKD3", "countryName": "United Kingdom"}],
                }
            ],
            "lots": [
                {
                    "id": "1",
                    "title": "Whole service",
                    "status": "active",
                    "value": {"amount": 100000, "amountGross": 120000, "currency": "GBP"},
                    "contractPeriod": {
                        "startDate": "2026-07-01T00:00:00+01:00",
                        "endDate": "2028-06-30T23:59:59+01:00",
                    },
                    "awardCriteria": {
                        "criteria": [
                            criterion("Quality", 50),
                            criterion("Price", 40, "cost"),
                            criterion("Social Value", 10),
                        ]
                    },
                }
            ],
        },
        **changes,
    }


def award_notice(**changes):
    return {
        "ocid": "ocds-h6vhtk-000001",
        "id": "000102-2026",
        "date": "2026-06-01T09:00:00Z",
        "tag": ["award"],
        "buyer": dict(BUYER),
        "parties": copy.deepcopy(PARTIES),
        "bids": {"statistics": [{"id": "1", "measure": "bids", "value": 4, "relatedLot": "1"}]},
        "awards": [
            {
                "id": "1",
                "title": "Befriending service",
                "status": "active",
                "date": "2026-05-20T00:00:00+01:00",
                "relatedLots": ["1"],
                "value": {"amount": 95000, "amountGross": 114000, "currency": "GBP"},
                "suppliers": [dict(PROVIDER)],
                "contractPeriod": {
                    "startDate": "2026-07-01T00:00:00+01:00",
                    "endDate": "2028-06-30T23:59:59+01:00",
                },
                "documents": [{"id": "000102-2026", "noticeType": "UK6"}],
            }
        ],
        **changes,
    }


def changed(release, path, value):
    """Return a copy of a release with `value` at a path of keys and places; a key is added if need be."""
    release = copy.deepcopy(release)
    part = release
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = value
    return release


def package(*releases):
    return {"uri": "https://example.org/package", "version": "1.1", "releases": list(releases)}


def saved(folder, content, name="notices.json"):
    """Save text, bytes or anything that JSON can hold; return the file's path."""
    path = Path(folder) / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
