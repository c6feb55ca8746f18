"""The exemplar library: cards of good practice, the audit that a claim must pass, and the leaflet.

A card says who did what, what they claim for it, on which evidence, and what another could reuse. The
library is `datasets/exemplars.csv`; a cohort's own cards are kept in a folder of theirs and pass the same
audit.
"""

from course.exemplars.cards import (
    COLUMNS,
    EVIDENCE,
    FILE,
    SECTORS,
    THEMES,
    add,
    check_card,
    evidence_level,
    form,
    library,
    read_card,
    search,
    words_of,
)
from course.exemplars.claims import Finding, claim_audit, claim_needs, say_when, stands
from course.exemplars.dictionary import resources
from course.exemplars.leaflet import Voice, leaflet, leaflet_article, leaflet_claims

__all__ = [
    "COLUMNS",
    "EVIDENCE",
    "FILE",
    "SECTORS",
    "THEMES",
    "Finding",
    "Voice",
    "add",
    "check_card",
    "claim_audit",
    "claim_needs",
    "evidence_level",
    "form",
    "leaflet",
    "leaflet_article",
    "leaflet_claims",
    "library",
    "read_card",
    "resources",
    "say_when",
    "search",
    "stands",
    "words_of",
]
