"""What is inside a notice file: JSON or JSON Lines, read piece by piece so that size does not matter."""

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from course.errors import InputError

LARGEST_FILE = 2 * 1024**3
LARGEST_ENTRY = 64 * 1024**2
_CHUNK = 1024**2

_NOT_TEXT = {
    b"\x1f\x8b": "is compressed (gzip). Unpack it first, then import the .json file inside.",
    b"PK\x03\x04": "is a zip or Office file. Unpack it, or save the notices as JSON, then import that file.",
    b"%PDF": "is a PDF. Download the notice as OCDS JSON instead.",
    codecs.BOM_UTF16_LE: "is saved as UTF-16 text. Save it again as UTF-8.",
    codecs.BOM_UTF16_BE: "is saved as UTF-16 text. Save it again as UTF-8.",
}


def releases_in(path: str | Path) -> Iterator[Any]:
    """Yield every release in a notice file, one at a time.

    Takes a release package, a record package, a bare release or record, a list of any of these, or JSON
    Lines of any of these. A record gives its releases, or its compiled release when it has no others.

    Parameters
    ----------
    path
        The file: UTF-8 text of at most `LARGEST_FILE` bytes, no entry above `LARGEST_ENTRY` characters.

    Yields
    ------
    object
        What stands where a release should be; normally a dict, not yet checked.

    Raises
    ------
    InputError
        When the file is missing, is no file, is empty, too large, not UTF-8, not JSON, cut off, or not OCDS.
        It may come after some releases were yielded.
    """
    path = Path(path)
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder. Name the files in it, such as {path / '*.json'}.")
        if not path.exists():
            raise InputError(f"{path} was not found. Check the name and the folder.")
        if not path.is_file():
            raise InputError(f"{path} is not an ordinary file. Save the notices to a file first.")
        size = path.stat().st_size
        with path.open("rb") as binary:
            start = binary.read(4)
    except OSError as error:
        raise InputError(
            f"{path} cannot be opened ({error.strerror}). Check that you may read it."
        ) from error
    if size > LARGEST_FILE:
        raise InputError(
            f"{path} is {size / 1024**3:.1f} GB; the limit is {LARGEST_FILE // 1024**3} GB. "
            "Split it into smaller files, such as one a month."
        )
    for mark, problem in _NOT_TEXT.items():
        if start.startswith(mark):
            raise InputError(f"{path} {problem}")
    with path.open(encoding="utf-8-sig", errors="strict") as stream:
        yield from releases_in_stream(stream, str(path))


def releases_in_stream(stream: TextIO, name: str) -> Iterator[Any]:
    """Yield every release in open text, as `releases_in` does for a file; `name` is used in messages."""
    text = _Text(stream, name)
    if not text.next_mark():
        raise InputError(f"{name} is empty. Download it again, or leave it out.")
    while mark := text.next_mark():
        if mark == "[":
            for entry in text.items():
                yield from _releases_of(entry, name)
        elif mark == "{":
            yield from _releases_of_object(text, name)
        elif mark == "<":
            raise InputError(f"{name} is a web page or XML, not JSON. Download the notice as OCDS JSON.")
        else:
            text.value()
            raise InputError(_not_ocds(name))


def _not_ocds(name: str) -> str:
    return (
        f"{name} is JSON but holds no OCDS notices. "
        "Use the file that Find a Tender or Contracts Finder gives as OCDS JSON."
    )


def _releases_of_object(text: "_Text", name: str) -> Iterator[Any]:
    """Read one object at the top of a file; lists of releases or records in it are never held whole."""
    rest: dict[str, Any] = {}
    streamed = False
    for key in text.object_keys():
        if key in ("releases", "records") and text.next_mark() == "[":
            streamed = True
            for entry in text.items():
                yield from _releases_of_record(entry) if key == "records" else (entry,)
        else:
            rest[key] = text.value()
    if not streamed:
        yield from _releases_of(rest, name)


def _releases_of(entry: Any, name: str) -> Iterator[Any]:
    if isinstance(entry, dict):
        if isinstance(entry.get("releases"), list):
            yield from entry["releases"]
            return
        if isinstance(entry.get("records"), list):
            for record in entry["records"]:
                yield from _releases_of_record(record)
            return
        if "compiledRelease" in entry:
            yield entry["compiledRelease"]
            return
        if "ocid" in entry:
            yield entry
            return
    raise InputError(_not_ocds(name))


def _releases_of_record(record: Any) -> Iterator[Any]:
    if not isinstance(record, dict):
        yield record
        return
    releases = record.get("releases")
    embedded = [one for one in releases if not _is_link(one)] if isinstance(releases, list) else []
    if embedded:
        yield from embedded
    elif "compiledRelease" in record:
        yield record["compiledRelease"]
    else:
        yield record


def _is_link(release: Any) -> bool:
    return isinstance(release, dict) and "url" in release and "ocid" not in release


class _Text:
    """A window on a stream of JSON text that grows only as far as the value being read."""

    def __init__(self, stream: TextIO, name: str):
        self.stream, self.name = stream, name
        self.text, self.at, self.ended, self.lines = "", 0, False, 1
        # NaN and Infinity are no JSON, yet some tools write them: they stand for no value.
        self.decoder = json.JSONDecoder(parse_constant=lambda _: None)

    def _more(self) -> None:
        self.lines += self.text.count("\n", 0, self.at)
        self.text = self.text[self.at :]
        self.at = 0
        if len(self.text) > LARGEST_ENTRY:
            raise InputError(
                f"{self.name} has one entry above {LARGEST_ENTRY // 1024**2} MB, at line {self.lines}. "
                "It is probably not a notice; leave it out."
            )
        try:
            more = self.stream.read(max(_CHUNK, len(self.text)))
        except UnicodeDecodeError as error:
            raise InputError(
                f"{self.name} is not UTF-8 text, after line {self.lines}. Save it again as UTF-8."
            ) from error
        except (OSError, EOFError) as error:
            raise InputError(
                f"{self.name} cannot be read to its end ({error}). Download it again."
            ) from error
        self.text += more
        self.ended = not more

    def next_mark(self) -> str:
        """Return the next character that is not white space, without passing it; "" at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in " \t\r\n":
                    return self.text[self.at]
                self.at += 1
            if self.ended:
                return ""
            self._more()

    def value(self) -> Any:
        """Read one whole JSON value."""
        self.next_mark()
        while True:
            try:
                found, end = self.decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                open_string = error.msg.startswith("Unterminated string")
                if self.ended:
                    cut = open_string or not self.text[error.pos :].strip()
                    raise self._problem(error.pos, cut) from error
                # Near the end of the window it may be the window that cuts a word or number.
                if not open_string and error.pos <= len(self.text) - 16:
                    raise self._problem(error.pos, cut=False) from error
            except (RecursionError, ValueError) as error:
                raise self._problem(self.at, cut=False) from error
            else:
                if end < len(self.text) or self.ended:
                    self.at = end
                    return found
            self._more()

    def items(self) -> Iterator[Any]:
        """Read a list, value by value."""
        self.at += 1
        if self.next_mark() == "]":
            self.at += 1
            return
        while True:
            yield self.value()
            if self._passed(",", "]") == "]":
                return

    def object_keys(self) -> Iterator[str]:
        """Read an object, key by key; whoever asks must read the value before asking for the next key."""
        self.at += 1
        if self.next_mark() == "}":
            self.at += 1
            return
        while True:
            if self.next_mark() != '"':
                raise self._problem(self.at, cut=not self.next_mark())
            key = self.value()
            self._passed(":")
            yield key
            if self._passed(",", "}") == "}":
                return

    def _passed(self, *wanted: str) -> str:
        mark = self.next_mark()
        if mark not in wanted or not mark:
            raise self._problem(self.at, cut=not mark)
        self.at += 1
        return mark

    def _problem(self, at: int, cut: bool) -> InputError:
        line = self.lines + self.text.count("\n", 0, at)
        if cut:
            return InputError(f"{self.name} stops in the middle, at line {line}. Download it again.")
        return InputError(f"{self.name} is not JSON: line {line} cannot be read. Download it again.")
