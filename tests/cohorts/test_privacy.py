"""What is kept, exported whole, and erased so that no file names the person any more."""

import csv
import hashlib
import io
import json
import sqlite3
import zipfile

import pytest

from course.cohorts import certificates, codes, collecting, exports, handing_out, privacy, roster, survey
from course.errors import InputError
from course.grading import engine, feedback, nbgrader_folder, writing

UNIQUE = b"zyxwvuq"
SEED = UNIQUE.decode()
LEARNER = f"{SEED}-{SEED}"
EXERCISE = "m04-asking"


def everything(root):
    """Every file of a folder with its bytes, and those of what zips and the gradebook hold."""
    for path in sorted(root.rglob("*")):
        if path.is_file():
            yield path, str(path).encode() + path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as packed:
                    for name in packed.namelist():
                        yield path, name.encode() + packed.read(name)


def naming(root, text=UNIQUE):
    return sorted({str(p.relative_to(root)) for p, content in everything(root) if text in content.lower()})


@pytest.fixture
def seeded(marked, sent, tmp_path):
    """A cohort with one more person, whose name stands in everything that a cohort keeps."""
    roster.import_people(
        marked, f"name,email,side,organisation\nZ {SEED} {SEED},{SEED}@{SEED}.example,provider,{SEED} Ltd\n"
    )
    table = roster.pd.read_csv(marked / "roster.csv", dtype=str, keep_default_na=False)
    table.loc[table["id"] == f"z-{LEARNER}", "id"] = LEARNER
    roster.replace(marked / "roster.csv", table.to_csv(index=False))
    roster._tell_gradebook(marked, table)
    with sqlite3.connect(marked / "gradebook.db") as book:
        book.execute("delete from student where id = ?", [f"z-{LEARNER}"])
    handing_out.hand_out(marked, ["m04"])
    collecting.collect(marked, [sent(marked, LEARNER, model_question=f"I, {SEED}, would ask.")])
    stray = tmp_path / "stray" / f"{SEED}.zip"
    stray.parent.mkdir()
    with zipfile.ZipFile(stray, "w") as packed:
        packed.writestr("answers.json", json.dumps({"by": LEARNER}))
    collecting.collect(marked, [stray])
    assert not engine.grade(marked, EXERCISE, [LEARNER], workers=1).failed
    made = nbgrader_folder.prepare(marked, EXERCISE)
    writing.mark(marked, made, LEARNER, "model-question", "Tess", [3, 3, 3, 3], f"Well said, {SEED}.")
    feedback.write_feedback(marked, made, [LEARNER])
    for when in survey.WHEN:
        survey.record(marked, LEARNER, when, {"ask": 3})
    survey.record(marked, "amara-osei", "before", {"ask": 2})
    codes.renew(marked, LEARNER)
    folder = marked / certificates.FOLDER / LEARNER
    folder.mkdir(parents=True)
    (folder / "certificate.json").write_text(LEARNER)
    exports.write(marked)
    own = marked / "people" / LEARNER
    own.mkdir(parents=True)
    (own / "learner.json").write_text(LEARNER)
    (marked / ".nbgrader.log").write_text(f"[ERROR] {LEARNER}\n")
    return marked


def test_a_learner_is_erased_from_every_file_and_the_report_says_from_which(seeded):
    before = naming(seeded)
    assert len(before) > 15
    others = {p: c for p, c in everything(seeded / "received") if UNIQUE not in c.lower()}
    table = privacy.erase(seeded, LEARNER)
    assert naming(seeded) == []
    report = table.set_index("what")["removed"]
    assert (report > 0).all(), report
    assert len(report) == len(privacy.KEPT)
    assert LEARNER not in set(roster.roster(seeded)["id"])
    assert {p: c for p, c in everything(seeded / "received")} == others
    with sqlite3.connect(seeded / "gradebook.db") as book:
        counts = [
            book.execute(f"select count(*) from {t}").fetchone()[0]
            for t in ("student", "submitted_assignment", "submitted_notebook")
        ]
        strays = book.execute(
            "select count(*) from grade where notebook_id not in (select id from submitted_notebook)"
        ).fetchone()[0]
    assert counts == [12, 11, 11]
    assert strays == 0
    assert list(survey.answers(seeded)["learner"]) == ["amara-osei"]


def test_the_cohort_goes_on_without_them(seeded):
    privacy.erase(seeded, LEARNER)
    assert engine.grade(seeded, EXERCISE, workers=1).marked == []
    assert len(handing_out.hand_out(seeded, ["m04"])) == 1 + 12
    assert len(exports.xapi(seeded)) == 21
    assert naming(seeded) == []
    with pytest.raises(InputError, match="no learner"):
        privacy.erase(seeded, LEARNER)


def test_what_still_names_the_person_is_said(seeded):
    made = nbgrader_folder.prepare(seeded, EXERCISE)
    writing.mark(
        seeded, made, "kit-sorensen", "model-question", "Tess", [3, 3, 3, 3], f"As Z {SEED} {SEED} wrote."
    )
    rows = privacy.erase(seeded, LEARNER)
    left = rows[rows["what"].str.startswith("Still")]
    assert set(left["where"]) == {"moderation/m04-asking.jsonl", "gradebook.db"}


def test_it_can_be_begun_again_after_a_crash(seeded, monkeypatch):
    order = privacy.KEPT
    at = [kept.what for kept in order].index("Certificates")

    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(
        privacy, "KEPT", (*order[:at], privacy.Kept("x", ("x",), "", "", "", fail), *order[at:])
    )
    with pytest.raises(KeyboardInterrupt):
        privacy.erase(seeded, LEARNER)
    assert naming(seeded)
    monkeypatch.undo()
    privacy.erase(seeded, LEARNER)
    assert naming(seeded) == []


def test_somebody_whose_name_begins_alike_loses_nothing(marked):
    roster.import_people(marked, "id,name,side\nben-whitlock-2,Ben Whitlock,provider\n")
    assert "ben-whitlock-2" in set(roster.roster(marked)["id"])
    handing_out.hand_out(marked, ["m04"])
    exports.write(marked, kinds=["grades"])
    privacy.erase(marked, "ben-whitlock")
    assert "ben-whitlock-2" in set(roster.roster(marked)["id"])
    assert (marked / "handed-out" / "learners" / "ben-whitlock-2.zip").is_file()
    assert "ben-whitlock-2" in exports.grades_csv(marked)


def test_every_file_that_names_a_learner_is_on_the_data_protection_page(seeded):
    for path in naming(seeded):
        assert privacy.covered(path), path
    assert not privacy.covered("release/m04-asking/exercise.ipynb")
    page = privacy.page(seeded)
    for kept in privacy.KEPT:
        assert privacy.escape(kept.what) in page
        assert privacy.escape(kept.why) in page
    assert privacy.statement(seeded)["there"].all()


def test_a_whole_cohort_is_exported_with_its_hashes_and_without_its_private_key(marked, tmp_path):
    certificates.issue(marked, "kit-sorensen", pdf=False)
    (marked / ".academy" / "cookie").write_text("SECRET of cookies")
    place = privacy.export_whole(marked, tmp_path / "out.zip")
    with zipfile.ZipFile(place) as packed:
        names = set(packed.namelist())
        listed = list(csv.DictReader(io.StringIO(packed.read("CONTENTS.csv").decode())))
        for row in listed:
            assert hashlib.sha256(packed.read(row["file"])).hexdigest() == row["sha256"]
        book = packed.read("gradebook.db")
        assert not any(secret in packed.read(n) for n in names for secret in (b"PRIVATE KEY", b"SECRET of"))
    assert {row["file"] for row in listed} | {"CONTENTS.csv"} == names
    assert "received/kit-sorensen/m04-asking/1/answers.json" in names
    (tmp_path / "copy.db").write_bytes(book)
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("select count(*) from submitted_assignment").fetchone() == (11,)
    assert privacy.export_whole(marked, tmp_path).name.startswith("Autumn-2027-")


def test_a_zip_within_the_cohort_would_hold_itself_so_it_is_refused(marked):
    with pytest.raises(InputError, match="within the cohort's own folder"):
        privacy.export_whole(marked, marked / "whole.zip")
