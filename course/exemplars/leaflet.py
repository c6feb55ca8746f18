"""The leaflet: one page on what a contract achieved, each claim with its base and its source."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from course import measuring
from course.errors import InputError
from course.exemplars.claims import claim_audit, say_when

_ALSO = ("base", "comparator", "date", "part")
PARTS = {"goal": "What the contract asked for", "added": "What we added for the area"}
_STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #20241f; font: 1.0625rem/1.5 system-ui, Arial, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.25rem; margin: 1.25rem 0 .25rem; }
ul { margin: 0; padding-left: 1.2rem; }
li { margin: .4rem 0; }
small { font-size: .9rem; color: #4c4f47; }
blockquote { margin: .5rem 0; padding-left: 1rem; border-left: 4px solid #0c5a57; }
@page { size: A4; margin: 16mm; }
@media print { body { font-size: 11pt; } main { padding: 0; } li, blockquote { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class Voice:
    """Somebody's own words: who said them, and how and when they agreed to be quoted."""

    name: str
    words: str
    consent: str


def leaflet_claims(figures: pd.DataFrame) -> pd.DataFrame:
    """Turn a scorecard into claims that can be checked.

    Parameters
    ----------
    figures : DataFrame
        A scorecard as `measuring.scorecard` takes it, with base (of how many), comparator (who else was
        measured), date (year, month or day) and part ("goal" or "added"). Where nobody else was measured
        comparator is empty and its figures are missing.

    Returns
    -------
    DataFrame
        Columns part, claim, base, comparator, source, date, evidence, net (what may be claimed, in the
        indicator's unit; missing where nobody else was measured).

    Raises
    ------
    InputError
        If a column or figure is missing, or a claim has a fault that must be mended.
    """
    lacking = [name for name in _ALSO if name not in figures]
    if lacking:
        raise InputError(f"The figures have no column {lacking[0]}. Add it and try again.")
    made = []
    known = figures.assign(
        comparator_baseline=figures.get("comparator_baseline", pd.Series(dtype=float)).fillna(0)
    )
    for row in measuring.scorecard(known).to_dict("records"):
        claim = _claim(row)
        faults = [finding for finding in claim_audit(claim) if finding.must]
        if faults:
            raise InputError(f"“{row['indicator']}” cannot go on the leaflet. {faults[0].words}")
        made.append(claim)
    return pd.DataFrame(made)


def _claim(row: dict[Any, Any]) -> dict[str, Any]:
    if row["part"] not in PARTS:
        raise InputError(f"“{row['part']}” is no part of the leaflet. Use one of: {', '.join(PARTS)}.")
    if pd.isna(row["actual"]):
        raise InputError(f"“{row['indicator']}” was not measured. Leave it out, or say so in the limits.")
    name, unit = row["indicator"], row["unit"]
    change, net = float(row["change"]), row["net_change"]
    compared = not pd.isna(net)
    evidence, against = "count", ""
    if row["baseline"] == 0 and not compared:
        said = f"{name}: {row['actual']:g} {unit}, of {row['target']:g} promised."
    else:
        verb = "rose" if change > 0 else "fell" if change < 0 else "stayed the same,"
        said = f"{name} {verb} from {row['baseline']:g} to {row['actual']:g} {unit}."
        evidence, against = "before and after", f"{row['baseline']:g} {unit} at the start"
    if compared:
        ours = f"{abs(net):g} of the change" if net * change > 0 else "none of the change"
        evidence = "before and after with comparison"
        against = (
            f"{row['comparator']} went from {row['comparator_baseline']:g} to {row['comparator_actual']:g}, "
            f"so we claim {ours}."
        )
    return {
        "part": row["part"],
        "claim": said,
        "base": str(row["base"] or ""),
        "comparator": against,
        "source": str(row["source"] or ""),
        "date": str(row["date"] or ""),
        "evidence": evidence,
        "net": float(net) if compared else float("nan"),
    }


def leaflet_article(
    figures: pd.DataFrame, who: str, what: str, voice: Voice | None = None, limits: str = "", level: int = 1
) -> str:
    """Write the leaflet's body as HTML, with headings from `level` on. Otherwise as `leaflet`."""
    if not limits.strip():
        raise InputError("A leaflet without limits is not believed. Say what the figures do not show.")
    if voice is not None and not voice.consent.strip():
        raise InputError(f"{voice.name} is quoted without consent. Say how and when it was given.")
    claims = leaflet_claims(figures)
    parts = [f"<h{level}>{escape(who)}</h{level}>", f"<p>{escape(what)}</p>"]
    for part, heading in PARTS.items():
        items = [_item(claim) for claim in claims[claims["part"] == part].to_dict("records")]
        if items:
            parts += [f"<h{level + 1}>{heading}</h{level + 1}>", f"<ul>{''.join(items)}</ul>"]
    if voice is not None:
        parts.append(
            f"<h{level + 1}>In one person’s words</h{level + 1}>"
            f"<blockquote><p>“{escape(voice.words)}”</p><p>{escape(voice.name)}<br>"
            f"<small>One person’s view. Shared with consent: {escape(voice.consent)}.</small></p>"
            "</blockquote>"
        )
    parts += [f"<h{level + 1}>What these figures do not show</h{level + 1}>", f"<p>{escape(limits)}</p>"]
    return "\n".join(parts)


def _item(claim: dict[Any, Any]) -> str:
    proof = [
        f"Base: {claim['base']}." if claim["base"] else "",
        f"Compared: {claim['comparator'].rstrip('.')}." if claim["comparator"] else "",
        f"Source: {claim['source']}, {say_when(claim['date'])}.",
    ]
    told = " ".join(part for part in proof if part)
    return f"<li>{escape(claim['claim'])}<br><small>{escape(told)}</small></li>"


def leaflet(figures: pd.DataFrame, who: str, what: str, voice: Voice | None = None, limits: str = "") -> str:
    """Write a one-page leaflet as a web page of its own, ready to print.

    Parameters
    ----------
    figures : DataFrame
        As for `leaflet_claims`.
    who, what : str
        The provider, and the contract in a sentence.
    voice : Voice, optional
        Somebody's own words. Refused without consent.
    limits : str
        What the figures do not show. Refused when empty.

    Returns
    -------
    str
        An HTML page that needs nothing else: no script, no picture, no other file. Printed, it is one page
        of A4 for up to about eight figures.

    Raises
    ------
    InputError
        If a figure has no source, date or, where it needs one, base; and as said above.
    """
    body = leaflet_article(figures, who, what, voice, limits)
    return (
        f'<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(who)}: what we did</title>\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
