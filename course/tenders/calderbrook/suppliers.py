"""The providers who bid to Calderbrook. All invented."""

from dataclasses import dataclass

from course.tenders.calderbrook.draws import Draws
from course.tenders.calderbrook.vocabulary import BASES, COMMERCIAL, ENDINGS, FIRMS, SOCIAL


@dataclass(frozen=True)
class Supplier:
    """One provider; `scheme` and `number` make its identifier."""

    id: str
    name: str
    kind: str
    scale: str
    vcse: bool
    base: str
    scheme: str
    number: str

    @property
    def party_id(self) -> str:
        """The id under which notices list this provider."""
        return f"{self.scheme}-{self.number}"

    @property
    def address(self) -> dict[str, str]:
        """An address that cannot exist: ZZ is no postcode area."""
        locality, region, postcode = BASES[self.base]
        return {
            "streetAddress": f"{int(self.id[1:])} Example Street",
            "locality": locality,
            "postalCode": f"{postcode} {int(self.id[1:]) % 9 + 1}AA",
            "country": "GB",
            "countryName": "United Kingdom",
            "region": region,
        }


def _pattern_number(index: int) -> str:
    """Make a supplier registration number of the right shape; real ones begin with P, these with Z."""
    letters = "ABCDEFGHJK"
    return f"ZZ{letters[index // 10 % 10]}{letters[index % 10]}-{1000 + 37 * index}-FICT"


NAMED = (
    Supplier("S01", "Alder", "services", "sme", False, "neighbouring", "GB-PPON", _pattern_number(1)),
    Supplier("S02", "Birch CIC", SOCIAL, "sme", True, "calderbrook", "GB-COH", "99000002"),
    Supplier("S03", "Cedar", "services", "large", False, "elsewhere", "GB-PPON", _pattern_number(3)),
    Supplier("S04", "Dogwood", "services", "large", False, "elsewhere", "GB-PPON", _pattern_number(4)),
)


def draw_suppliers(seed: int) -> list[Supplier]:
    """Draw every provider, the four of the named case first.

    Identifiers follow the mix seen in Find a Tender in September 2026: mostly supplier registration numbers
    (PPON), about a fifth company numbers, a few charity numbers. Company and charity numbers come from ranges
    that were never issued.
    """
    draws = Draws(seed, 1)
    suppliers = list(NAMED)
    for family in (COMMERCIAL, SOCIAL):
        for position, stem in enumerate(FIRMS[family]):
            index = len(suppliers) + 1
            kind = SOCIAL if family == SOCIAL else ("services", "services", "works", "goods")[position % 4]
            ending = draws.pick(ENDINGS[kind])
            large = kind != SOCIAL and (ending.endswith(("plc", "Group plc")) or draws.chance(0.2))
            scheme = draws.weighted(("GB-PPON", "GB-COH", "GB-CHC"), (70, 24, 6 if kind == SOCIAL else 0))
            number = {
                "GB-PPON": _pattern_number(index),
                "GB-COH": f"99{index:06d}",
                "GB-CHC": f"99{index:05d}",
            }[scheme]
            suppliers.append(
                Supplier(
                    f"S{index:02d}",
                    f"{stem} {ending}",
                    kind,
                    "large" if large else "sme",
                    kind == SOCIAL,
                    draws.weighted(tuple(BASES), (25, 30, 45) if kind != SOCIAL else (45, 35, 20)),
                    scheme,
                    number,
                )
            )
    return suppliers
