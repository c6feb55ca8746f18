"""Whatever way a hand-in comes, it has a clear outcome, and no version is lost."""

import io
import json
import os
import shutil
import stat
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from course import answers
from course.cohorts import collecting, handing_out, roster
from course.cohorts.collecting import collect, received, set_aside
from course.cohorts.joining import packed
from course.errors import InputError

EXERCISE = "m04-asking"


def unpacked(place) -> dict[str, bytes]:
    with zipfile.ZipFile(place) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def only(table):
    assert len(table) == 1, table.to_string()
    return table.iloc[0]


def given(cohort, learner) -> dict[str, object]:
    return {q: a.value for q, a in answers.read(cohort / "submitted" / learner / EXERCISE).items()}


def test_a_hand_in_is_kept_and_made_ready_to_mark(cohort, sent):
    row = only(collect(cohort, [sent(cohort, "ben-whitlock", tipping_weight=9)]))
    assert (row.learner, row.exercise, row.outcome, row.version) == ("ben-whitlock", EXERCISE, "taken", 1)
    assert row.say == ""
    assert given(cohort, "ben-whitlock") == {"tipping-weight": 9}
    submitted = cohort / "submitted" / "ben-whitlock" / EXERCISE
    assert sorted(p.name for p in submitted.iterdir()) == ["answers.json", "exercise.ipynb", "timestamp.txt"]
    kept = cohort / "received" / "ben-whitlock" / EXERCISE / "1"
    assert {"answers.json", "exercise.ipynb", "manifest.json"} <= {p.name for p in kept.iterdir()}


def test_the_same_zip_again_is_said_to_be_the_same(cohort, sent):
    zipped = sent(cohort, "ben-whitlock")
    collect(cohort, [zipped])
    assert only(collect(cohort, [zipped])).outcome == "same"
    assert len(received(cohort)) == 1


def test_handed_in_twice_the_newer_one_is_marked_whichever_is_collected_first(cohort, tmp_path):
    now = datetime.now(UTC)
    older = _at(cohort, "ben-whitlock", tmp_path / "a.zip", 1, now - timedelta(minutes=9))
    newer = _at(cohort, "ben-whitlock", tmp_path / "b.zip", 2, now - timedelta(minutes=1))
    assert only(collect(cohort, [newer])).outcome == "taken"
    row = only(collect(cohort, [older]))
    assert (row.outcome, row.version) == ("older", 2)
    assert given(cohort, "ben-whitlock") == {"tipping-weight": 2}
    assert list(received(cohort)["submitted"]) == [True, False]


def _at(cohort, learner, place, weight, made):
    """Write a learner's hand-in made at a given time, rightly sealed."""
    import hashlib

    from course.cases.seeds import case_key
    from course.cohorts.joining import seal

    answer = {"question": "tipping-weight", "value": weight, "at": made.isoformat(timespec="seconds")}
    content = json.dumps({"format": 1, "answers": [answer]}).encode()
    manifest = {
        "format": 1, "exercise": EXERCISE, "learner": learner, "cohort": roster.about(cohort)["id"],
        "made_at": made.isoformat(timespec="seconds"),
        "files": {"answers.json": hashlib.sha256(content).hexdigest()},
    }  # fmt: skip
    manifest["seal"] = seal(manifest, case_key(roster.about(cohort)["salt"], learner))
    place.write_bytes(packed({"answers.json": content, "manifest.json": json.dumps(manifest).encode()}))
    return place


def test_a_late_one_is_taken_and_said_to_be_late(cohort, sent):
    from datetime import date

    handing_out.hand_out(cohort, ["m04"], date(2026, 1, 1))
    row = only(collect(cohort, [sent(cohort, "ben-whitlock")]))
    assert row.outcome == "late"
    assert "days late" in row.say
    assert given(cohort, "ben-whitlock")


def test_an_early_one_waits_until_its_exercise_is_handed_out(cohort, sent):
    zipped = sent(cohort, "ben-whitlock")
    shutil.move(cohort / "release" / EXERCISE, cohort / "aside")
    row = only(collect(cohort, [zipped]))
    assert row.outcome == "early"
    assert not (cohort / "submitted").exists()
    shutil.move(cohort / "aside", cohort / "release" / EXERCISE)
    assert collect(cohort, []).empty
    assert given(cohort, "ben-whitlock")


def test_a_clock_that_is_ahead_gives_no_advantage(cohort, tmp_path):
    far = datetime.now(UTC) + timedelta(days=400)
    row = only(collect(cohort, [_at(cohort, "ben-whitlock", tmp_path / "x.zip", 3, far)]))
    assert "clock is ahead" in row.say
    assert received(cohort)["made_at"][0] == received(cohort)["received_at"][0]


def test_zips_in_folders_and_zips_in_zips_are_found(cohort, sent, tmp_path):
    first = sent(cohort, "amara-osei").read_bytes()
    second = sent(cohort, "ben-whitlock").read_bytes()
    third = sent(cohort, "carys-pugh").read_bytes()
    deep = packed(
        {"Ben Whitlock_8812_assignsubmission_file/mine.zip": second, "x/y.zip": packed({"z.zip": third})}
    )
    place = tmp_path / "downloads" / "week 1"
    place.mkdir(parents=True)
    (place / "all of them.zip").write_bytes(deep)
    (place / "amara.zip").write_bytes(first)
    (place / "Thumbs.db").write_bytes(b"x")
    table = collect(cohort, [tmp_path / "downloads"])
    assert sorted(table["outcome"]) == ["not a hand-in", "taken", "taken", "taken"]
    assert set(table["learner"]) == {"", "amara-osei", "ben-whitlock", "carys-pugh"}


def test_renamed_zips_and_files_are_known_by_their_hashes(cohort, sent, tmp_path):
    files = unpacked(sent(cohort, "ben-whitlock", tipping_weight=4))
    renamed = {
        n.replace("answers.json", "answers (1).json").replace("exercise.ipynb", "my work.ipynb"): c
        for n, c in files.items()
    }
    (tmp_path / "homework final.zip").write_bytes(packed(renamed))
    row = only(collect(cohort, [tmp_path / "homework final.zip"]))
    assert row.outcome == "taken"
    assert "had been renamed" in row.say
    assert given(cohort, "ben-whitlock") == {"tipping-weight": 4}


@pytest.mark.parametrize("what", ["changed", "missing", "resealed", "another's seal"])
def test_what_was_changed_after_hand_in_is_kept_and_not_marked(cohort, sent, tmp_path, what):
    collect(cohort, [sent(cohort, "ben-whitlock", "whole.zip", tipping_weight=4)])
    files = unpacked(sent(cohort, "ben-whitlock", "next.zip", tipping_weight=5))
    name = f"{EXERCISE}/answers.json"
    manifest = json.loads(files[f"{EXERCISE}/manifest.json"])
    if what == "missing":
        del files[name]
    elif what == "another's seal":
        manifest["learner"] = "amara-osei"
    else:
        files[name] = files[name].replace(b"5", b"6")
        if what == "resealed":
            import hashlib

            manifest["files"]["answers.json"] = hashlib.sha256(files[name]).hexdigest()
    files[f"{EXERCISE}/manifest.json"] = json.dumps(manifest).encode()
    (tmp_path / "x.zip").write_bytes(packed(files))
    row = only(collect(cohort, [tmp_path / "x.zip"]))
    assert row.outcome == "altered"
    assert "send the new zip" in row.say
    assert (cohort / "received" / row.learner / EXERCISE / str(row.version)).is_dir()
    assert given(cohort, "ben-whitlock") == {"tipping-weight": 4}
    assert not (cohort / "submitted" / "amara-osei").exists()


def test_a_learner_who_is_not_on_the_roster_is_set_aside_and_taken_once_added(cohort, sent, tmp_path):
    zipped = sent(cohort, "ben-whitlock")
    people = roster.roster(cohort)
    (cohort / "roster.csv").write_text(people[people["id"] != "ben-whitlock"].to_csv(index=False))
    row = only(collect(cohort, [zipped]))
    assert row.outcome == "unknown learner"
    assert "Nobody on the roster is “ben-whitlock”" in row.say
    assert only(set_aside(cohort)).outcome == "unknown learner"
    (cohort / "roster.csv").write_text(people.to_csv(index=False))
    assert only(collect(cohort, [zipped])).outcome == "taken"


def test_plain_files_without_a_manifest_are_taken_where_it_is_clear_whose_they_are(cohort, works, tmp_path):
    folder = works(cohort, "ben-whitlock", tipping_weight=7)
    plain = {n: (folder / n).read_bytes() for n in ("answers.json", "exercise.ipynb")}
    (tmp_path / "work.zip").write_bytes(packed(plain))
    row = only(collect(cohort, [tmp_path / "work.zip"]))
    assert row.outcome == "unknown learner"
    assert "--learner" in row.say
    row = only(collect(cohort, [tmp_path / "work.zip"], learner="carys-pugh"))
    assert (row.outcome, row.learner) == ("taken", "carys-pugh")
    assert "no manifest" in row.say
    (tmp_path / "Ben Whitlock_12345_assignsubmission_file.zip").write_bytes(packed(plain))
    assert (
        only(collect(cohort, [tmp_path / "Ben Whitlock_12345_assignsubmission_file.zip"])).outcome == "taken"
    )
    assert given(cohort, "ben-whitlock") == {"tipping-weight": 7}
    with pytest.raises(InputError, match="no “nobody” on the roster"):
        collect(cohort, [], learner="nobody")


def test_the_wrong_module_is_set_aside(cohort, sent, works, tmp_path):
    row = only(collect(cohort, [sent(cohort, "ben-whitlock", some_other_question=1)]))
    assert row.outcome == "wrong module"
    assert "answers are to another exercise" in row.say
    (tmp_path / "odd.zip").write_bytes(packed({"amara-osei/m77/answers.json": b"{}"}))
    assert only(collect(cohort, [tmp_path / "odd.zip"])).outcome == "wrong module"


def test_another_cohorts_hand_in_is_set_aside(cohort, sent, tmp_path):
    zipped = sent(cohort, "ben-whitlock")
    about = json.loads((cohort / "cohort.json").read_text()) | {"id": "another"}
    (cohort / "cohort.json").write_text(json.dumps(about))
    assert only(collect(cohort, [zipped])).outcome == "another cohort"


@pytest.mark.parametrize(
    "name", ["../evil.ipynb", "/etc/evil.ipynb", "a/../../evil.ipynb", "C:/evil.ipynb", "..\\evil.ipynb"]
)
def test_names_that_lead_out_of_the_folder_are_never_unpacked(cohort, tmp_path, name):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        info = zipfile.ZipInfo("x")
        info.filename = name
        zipped.writestr(info, b"{}")
    (tmp_path / "x.zip").write_bytes(made.getvalue())
    row = only(collect(cohort, [tmp_path / "x.zip"]))
    assert row.outcome == "unsafe"
    assert not list(tmp_path.rglob("evil*"))
    assert only(set_aside(cohort)).outcome == "unsafe"
    assert next((cohort / "set-aside").glob("*.zip")).read_bytes() == made.getvalue()


def test_links_are_never_followed(cohort, sent, tmp_path):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        info = zipfile.ZipInfo("answers.json")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        zipped.writestr(info, b"/etc/passwd")
    (tmp_path / "x.zip").write_bytes(made.getvalue())
    assert only(collect(cohort, [tmp_path / "x.zip"])).outcome == "unsafe"
    (tmp_path / "folder").mkdir()
    os.symlink("/etc", tmp_path / "folder" / "ben-whitlock")
    assert only(collect(cohort, [tmp_path / "folder"])).outcome == "unsafe"


def test_a_zip_bomb_is_refused_before_anything_is_unpacked(cohort, tmp_path, monkeypatch):
    monkeypatch.setattr(collecting, "MOST_IN_ALL", 1 << 20)
    monkeypatch.setattr(collecting._Budget.__init__, "__defaults__", (1 << 20,))
    (tmp_path / "bomb.zip").write_bytes(packed({"answers.json": bytes(2 << 20)}))
    assert only(collect(cohort, [tmp_path / "bomb.zip"])).outcome == "too large"
    shell = packed({"answers.json": b"{}"})
    for _ in range(6):
        shell = packed({"in.zip": shell})
    (tmp_path / "deep.zip").write_bytes(shell)
    row = only(collect(cohort, [tmp_path / "deep.zip"]))
    assert row.outcome == "too large"
    assert "within more than" in row.say
    many = packed({f"{n}.zip": packed({"answers.json": bytes(300_000)}) for n in range(5)})
    (tmp_path / "many.zip").write_bytes(many)
    assert "too large" in set(collect(cohort, [tmp_path / "many.zip"])["outcome"])


def test_damaged_and_locked_zips_are_set_aside(cohort, sent, tmp_path):
    whole = sent(cohort, "ben-whitlock").read_bytes()
    cut, flipped = whole[: len(whole) // 2], bytearray(whole)
    for at in range(60, len(whole) // 2, 7):
        flipped[at] ^= 0x55
    locked = bytearray(packed({"answers.json": b"{}"}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + offset] |= 1
    inbox = tmp_path / "bad"
    inbox.mkdir()
    for name, raw in {"cut": cut, "flipped": flipped, "locked": locked, "page": b"<html>"}.items():
        (inbox / f"{name}.zip").write_bytes(raw)
    table = collect(cohort, [inbox])
    assert set(table["outcome"]) == {"damaged"}
    assert len(table) == 4
    assert table["say"].str.contains("password").sum() == 1
    assert len(set_aside(cohort)) == 4


def test_a_folder_that_is_the_cohorts_own_or_not_there_is_refused(cohort, tmp_path):
    with pytest.raises(InputError, match="own folder"):
        collect(cohort, [cohort / "release"])
    with pytest.raises(InputError, match="no file or folder"):
        collect(cohort, [tmp_path / "none"])


def test_a_damaged_answer_file_counts_by_its_journal(cohort, works, tmp_path):
    folder = works(cohort, "ben-whitlock", tipping_weight=8)
    (folder / "answers.json").write_text("{half")
    shutil.move(folder, tmp_path / EXERCISE)
    row = only(collect(cohort, [tmp_path / EXERCISE], learner="ben-whitlock"))
    assert row.outcome == "taken"
    assert "journal count" in row.say
    assert given(cohort, "ben-whitlock") == {"tipping-weight": 8}
