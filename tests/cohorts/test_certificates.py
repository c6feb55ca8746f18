"""Certificates: who earns one, that a changed letter shows, and that the private key stays where it is."""

import base64
import json
import stat

import pytest

from course import printing
from course.cohorts import certificates as c
from course.errors import InputError


@pytest.fixture
def issued(marked):
    return c.issue(marked, "kit-sorensen", pdf=False)


def read(issued):
    return json.loads(issued.json.read_text(encoding="utf-8"))


def write(place, signed):
    place.write_text(json.dumps(signed, ensure_ascii=False), encoding="utf-8")
    return place


def leaves(node, way=()):
    """Every way to a value that is not a dict or list."""
    if isinstance(node, dict | list):
        for key, inner in node.items() if isinstance(node, dict) else enumerate(node):
            yield from leaves(inner, (*way, key))
    else:
        yield way


def test_who_passed_and_was_wholly_marked_earns_one(marked):
    table = c.earned(marked).set_index("learner")
    assert table.loc["kit-sorensen", "passed"] == ["m04"]
    assert "writing waits" in table.loc["ben-whitlock", "missing"]["m04"]
    assert "60% are needed" in table.loc["jonah-mbeki", "missing"]["m04"]
    assert "nothing handed in" in table.loc["lena-fairhurst", "missing"]["m04"]


def test_it_says_outcomes_marks_dates_and_names_the_evidence_by_hash(marked, issued):
    import hashlib

    said = read(issued)["certificate"]
    [module] = said["modules"]
    assert (said["holder"], said["cohort"]) == ("Kit Sørensen", "Autumn 2027")
    assert module["outcomes"] == c.syllabus.find("m04").outcomes
    assert (module["points"], module["out_of"]) == (22, 24)
    file = marked / "submitted" / "kit-sorensen" / "m04-asking" / "answers.json"
    assert module["evidence"]["answers"] == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", ["json", "html"])
def test_it_can_be_checked_from_either_file_with_and_without_the_key(marked, issued, suffix):
    file = issued.json.with_suffix(f".{suffix}")
    own = c.verify(file)
    assert own.valid
    assert not own.key_known
    assert "compare it" in own.say
    known = c.verify(file, marked / "certificates" / "public-key.pem")
    assert known.valid
    assert known.key_known
    assert "Kit Sørensen" in known.say


def test_changing_any_field_fails(marked, issued, tmp_path):
    signed, key = read(issued), marked / "certificates" / "public-key.pem"
    ways = list(leaves(signed))
    assert len(ways) > 20
    for way in ways:
        changed = json.loads(json.dumps(signed))
        at = changed
        for step in way[:-1]:
            at = at[step]
        old = at[way[-1]]
        other = "Y" if str(old)[:1] == "X" else "X"  # a signature may begin with either
        at[way[-1]] = old + 1 if isinstance(old, int | float) else other + old[1:]
        assert not c.verify(write(tmp_path / "changed.json", changed), key).valid, way
        assert not c.verify(tmp_path / "changed.json").valid, way


def test_adding_or_taking_out_a_field_fails(issued, tmp_path):
    for change in (
        lambda s: s["certificate"].update(grade="Distinction"),
        lambda s: s.update(note="also passed module 5"),
        lambda s: s["certificate"].pop("organisation"),
        lambda s: s["certificate"]["modules"].append(s["certificate"]["modules"][0]),
    ):
        signed = read(issued)
        change(signed)
        assert not c.verify(write(tmp_path / "changed.json", signed)).valid


def test_a_name_given_twice_is_refused(issued, tmp_path):
    text = issued.json.read_text(encoding="utf-8")
    (tmp_path / "twice.json").write_text(text.replace('"holder":', '"holder": "Mallory", "holder":', 1))
    with pytest.raises(InputError, match="no certificate"):
        c.verify(tmp_path / "twice.json")


def test_a_page_that_shows_something_else_than_was_signed_fails(issued, tmp_path):
    text = issued.html.read_text(encoding="utf-8")
    for old, new in (("22 of 24", "24 of 24"), ("</main>", "<p>With honours</p></main>"), ("60%", "90%")):
        assert old in text
        (tmp_path / "page.html").write_text(text.replace(old, new, 1), encoding="utf-8")
        found = c.verify(tmp_path / "page.html")
        assert (found.valid, "page was changed" in found.say) == (False, True)


def test_signing_anew_with_another_key_is_found_out_by_whoever_has_the_right_one(marked, issued, tmp_path):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    signed, forger = read(issued), Ed25519PrivateKey.generate()
    signed["certificate"]["holder"] = "Mallory"
    signed["public_key"] = base64.b64encode(c._raw(forger.public_key())).decode()
    signed["signature"] = base64.b64encode(forger.sign(c._canonical(signed["certificate"]))).decode()
    forged = write(tmp_path / "forged.json", signed)
    assert c.verify(forged).valid
    found = c.verify(forged, c.public_key(marked))
    assert not found.valid
    assert "another one" in found.say


def test_the_private_key_is_its_owners_alone_and_stands_in_no_file_that_is_given_away(marked, issued):
    place = marked / ".academy" / "certificate-key.pem"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    body = place.read_text().splitlines()[1]
    for file in (marked / "certificates").rglob("*.*"):
        assert body.encode() not in file.read_bytes()
    before = place.read_bytes()
    c.issue(marked, "amara-osei", pdf=False)
    assert place.read_bytes() == before


def test_all_who_have_passed_get_theirs_and_the_others_are_told_why_not(marked):
    table = c.issue_all(marked, pdf=False).set_index("learner")
    assert len(table) == 12
    assert table.loc["kit-sorensen", "outcome"] == "issued"
    assert (marked / table.loc["kit-sorensen", "file"]).is_file()
    assert table.loc["lena-fairhurst", "outcome"] == "not yet"
    assert "nothing handed in" in table.loc["lena-fairhurst", "say"]


def test_who_has_passed_nothing_gets_none(marked):
    with pytest.raises(InputError, match="has not passed a module yet. m04: writing waits"):
        c.issue(marked, "ben-whitlock", pdf=False)
    with pytest.raises(InputError, match="no learner nobody"):
        c.issue(marked, "nobody", pdf=False)
    assert not (marked / "certificates").exists()


def test_a_name_cannot_break_out_of_the_page(marked):
    roster = marked / "roster.csv"
    bad = "Kit </script><script>alert(1)</script>"
    roster.write_text(roster.read_text().replace("kit-sorensen,Kit Sørensen", f"kit-sorensen,{bad}"))
    made = c.issue(marked, "kit-sorensen", pdf=False)
    text = made.html.read_text(encoding="utf-8")
    assert text.count("</script>") == 1
    assert "<script>alert" not in text
    assert c.verify(made.html).valid


def test_what_is_no_certificate_or_no_key_is_refused_in_a_sentence(issued, tmp_path):
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(InputError, match="printed certificate"):
        c.verify(tmp_path / "a.pdf")
    (tmp_path / "b.json").write_text("[1]")
    with pytest.raises(InputError, match="no certificate"):
        c.verify(tmp_path / "b.json")
    write(tmp_path / "c.json", c.sign(issued.json.parents[2], {"holder": "Kit"}))
    with pytest.raises(InputError, match="signed, but is no certificate"):
        c.verify(tmp_path / "c.json")
    with pytest.raises(InputError, match="cannot be read"):
        c.verify(tmp_path / "nowhere.json")
    with pytest.raises(InputError, match="not a public key"):
        c.verify(issued.json, tmp_path / "b.json")


@pytest.mark.browser
def test_the_printed_one_is_tagged_and_bears_the_name(marked):
    if printing.browser() is None:
        pytest.skip("No browser that can print is installed here.")
    made = c.issue(marked, "kit-sorensen")
    raw = made.pdf.read_bytes()
    assert raw.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in raw
    assert b"/Lang (en-GB)" in raw
