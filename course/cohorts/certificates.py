"""Certificates: what a learner passed and on what evidence, signed with the cohort's own key (Ed25519).

Each is a signed JSON file, a page for people that holds the same JSON, and a tagged PDF printed from that
page. Anybody who has the public key can check the first two, offline.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from course import answers, syllabus
from course.cohorts import progress
from course.cohorts.roster import NOTES, about, held, replace, roster
from course.errors import InputError
from course.printing import print_pdf

FOLDER = "certificates"
SECRET_FILE = "certificate-key.pem"
PUBLIC_FILE = "public-key.pem"
NAME = "certificate"
FORMAT = 1
MOST_BYTES = 5_000_000
MARK = '<script type="application/json" id="signed">'
STYLE = """
body { margin: 0; font: 1rem/1.5 system-ui, "DejaVu Sans", sans-serif; color: #1b1b1b; background: #fff; }
main { max-width: 46rem; margin: 0 auto; padding: 2rem 1.5rem;
  border-top: 10px solid #1b4965; }
h1 { font-size: 1.9rem; margin: 0 0 .3rem; } h2 { font-size: 1.2rem; margin: 1.6rem 0 .3rem; }
h3 { font-size: 1rem; margin: .8rem 0 .2rem; } ul { margin: .3rem 0; }
.name { font-size: 1.5rem; font-weight: 650; margin: .4rem 0; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; font-weight: 650; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem .35rem 0; }
tr { border-bottom: 1px solid #767676; }
code { overflow-wrap: anywhere; font-size: .85rem; }
section { break-inside: avoid; }
"""


@dataclass(frozen=True)
class Issued:
    """A certificate that was issued: its files, and a sentence about what could not be made, or ""."""

    json: Path
    html: Path
    pdf: Path | None
    say: str


@dataclass(frozen=True)
class Verified:
    """What checking a certificate gave.

    `valid` tells whether not a letter was changed since it was signed. `key_known` tells whether it was
    checked with a key that the reader gave, rather than the one that the file itself holds.
    """

    valid: bool
    say: str
    key_known: bool
    fingerprint: str = ""
    certificate: Mapping[str, Any] | None = None


def earned(root: Path) -> pd.DataFrame:
    """Say who has earned what: a module counts once all of its marks are given and reach its pass mark.

    Returns
    -------
    DataFrame
        Columns learner, name, passed (ids of modules, in order), missing (a dict: module to why), ready
        (whether at least one module is passed).
    """
    rows = []
    for (learner, name), mine in progress.standing(root).groupby(["learner", "name"], sort=False):
        passed, missing = _passed(mine)
        rows.append((learner, name, passed, missing, bool(passed)))
    return pd.DataFrame(rows, columns=["learner", "name", "passed", "missing", "ready"])


def _passed(mine: pd.DataFrame) -> tuple[list[str], dict[str, str]]:
    """Return the ids of the modules that a learner passed, and why the others are not, by the standing."""
    passed, missing = [], {}
    for row in progress.rows_of(mine):
        module = syllabus.find(row.exercise)
        if module is None:
            continue
        share = row.points / row.out_of if row.marked and row.out_of else 0.0
        if not row.marked:
            missing[module.id] = progress.STATES[row.state]
        elif row.to_moderate:
            missing[module.id] = "writing waits for a person"
        elif share + 1e-9 < module.pass_mark:
            missing[module.id] = f"{share:.0%} of the points; {module.pass_mark:.0%} are needed"
        else:
            passed.append(module.id)
    return passed, missing


def issue(root: Path, learner: str, pdf: bool = True, now: datetime | None = None) -> Issued:
    """Issue a learner's certificate, for all modules passed so far, into `certificates/<learner>/`.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    learner : str
        Whose: an id on the roster.
    pdf : bool
        Print it too, if this computer has a browser that can.
    now : datetime, optional
        When it is issued (UTC).

    Raises
    ------
    InputError
        If there is no such learner, or no module is passed yet.
    """
    if learner not in set(roster(root)["id"]):
        raise InputError(f"There is no learner {learner} on the roster. See: academy cohort roster {root}")
    table = progress.standing(root)
    return _issue(root, learner, table[table["learner"] == learner], pdf, now or datetime.now(UTC))


def _issue(root: Path, learner: str, mine: pd.DataFrame, pdf: bool, now: datetime) -> Issued:
    passed, missing = _passed(mine)
    if not passed:
        why = "; ".join(f"{module}: {say}" for module, say in missing.items())
        raise InputError(f"{learner} has not passed a module yet. {why or 'Nothing was handed out'}.")
    signed = sign(root, _contents(root, learner, mine, passed, now))
    folder = root / FOLDER / learner
    folder.mkdir(parents=True, exist_ok=True)
    made, page = folder / f"{NAME}.json", folder / f"{NAME}.html"
    replace(made, json.dumps(signed, ensure_ascii=False, indent=1) + "\n")
    replace(page, to_html(signed))
    printed, say = folder / f"{NAME}.pdf", ""
    printed.unlink(missing_ok=True)  # one of an earlier certificate must not stand beside this one
    if pdf:
        try:
            print_pdf(page, printed)
        except InputError as problem:
            say = str(problem)
    return Issued(made, page, printed if printed.is_file() else None, say)


def issue_all(root: Path, pdf: bool = True, told: Callable[[str], None] = lambda _: None) -> pd.DataFrame:
    """Issue a certificate to everybody who has passed a module.

    Returns
    -------
    DataFrame
        Columns learner, name, outcome ("issued" or "not yet"), modules (how many are passed), say, file.
    """
    rows = []
    for (learner, name), mine in progress.standing(root).groupby(["learner", "name"], sort=False):
        passed, missing = _passed(mine)
        why = "; ".join(f"{module}: {say}" for module, say in missing.items())
        if not passed:
            rows.append((learner, name, "not yet", 0, why, ""))
            continue
        told(f"the certificate of {name}")
        made = _issue(root, str(learner), mine, pdf, datetime.now(UTC))
        say = " ".join(filter(None, [made.say, f"Still open: {why}." if why else ""]))
        file = (made.pdf or made.html).relative_to(root).as_posix()
        rows.append((learner, name, "issued", len(passed), say, file))
    return pd.DataFrame(rows, columns=["learner", "name", "outcome", "modules", "say", "file"])


def _contents(
    root: Path, learner: str, mine: pd.DataFrame, passed: list[str], now: datetime
) -> dict[str, Any]:
    """Return what a certificate says; the evidence is named by hash, so that it can be shown later."""
    cohort, person = about(root), roster(root).set_index("id").loc[learner]
    modules = []
    for row in progress.rows_of(mine):
        module = syllabus.find(row.exercise)
        if module is None or module.id not in passed:
            continue
        modules.append(
            {
                "id": module.id,
                "title": module.title,
                "outcomes": list(module.outcomes),
                "minutes": module.minutes,
                "points": round(float(row.points), 4),
                "out_of": round(float(row.out_of), 4),
                "pass_mark": module.pass_mark,
                "handed_in": row.handed_in,
                "evidence": _hashes(root, learner, row.exercise),
            }
        )
    said = {
        "format": FORMAT,
        "course": "The Social Value Academy",
        "cohort": cohort["name"],
        "cohort_id": cohort["id"],
        "holder": str(person["name"]),
        "organisation": str(person["organisation"]),
        "issued": now.astimezone(UTC).isoformat(timespec="seconds"),
        "law_as_of": syllabus.as_of().isoformat(),
        "handed_out": len(mine),
        "modules": modules,
    }
    return {"id": hashlib.sha256(_canonical(said | {"learner": learner})).hexdigest()[:16], **said}


def _hashes(root: Path, learner: str, exercise: str) -> dict[str, str]:
    found = {}
    for name, place in (
        ("answers", root / "submitted" / learner / exercise / answers.ANSWER_FILE),
        ("marked", root / "autograded" / learner / exercise / "exercise.ipynb"),
    ):
        if place.is_file():
            found[name] = hashlib.sha256(place.read_bytes()).hexdigest()
    return found


def _canonical(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said, sort_keys=True, ensure_ascii=True, separators=(",", ":")).encode()


# ---- Keys ------------------------------------------------------------------------------------------


def _secret(root: Path) -> Ed25519PrivateKey:
    """Return the cohort's private key; it is made at first use, and only its owner may read it."""
    about(root)
    place = root / NOTES / SECRET_FILE
    with held(root):
        if not place.exists():
            key = Ed25519PrivateKey.generate()
            raw = key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            part = place.with_suffix(".part")
            part.unlink(missing_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            part.replace(place)
    try:
        kept = serialization.load_pem_private_key(place.read_bytes(), None)
    except (OSError, ValueError) as problem:
        raise InputError(
            f"The key {place} cannot be read. Put back the last good copy; "
            "with a new key, certificates issued so far cannot be checked."
        ) from problem
    if not isinstance(kept, Ed25519PrivateKey):
        raise InputError(f"The key {place} is of another kind. Put back the last good copy.")
    return kept


def public_key(root: Path) -> str:
    """Return the public key of a cohort's certificates, as PEM, and keep it in `certificates`.

    Give it to whoever is to check certificates, by a way that they trust.
    """
    pem = (
        _secret(root)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    place = root / FOLDER / PUBLIC_FILE
    place.parent.mkdir(exist_ok=True)
    if not place.is_file() or place.read_bytes() != pem:
        replace(place, pem)
    return pem.decode()


def fingerprint(raw: bytes) -> str:
    """Return a public key's fingerprint, as people compare it: eight groups of four letters and figures."""
    digest = hashlib.sha256(raw).hexdigest()[:32]
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def sign(root: Path, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a certificate says with the cohort's signature and public key."""
    key = _secret(root)
    public_key(root)
    return {
        "certificate": dict(said),
        "signed_with": "Ed25519",
        "public_key": base64.b64encode(_raw(key.public_key())).decode(),
        "signature": base64.b64encode(key.sign(_canonical(said))).decode(),
    }


# ---- Checking --------------------------------------------------------------------------------------


def verify(file: Path, key: Path | str | None = None) -> Verified:
    """Check a certificate, offline: the signed JSON, or the page that holds it.

    Parameters
    ----------
    file : Path
        The certificate: its .json or .html.
    key : Path or str, optional
        The public key: a PEM file, or its text. Without it, the key in the file itself is used. That shows
        whether anything was changed, and not who signed it.

    Raises
    ------
    InputError
        If the file or the key cannot be read, or the file is no certificate.
    """
    text = _text(file)
    signed = _signed(text, file)
    own, signature = _bytes(signed, "public_key"), _bytes(signed, "signature")
    said = signed.get("certificate")
    if own is None or signature is None or not isinstance(said, dict) or len(own) != 32:
        return Verified(False, "It was changed: its signature or its key is damaged.", key is not None)
    given = _raw(_public(key)) if key is not None else own
    print_ = fingerprint(given)
    known = key is not None
    if known and given != own:
        say = f"It was not signed with the key you gave, but with another one ({fingerprint(own)})."
        return Verified(False, say, known, print_)
    try:
        Ed25519PublicKey.from_public_bytes(given).verify(signature, _canonical(said))
    except (InvalidSignature, ValueError):
        return Verified(False, "It was changed after it was signed. Do not trust it.", known, print_)
    if set(signed) != {"certificate", "signed_with", "public_key", "signature"}:
        return Verified(False, "Something was added to it after it was signed.", known, print_)
    if signed["signed_with"] != "Ed25519":
        return Verified(False, "It was changed: it names another way of signing.", known, print_)
    try:
        shows = to_html(signed)
        say = f"Nothing was changed. It was issued to {said['holder']} on {said['issued'][:10]}, "
        say += f"for {_modules(len(said['modules']), said['handed_out'])}, with the key {print_}."
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise InputError(f"{file} is signed, but is no certificate of the academy.") from problem
    if "<html" in text[:200] and text != shows:
        changed = "The page was changed: it does not show what was signed. Ask for the JSON file."
        return Verified(False, changed, known, print_)
    if not known:
        say += " The key is the file's own: compare it with the one that the trainer publishes."
    return Verified(True, say, known, print_, said)


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"{file} is too large to be a certificate.")
        raw = file.read_bytes()
    except OSError as problem:
        raise InputError(f"The file {file} cannot be read. Check its name and folder.") from problem
    if raw[:5] == b"%PDF-":
        raise InputError(
            f"{file} is the printed certificate. What can be checked is the .json or .html that came with it."
        )
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as problem:
        raise InputError(f"{file} is no certificate of the academy. Give its .json or .html.") from problem


def _signed(text: str, file: Path) -> dict[str, Any]:
    if MARK in text:
        text = text.split(MARK, 1)[1].split("</script>", 1)[0]

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        # Of a name given twice, readers may take the first where we take the last.
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name is given twice")
        return dict(pairs)

    try:
        signed = json.loads(text, object_pairs_hook=once)
        if "certificate" not in signed or "signature" not in signed:
            raise ValueError("no certificate")
    except (ValueError, TypeError, RecursionError) as problem:
        raise InputError(f"{file} is no certificate of the academy. Give its .json or .html.") from problem
    return signed


def _bytes(signed: Mapping[str, Any], name: str) -> bytes | None:
    try:
        return base64.b64decode(signed[name], validate=True)
    except (KeyError, ValueError, TypeError):
        return None


def _public(key: Path | str) -> Ed25519PublicKey:
    wrong = InputError("The key is not a public key of the academy. Give the file public-key.pem.")
    try:
        raw = key.read_bytes()[:10_000] if isinstance(key, Path) else key.encode()
        if not raw.lstrip().startswith(b"-----BEGIN PUBLIC KEY"):
            raise wrong
        found = serialization.load_pem_public_key(raw)
    except (OSError, ValueError) as problem:
        raise wrong from problem
    if not isinstance(found, Ed25519PublicKey):
        raise wrong
    return found


# ---- For people ------------------------------------------------------------------------------------


def to_html(signed: Mapping[str, Any]) -> str:
    """Return a certificate as one HTML page, which asks nothing of any other and holds the signed JSON.

    The same certificate always gives the same page: so `verify` can tell whether what people see is what
    was signed. So whoever changes this page raises FORMAT, and keeps the page of the format before.
    """
    said = signed["certificate"]
    whole = len(said["modules"]) == said["handed_out"]
    title = "Certificate" if whole else "Record of modules passed"
    rows = "".join(
        f'<tr><th scope="row">{escape(m["title"])}</th><td>{m["points"]:g} of {m["out_of"]:g}</td>'
        f"<td>{m['pass_mark']:.0%}</td><td>{_day(m['handed_in'])}</td></tr>"
        for m in said["modules"]
    )
    outcomes = "".join(
        f"<section><h3>{escape(m['title'])}</h3><ul>"
        + "".join(f"<li>{escape(o)}</li>" for o in m["outcomes"])
        + "</ul></section>"
        for m in said["modules"]
    )
    evidence = "".join(
        f"<li>{escape(m['title'])}: "
        + "; ".join(f"{escape(name)} <code>{escape(digest)}</code>" for name, digest in m["evidence"].items())
        + "</li>"
        for m in said["modules"]
    )
    of = f", {escape(said['organisation'])}" if said["organisation"] else ""
    minutes = sum(m["minutes"] for m in said["modules"])
    held_by = base64.b64decode(signed["public_key"])
    # "<" as an escape, so that no text can end the script element.
    inside = json.dumps(signed, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return (
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}: {escape(said['holder'])}</title><style>{STYLE}</style></head><body><main>"
        f"<h1>{title}</h1><p>{escape(said['course'])}, {escape(said['cohort'])}</p>"
        f'<p class="name">{escape(said["holder"])}{of}</p>'
        f"<p>has passed {_modules(len(said['modules']), said['handed_out'])}, {minutes / 60:.2g} hours of "
        f"study as planned, by marked exercises. Issued on {_day(said['issued'])}. The law is stated as of "
        f"{_day(said['law_as_of'])}.</p>"
        "<table><caption>Modules passed</caption><thead><tr><th scope='col'>Module</th>"
        "<th scope='col'>Points</th><th scope='col'>Pass mark</th><th scope='col'>Handed in</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><h2>What the modules teach</h2>{outcomes}"
        "<section><h2>Evidence</h2><p>The answers and the marked exercises are named here by their SHA-256. "
        f"Whoever keeps the cohort can show them.</p><ul>{evidence}</ul></section>"
        "<section><h2>How to check it</h2><p>Run <code>academy certificate verify FILE</code> on this "
        "page or on the JSON file that came with it. It needs no network. "
        f"Certificate <code>{escape(said['id'])}</code>, signed by the key "
        f"<code>{fingerprint(held_by)}</code>. The signature shows that nothing was changed since. It does "
        "not show who sat at the keyboard.</p></section></main>"
        f"{MARK}{inside}</script></body></html>\n"
    )


def _modules(passed: int, of: int) -> str:
    return f"{passed} of {of} module{'s' if of != 1 else ''}"


def _day(text: str) -> str:
    found = re.match(r"\d{4}-\d\d-\d\d", text)
    if not found:
        return "not recorded"
    day = date.fromisoformat(found.group())
    return f"{day.day} {day:%B %Y}"
