"""Take in what learners hand in, whatever way it comes, and lose nothing.

Each version is kept in `received/<learner>/<exercise>/<number>`, with `received.json` beside its files. What
cannot be placed is kept unopened in `set-aside`. The newest whole version goes to nbgrader's `submitted`.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import json
import os
import re
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import nbformat
import pandas as pd

from course import answers
from course.authoring.source import NOTEBOOK, PREFIXES, exercise_ids
from course.cases.seeds import case_key
from course.cohorts import survey
from course.cohorts.handing_out import due_dates, handed_out
from course.cohorts.joining import FORMAT, MANIFEST, MOST_BYTES, packed, seal
from course.cohorts.roster import NOTES, about, held, replace, roster
from course.errors import InputError
from course.grading.nbgrader_folder import submit_received
from course.syllabus import find

RECEIVED = "received"
SET_ASIDE = "set-aside"
RECORD = "received.json"
SUBMITTED = "collected.json"
MOST_IN_ALL = 512 << 20  # of one source, unpacked
MOST_FILES = 20_000
DEEPEST = 4  # zips within zips
AHEAD = timedelta(hours=1)  # by which a learner's clock may be fast
COLUMNS = ["source", "learner", "exercise", "outcome", "say", "version"]
# What is received but is not to be marked.
NOT_SUBMITTED = ("altered",)
OUTCOMES = {
    "taken": "kept and ready to mark",
    "late": "kept and ready to mark, after its last day",
    "early": "kept; waits until the exercise is handed out",
    "older": "kept; a newer version is the one to mark",
    "same": "had been received already",
    "altered": "kept, not to be marked: it is not what the learner handed in",
    "unknown learner": "set aside",
    "wrong module": "set aside",
    "another cohort": "set aside",
    "damaged": "set aside unopened",
    "unsafe": "set aside unopened",
    "too large": "set aside unopened",
    "not a hand-in": "left where it was",
}


@dataclass(frozen=True)
class Found:
    """A folder of files that may be a hand-in, or (`trouble`) why something was not opened.

    `where`: the source, then the way into it. `files`: by path within the folder.
    """

    where: str
    files: dict[str, bytes] = field(default_factory=dict)
    outcome: str = ""
    trouble: str = ""
    raw: bytes | None = None


@dataclass
class _Budget:
    """How many bytes may still be unpacked from one source."""

    left: int = MOST_IN_ALL

    def spend(self, count: int) -> bool:
        self.left -= count
        return self.left >= 0


def collect(
    root: Path,
    sources: Sequence[Path],
    learner: str = "",
    told: Callable[[str], None] = lambda _: None,
    now: datetime | None = None,
) -> pd.DataFrame:
    """Take in hand-ins from folders and zips. Doing it again, also after a crash, takes nothing twice.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    sources : sequence of Path
        Zips as learners sent them, folders of them, or zips of zips as a learning platform gives them.
    learner : str
        Whose the hand-ins are that do not say so themselves: a learner's id.
    told : callable
        Is given a sentence about each step as it begins.
    now : datetime, optional
        When they are received (UTC); now, if left out.

    Returns
    -------
    DataFrame
        A row for each hand-in found: `source`, `learner` (id), `exercise`, `outcome` (a key of `OUTCOMES`),
        `say` (sentences) and `version` (its number in `received`, or 0).

    Raises
    ------
    InputError
        If the folder is not a cohort's, a source does not exist, or `learner` is not on the roster.
    """
    cohort, people = about(root), roster(root)
    if learner and learner not in set(people["id"]):
        raise InputError(f"There is no “{learner}” on the roster. Look with: academy cohort roster {root}")
    for source in sources:
        if not source.exists():
            raise InputError(f"There is no file or folder {source}. Check its name.")
        if source.resolve() == root.resolve() or root.resolve() in source.resolve().parents:
            raise InputError(f"{source} is within the cohort's own folder. Give what learners sent.")
    now = now or datetime.now(UTC)
    rows: list[dict[str, Any]] = []
    with held(root):
        _sweep(root)
        desk = _Desk(root, cohort, people, learner, now)
        for source in sources:
            for found in find_hand_ins(source):
                told(f"reading {found.where}")
                rows.append({"source": found.where, **desk.receive(found)})
        remarks = _submit_newest(root, told)
    for row in rows:
        more = remarks.get((row["learner"], row["exercise"], row["version"]), ())
        row["say"] = " ".join([row["say"], *more]).strip()
    return pd.DataFrame(rows, columns=COLUMNS)


def received(root: Path) -> pd.DataFrame:
    """Return every version that was received, oldest first within a learner's exercise.

    Returns
    -------
    DataFrame
        Columns learner, exercise, version (from 1), outcome, made_at and received_at (UTC, ISO 8601), source,
        submitted (whether this version is the one to mark).
    """
    submitted = _submitted(root)
    rows = [
        (r["learner"], r["exercise"], r["version"], r["outcome"], r["made_at"], r["received_at"], r["source"],
         submitted.get(f"{r['learner']}/{r['exercise']}") == r["version"])
        for r in _records(root)
    ]  # fmt: skip
    columns = ["learner", "exercise", "version", "outcome", "made_at", "received_at", "source", "submitted"]
    return pd.DataFrame(rows, columns=columns).sort_values(["learner", "exercise", "version"])


def set_aside(root: Path) -> pd.DataFrame:
    """Return what was set aside: columns file (in `set-aside`), source, outcome, say, received_at."""
    rows = []
    for place in sorted((root / SET_ASIDE).glob("*.json")):
        about_it = json.loads(place.read_text(encoding="utf-8"))
        rows.append((place.stem, *(about_it[k] for k in ("source", "outcome", "say", "received_at"))))
    return pd.DataFrame(rows, columns=["file", "source", "outcome", "say", "received_at"])


# ---- Finding hand-ins ------------------------------------------------------------------------------


def find_hand_ins(source: Path) -> Iterator[Found]:
    """Give each hand-in in a folder, a zip, or zips within either; and what could not be opened, and why."""
    budget = _Budget()
    if source.is_dir():
        yield from _in_folder(source, budget)
    elif source.is_symlink() or not source.is_file():
        yield Found(source.name, outcome="unsafe", trouble="It is a link, not a file.")
    elif source.stat().st_size > MOST_IN_ALL:
        yield Found(
            source.name, outcome="too large", trouble=f"It is larger than {MOST_IN_ALL >> 20} MB; not kept."
        )
    else:
        yield from _in_file(source.name, source.read_bytes(), budget, 1)


def _in_folder(folder: Path, budget: _Budget) -> Iterator[Found]:
    files: dict[str, bytes] = {}
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted([*names, *(f for f in folders if (Path(place) / f).is_symlink())]):
            path = Path(place, name)
            inner = f"{folder.name}/{path.relative_to(folder).as_posix()}"
            if path.is_symlink():
                yield Found(inner, outcome="unsafe", trouble="It is a link. Links are not followed.")
            elif not stat.S_ISREG(path.lstat().st_mode):
                yield Found(inner, outcome="unsafe", trouble="It is not an ordinary file.")
            elif _is_zip(name):
                if path.stat().st_size > MOST_IN_ALL:
                    yield Found(inner, outcome="too large", trouble="It is too large; not kept.")
                else:
                    yield from _in_file(inner, path.read_bytes(), _Budget(), 1)
            elif not budget.spend(path.stat().st_size):
                yield Found(inner, outcome="too large", trouble="The folder holds too much; not kept.")
                return
            else:
                files[inner] = path.read_bytes()
    yield from _grouped(files)


def _is_zip(name: str) -> bool:
    return name.lower().endswith(".zip")


def _in_file(where: str, raw: bytes, budget: _Budget, depth: int) -> Iterator[Found]:
    """Open one file: a zip, whatever it is called."""
    if raw[:2] != b"PK":
        if _is_zip(where):
            yield Found(where, outcome="damaged", trouble="It is no zip, or it is damaged.", raw=raw)
        else:
            yield from _grouped({where: raw})
        return
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as zipped:
            fault = _unsafe(zipped, budget, depth)
            if fault:
                yield Found(where, outcome=fault[0], trouble=fault[1], raw=raw)
                return
            files: dict[str, bytes] = {}
            inner: dict[str, bytes] = {}
            for info in zipped.infolist():
                if not info.is_dir():
                    name = f"{where}/{info.filename}"
                    (inner if _is_zip(name) else files)[name] = zipped.read(info)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError) as problem:
        locked = "password" in str(problem)
        say = "It is locked with a password." if locked else "It is damaged and cannot be opened."
        yield Found(where, outcome="damaged", trouble=f"{say} Ask for it again.", raw=raw)
        return
    except Exception:  # what a compressor says of damage differs: zlib.error, lzma.LZMAError
        yield Found(
            where, outcome="damaged", trouble="It is damaged and cannot be opened. Ask for it again.", raw=raw
        )
        return
    yield from _grouped(files)
    for name, content in inner.items():
        yield from _in_file(name, content, budget, depth + 1)


def _unsafe(zipped: zipfile.ZipFile, budget: _Budget, depth: int) -> tuple[str, str] | None:
    """Return an outcome and a sentence if a zip must not be unpacked. Nothing in it was read yet."""
    members = zipped.infolist()
    if depth > DEEPEST:
        return "too large", f"It is a zip within more than {DEEPEST - 1} other zips."
    if len(members) > MOST_FILES or not budget.spend(sum(info.file_size for info in members)):
        return "too large", f"It would unpack to more than {MOST_IN_ALL >> 20} MB or {MOST_FILES:,} files."
    for info in members:
        if stat.S_ISLNK(info.external_attr >> 16):
            return "unsafe", f"It holds a link, “{_shown(info.filename)}”."
        if not safe_name(info.orig_filename.rstrip("/")):
            return "unsafe", f"It holds a name that leads out of its folder: “{_shown(info.orig_filename)}”."
    return None


def safe_name(name: str) -> bool:
    """Tell whether a path from a zip stays within its folder, on every system."""
    parts = PurePosixPath(name).parts
    return (
        bool(parts)
        and not name.startswith("/")
        and not any(c in name for c in '\\:*?"<>|')
        and all(ord(c) >= 32 for c in name)
        and ".." not in parts
        and len(name) < 400
    )


def _shown(name: str) -> str:
    return re.sub(r"[^\x20-\x7e\u00a0-\uffff]", "?", name)[:80]


def _grouped(files: dict[str, bytes]) -> Iterator[Found]:
    """Give the folders among files that look like hand-ins, and say which other files are none."""
    homes = sorted({str(PurePosixPath(name).parent) for name in files if _tells(name)}, key=len, reverse=True)
    mine: dict[str, dict[str, bytes]] = {home: {} for home in homes}
    for name, content in files.items():
        home = next((h for h in homes if name.startswith(f"{h}/") or h == "."), None)
        if home is not None:
            mine[home][name.removeprefix(f"{home}/")] = content
        elif not PurePosixPath(name).name.startswith((".", "~", "__MACOSX")) and "__MACOSX" not in name:
            yield Found(name, outcome="not a hand-in", trouble="It is no zip, notebook or answer file.")
    for home in sorted(mine):
        where = home if home != "." else next(iter(mine[home]))
        if sum(map(len, mine[home].values())) > MOST_BYTES:
            yield Found(
                where, outcome="too large", trouble=f"It holds more than {MOST_BYTES >> 20} MB.",
                raw=None,
            )  # fmt: skip
        else:
            yield Found(where, mine[home])


def _tells(name: str) -> bool:
    """Tell whether a file's name is one by which a hand-in is known, also as browsers rename copies."""
    path = PurePosixPath(name)
    if "__MACOSX" in path.parts or ".ipynb_checkpoints" in path.parts or path.name.startswith("."):
        return False
    return path.suffix == ".ipynb" or bool(re.match(r"(manifest|answers)\b.*\.jsonl?(\.txt)?$", path.name))


# ---- Receiving them --------------------------------------------------------------------------------


class _Desk:
    """Receives hand-ins for one cohort: finds out whose and of what each is, and keeps it."""

    def __init__(
        self, root: Path, cohort: dict[str, str], people: pd.DataFrame, learner: str, now: datetime
    ) -> None:
        self.root, self.cohort, self.people, self.learner, self.now = root, cohort, people, learner, now
        self.ids = {str(id).casefold(): str(id) for id in people["id"]}
        self.dues = due_dates(root)
        self.out = handed_out(root)
        self.written = set(exercise_ids())
        self.asked = {exercise: _questions(root, exercise) for exercise in self.out}

    def receive(self, found: Found) -> dict[str, Any]:
        """Keep one and return its row of the table."""
        if found.outcome == "not a hand-in":
            return _row("", "", found.outcome, found.trouble)
        if found.outcome:
            return self.aside(found, "", "", found.outcome, found.trouble)
        files, manifest, altered, remarks = _by_manifest(found.files)
        claims = str(manifest.get("learner", "")) if manifest else ""
        exercise = self.exercise(found.where, files, manifest)
        learner = self.ids.get(claims.casefold(), "") if manifest else self.whose(found.where)
        if manifest and manifest.get("cohort") not in (self.cohort["id"], "", None):
            say = f"It was made in another cohort, by “{_shown(claims)}”."
            return self.aside(found, learner, exercise, "another cohort", say)
        if not learner:
            say = (
                f"Nobody on the roster is “{_shown(claims)}”. Add them to the roster, then collect again."
                if claims
                else "It does not say whose it is. Collect it again with --learner and the learner's id."
            )
            return self.aside(found, "", exercise, "unknown learner", say)
        if exercise not in self.written:
            say = f"There is no exercise “{_shown(exercise)}” in the academy."
            return self.aside(found, learner, exercise, "wrong module", say)
        given = _given(files)
        strange = self.of_another(exercise, given)
        if strange:
            return self.aside(found, learner, exercise, "wrong module", strange)
        if manifest is None:
            remarks.append("It has no manifest, so nothing shows whether it was changed on its way.")
        elif not altered and not self.sealed(manifest, learner):
            altered = "Its manifest was not made in this learner's own academy folder."
        made = self.made_at(manifest, given, remarks)
        if altered:
            say = f"{altered} Ask the learner to press “Hand in” and send the new zip."
            return self.keep(found, files, learner, exercise, "altered", made, [say, *remarks])
        if manifest is not None and survey.SENT in files:
            survey.receive(self.root, learner, files[survey.SENT])
        due = self.dues.get(exercise)
        outcome = "taken"
        if exercise not in self.out:
            outcome = "early"
            remarks.insert(0, f"{exercise} is not handed out yet. Once it is, collect again.")
        elif due and made > due:
            outcome = "late"
            remarks.insert(0, f"{_ago(made - due)} late, by the learner's own clock.")
        return self.keep(found, files, learner, exercise, outcome, made, remarks)

    def whose(self, where: str) -> str:
        """Return the id of the learner that the way to a hand-in names; the one given, if it names nobody."""
        for part in reversed(PurePosixPath(where).parts):
            stem = part.removesuffix(".zip").removesuffix(".ZIP").casefold()
            for piece in (stem, *re.split("[_+]", stem)):
                if piece in self.ids:
                    return self.ids[piece]
            for column in ("email", "name"):  # as learning platforms name a learner's folder
                values = self.people[column].str.casefold()
                same = self.people["id"][(values == stem.split("_")[0].strip()) & (values != "")]
                if len(same) == 1:
                    return str(same.iloc[0])
        return self.learner

    def exercise(self, where: str, files: dict[str, bytes], manifest: dict[str, Any] | None) -> str:
        """Return the exercise's id: as the manifest says, else the notebook, else the way to it."""
        if manifest:
            return str(manifest.get("exercise", ""))
        for name, content in files.items():
            if name.endswith(".ipynb"):
                try:
                    id = json.loads(content)["metadata"]["academy"]["exercise"]
                except (ValueError, KeyError, TypeError):
                    continue
                return str(id)
        for part in reversed(PurePosixPath(where).parts):
            stem = part.removesuffix(".zip")
            for piece in (stem, *stem.split("_")):
                module = find(piece)
                if module:
                    return module.folder
        return ""

    def of_another(self, exercise: str, given: dict[str, answers.Answer]) -> str:
        """Say so, if not one answer is to a question of this exercise."""
        asked = self.asked.get(exercise)
        if not given or not asked or asked & set(given):
            return ""
        other = next((e for e, questions in self.asked.items() if questions & set(given)), "another exercise")
        return f"It says it is {exercise}, but its answers are to {other}. Ask the learner which it is."

    def sealed(self, manifest: dict[str, Any], learner: str) -> bool:
        """Tell whether a manifest bears the seal of this learner's case key."""
        ours = seal(manifest, case_key(self.cohort["salt"], learner))
        return hmac.compare_digest(ours, str(manifest.get("seal", "")))

    def made_at(
        self, manifest: dict[str, Any] | None, given: dict[str, answers.Answer], remarks: list[str]
    ) -> datetime:
        """Return when it was handed in, by the learner's clock as far as that can be right."""
        said = [str(manifest.get("made_at", ""))] if manifest else [a.at for a in given.values()]
        times = [t for t in map(_time, said) if t]
        made = max(times, default=self.now)
        if made > self.now + AHEAD:
            remarks.append("The learner's clock is ahead, so the time of receipt counts.")
        return min(made, self.now)

    def keep(
        self, found: Found, files: dict[str, bytes], learner: str, exercise: str, outcome: str,
        made: datetime, remarks: list[str],
    ) -> dict[str, Any]:  # fmt: skip
        """Keep a version, unless it is kept already."""
        digest = _digest(found.files)
        versions = self.root / RECEIVED / learner / exercise
        numbers = [int(p.name) for p in versions.glob("*") if p.name.isdigit()]
        for number in numbers:
            if _record(versions / str(number)).get("digest") == digest:
                return _row(learner, exercise, "same", f"It is version {number}, received before.", number)
        number = max(numbers, default=0) + 1
        if numbers:
            remarks = [*remarks, f"It is version {number}; the earlier ones are kept."]
        newest = max((_record(versions / str(n)).get("made_at", "") for n in numbers), default="")
        if outcome in ("taken", "late") and newest > _iso(made):
            shown = "older"
            remarks.insert(0, "A newer version was received before; that one is marked.")
        else:
            shown = outcome
        aside = Path(tempfile.mkdtemp(prefix="incoming-", dir=self.root / NOTES))
        for name, content in files.items():
            place = aside / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        about_it = {
            "learner": learner, "exercise": exercise, "version": number, "outcome": outcome,
            "digest": digest, "made_at": _iso(made), "received_at": _iso(self.now), "source": found.where,
            "remarks": remarks,
        }  # fmt: skip
        replace(aside / RECORD, json.dumps(about_it, ensure_ascii=False, indent=1) + "\n")
        versions.mkdir(parents=True, exist_ok=True)
        aside.rename(versions / str(number))
        return _row(learner, exercise, shown, " ".join(remarks), number)

    def aside(self, found: Found, learner: str, exercise: str, outcome: str, say: str) -> dict[str, Any]:
        """Keep, unopened, what could not be placed."""
        content = found.raw if found.raw is not None else packed(found.files)
        if found.raw is not None or found.files:
            digest = hashlib.sha256(content).hexdigest()[:12]
            name = re.sub(r"[^A-Za-z0-9._-]+", "-", PurePosixPath(found.where).name)[-60:].strip("-.")
            place = self.root / SET_ASIDE / f"{digest}-{name.removesuffix('.zip') or 'hand-in'}.zip"
            place.parent.mkdir(exist_ok=True)
            if not place.exists():
                replace(place, content)
            told = {"source": found.where, "outcome": outcome, "say": say, "received_at": _iso(self.now)}
            replace(place.with_name(f"{place.name}.json"), json.dumps(told, ensure_ascii=False) + "\n")
        return _row(learner, exercise, outcome, say)


def _row(learner: str, exercise: str, outcome: str, say: str, version: int = 0) -> dict[str, Any]:
    return {
        "learner": learner, "exercise": exercise, "outcome": outcome, "say": say, "version": version
    }  # fmt: skip


def _by_manifest(
    files: dict[str, bytes],
) -> tuple[dict[str, bytes], dict[str, Any] | None, str, list[str]]:
    """Read a hand-in by its manifest: files under their right names, the manifest, what was altered, remarks.

    A file that only has another name is known by its hash.
    """
    name = next((n for n in sorted(files) if re.match(r"manifest\b.*\.json(\.txt)?$", n)), "")
    try:
        manifest = json.loads(files[name])
        wanted = {str(k): str(v) for k, v in manifest["files"].items()}
        if manifest["format"] != FORMAT:
            raise ValueError("another format")
    except (KeyError, ValueError, TypeError, AttributeError):
        spoilt = ["Its manifest cannot be read."] if name else []
        return _right_names(files), None, "", spoilt
    right = {n: c for n, c in files.items() if n != name}
    hashes = {n: hashlib.sha256(c).hexdigest() for n, c in right.items()}
    remarks, altered = [], ""
    for file, digest in wanted.items():
        if not safe_name(file):
            altered = "Its manifest names a file outside its folder."
            continue
        if hashes.get(file) == digest:
            continue
        other = next((n for n, h in hashes.items() if h == digest), None)
        if other is not None:
            right[file] = right.pop(other) if other not in wanted else right[other]
            remarks.append(f"{file} had been renamed “{_shown(other)}”.")
        elif file in right:
            altered = f"{file} was changed after the learner pressed “Hand in”."
        else:
            altered = f"{file} is missing from it."
    return {**right, MANIFEST: files[name]}, manifest, altered, remarks


def _right_names(files: dict[str, bytes]) -> dict[str, bytes]:
    """Give notebook, answers and journal their right names, where exactly one file is meant by another."""
    right = dict(files)
    for wanted, pattern in (
        (NOTEBOOK, r".*\.ipynb"),
        (answers.ANSWER_FILE, r"answers\b(?!\.journal).*\.json(\.txt)?"),
        (answers.JOURNAL_FILE, r"answers\.journal.*"),
    ):
        like = [n for n in right if re.fullmatch(pattern, n)]
        if wanted not in right and len(like) == 1:
            right[wanted] = right.pop(like[0])
    return right


def _given(files: dict[str, bytes]) -> dict[str, answers.Answer]:
    """Return the answers of a hand-in, also from its journal."""
    with tempfile.TemporaryDirectory() as place:
        for name in (answers.ANSWER_FILE, answers.JOURNAL_FILE):
            if name in files:
                (Path(place) / name).write_bytes(files[name])
        return answers.read(place)


def _questions(root: Path, exercise: str) -> set[str]:
    """Return the ids of an exercise's questions, by the cells of its release."""
    cells = nbformat.read(root / "release" / exercise / NOTEBOOK, as_version=4).cells
    names = (cell.metadata.get("nbgrader", {}).get("grade_id", "") for cell in cells)
    return {n.removeprefix(PREFIXES["question"]) for n in names if n.startswith(PREFIXES["question"])}


def _digest(files: dict[str, bytes]) -> str:
    return hashlib.sha256(
        b"".join(
            hashlib.sha256(n.encode()).digest() + hashlib.sha256(c).digest() for n, c in sorted(files.items())
        )
    ).hexdigest()


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _ago(late: timedelta) -> str:
    for size, word in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(late.total_seconds() // size)
        if count:
            return f"{count} {word}{'s' if count != 1 else ''}"
    return "Less than a minute"


# ---- What nbgrader marks ---------------------------------------------------------------------------


def _sweep(root: Path) -> None:
    """Take away what a run that was killed left half-made; its source is still where it came from."""
    for left in (*(root / NOTES).glob("incoming-*"), *(root / NOTES).glob("submitting-*")):
        shutil.rmtree(left, ignore_errors=True)


def _records(root: Path) -> Iterator[dict[str, Any]]:
    for place in sorted((root / RECEIVED).glob(f"*/*/*/{RECORD}")):
        kept = _record(place.parent)
        if kept:
            yield kept


def _record(version: Path) -> dict[str, Any]:
    try:
        kept = json.loads((version / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _submitted(root: Path) -> dict[str, int]:
    try:
        kept = json.loads((root / NOTES / SUBMITTED).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _submit_newest(root: Path, told: Callable[[str], None]) -> dict[tuple[str, str, int], tuple[str, ...]]:
    """Put the newest whole version of everything received where nbgrader marks it, if it is not there yet."""
    out = set(handed_out(root))
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for record in _records(root):
        key = (record["learner"], record["exercise"])
        if record["outcome"] in NOT_SUBMITTED or key[1] not in out:
            continue
        if key not in newest or (record["made_at"], record["version"]) >= (
            newest[key]["made_at"],
            newest[key]["version"],
        ):
            newest[key] = record
    submitted = _submitted(root)
    remarks = {}
    for (learner, exercise), record in sorted(newest.items()):
        version = record["version"]
        there = (root / "submitted" / learner / exercise / NOTEBOOK).is_file()
        if there and submitted.get(f"{learner}/{exercise}") == version:
            continue
        told(f"making {exercise} of {learner} ready to mark")
        kept = root / RECEIVED / learner / exercise / str(version)
        said = submit_received(root, exercise, learner, kept, _time(record["made_at"]))
        remarks[learner, exercise, version] = said
        submitted[f"{learner}/{exercise}"] = version
    if remarks:
        replace(root / NOTES / SUBMITTED, json.dumps(submitted, indent=0, sort_keys=True) + "\n")
    return remarks
