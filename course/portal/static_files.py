"""Scripts and styles by names that carry a hash of their bytes, so that browsers may keep them for ever."""

import gzip
import hashlib
import mimetypes
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
PUBLIC = (".css", ".js", ".txt")


@cache
def manifest() -> dict[str, str]:
    """Return every public file's name and its name with the hash: `vega.js` to `vega-0123456789.js`."""
    found = {}
    for path in sorted(STATIC.iterdir()):
        if path.suffix in PUBLIC:
            found[path.name] = (
                f"{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:10]}{path.suffix}"
            )
    return found


@cache
def served(hashed: str) -> tuple[str, bytes, bytes] | None:
    """Return content type, bytes and gzipped bytes of a file by its hashed name, or None."""
    for name, known in manifest().items():
        if known == hashed:
            raw = (STATIC / name).read_bytes()
            kind = (
                "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "text/plain"
            )
            return f"{kind}; charset=utf-8", raw, gzip.compress(raw, 9, mtime=0)
    return None
