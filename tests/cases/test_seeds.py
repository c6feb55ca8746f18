"""Where a learner's case comes from."""

import json

from course.cases import seeds


def test_the_same_key_draws_the_same_case_and_another_key_another():
    assert seeds.rng("m04-asking", "a").random() == seeds.rng("m04-asking", "a").random()
    assert seeds.rng("m04-asking", "a").random() != seeds.rng("m04-asking", "b").random()
    assert seeds.rng("m04-asking", "a").random() != seeds.rng("m05-responding", "a").random()


def test_without_the_salt_nobody_can_work_out_anothers_case_key():
    assert seeds.case_key("salt", "ana") != seeds.case_key("other salt", "ana")
    assert seeds.case_key("salt", "ana") != seeds.case_key("salt", "ben")


def test_the_marking_engine_says_whose_case_it_is(monkeypatch):
    monkeypatch.setenv(seeds.KEY_VARIABLE, "given")
    assert seeds.key_here() == "given"


def test_nbgraders_folder_says_whose_case_it_is(tmp_path, monkeypatch):
    monkeypatch.delenv(seeds.KEY_VARIABLE, raising=False)
    (tmp_path / seeds.COHORT_FILE).write_text(json.dumps({"salt": "s"}))
    place = tmp_path / "autograded" / "ana" / "m04-asking"
    place.mkdir(parents=True)
    (place / seeds.LEARNER_FILE).with_name("cohort_note.json").write_text("{}")
    monkeypatch.chdir(place)
    assert seeds.key_here() == seeds.case_key("s", "ana")


def test_a_learners_own_folder_says_whose_case_it_is(tmp_path, monkeypatch):
    monkeypatch.delenv(seeds.KEY_VARIABLE, raising=False)
    seeds.make_learner(tmp_path)
    kept = json.loads((tmp_path / seeds.LEARNER_FILE).read_text())["case_key"]
    place = tmp_path / "exercises" / "m04-asking"
    place.mkdir(parents=True)
    assert seeds.key_here(place) == kept
    seeds.make_learner(tmp_path)
    assert seeds.key_here(place) == kept


def test_a_damaged_learner_file_is_no_key(tmp_path, monkeypatch):
    monkeypatch.delenv(seeds.KEY_VARIABLE, raising=False)
    (tmp_path / seeds.LEARNER_FILE).write_text("[1")
    assert seeds.key_here(tmp_path) == ""
