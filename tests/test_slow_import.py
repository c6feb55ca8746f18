"""One slow import that hardly anybody needs is put off, and works when it is needed."""

import subprocess
import sys


def test_the_slow_import_is_put_off_until_it_is_used():
    program = (
        "from course import slow_import; slow_import.mend(); import sys, jsonschema; slow_import.mend();"
        "assert 'lark' not in sys.modules; checker = jsonschema.FormatChecker();"
        "assert checker.conforms('http://example.org/', 'iri'); assert not checker.conforms('a b', 'iri');"
        "assert 'lark' in sys.modules or 'rfc3987' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
