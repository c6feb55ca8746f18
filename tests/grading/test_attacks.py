"""What a submission may try: no mark but its own changes, and that one only downward.

All attackers and some honest neighbours are marked in one batch, on two workers. Those who attack to gain
hand in no answers, so that any point they have would be won by the attack; those who attack to harm hand in
right ones.
"""

import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
from grading_course import FULL, GRADES, RIGHT, code, earned, hand_in, named, rows, without

from course import answers, places
from course.authoring import source
from course.grading import engine
from course.grading import nbgrader_folder as folder
from course.warm.containment import layers_available

DEADLINE = 20.0
HONEST = ("aaa", "mmm", "zzz")
NOUGHT = dict.fromkeys(FULL, 0)
SAMPLE = Path(__file__).parent.parent / "authoring"

# What is run; ROOT is the course folder, which no submission would know so well.
TO_GAIN = {
    "reads-gradebook": "open('ROOT/gradebook.db', 'rb').read()",
    "writes-score": (
        "import sqlite3\nbook = sqlite3.connect('ROOT/gradebook.db')\n"
        "book.execute('update grade set auto_score = 63')\nbook.commit()"
    ),
    "reads-hidden-tests": "import json; json.load(open('ROOT/source/sums/work.ipynb'))",
    "reads-solutions": f"import os; [open(f'{places.SOLUTIONS}/m04-asking/' + name).read() "
                       f"for name in os.listdir('{places.SOLUTIONS}/m04-asking')]",
    "reads-neighbours": "open('ROOT/submitted/aaa/sums/work.ipynb').read()",
    "writes-marked-work": "open('ROOT/autograded/aaa/sums/work.ipynb', 'w').write('mine')",
    "edits-config": "open('ROOT/nbgrader_config.py', 'a').write('c.Autograde.enabled = False')",
    "edits-notes": "open('ROOT/.academy/marked-sums.json', 'w').write('{}')",
    "strips-asserts": (
        "import ast\nclass Strip(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
        "        return ast.copy_location(ast.Pass(), node)\nget_ipython().ast_transformers.append(Strip())"
    ),
    "strips-asserts-but-canaries": (
        "import ast\nclass Strip(ast.NodeTransformer):\n    def visit_Assert(self, node):\n"
        "        kept = 'canary' in ast.unparse(node)\n"
        "        return node if kept else ast.copy_location(ast.Pass(), node)\n"
        "get_ipython().ast_transformers.append(Strip())"
    ),
    "cuts-tests": "get_ipython().input_transformers_post.append(lambda lines: ['pass\\n'])",
    "patches-pandas": "pd.Series.mean = pd.DataFrame.mean = lambda *_: 20\nmean = table.price.mean()",
    "patches-builtins": "import builtins\nbuiltins.abs = lambda _: 0.0\nmean = 3",
    "patches-sum": "import builtins\ntwice = lambda n: n\nbuiltins.sum = lambda _: 4",
    "runs-nothing": "get_ipython().run_cell_async = None",
    "shows-its-own": (
        "shell = get_ipython()\nshell.display_formatter.formatters['text/plain'].for_type("
        "float, lambda value, p, cycle: p.text('2.0'))\ntwice = lambda n: n"
    ),
}  # fmt: skip
TO_HARM = {
    "prints-a-name": "print('aaa zzz 0 points')",
    "forks": "import os\nwhile True:\n    os.fork()",
    "eats-memory": "held = []\nwhile True:\n    held.append(bytearray(1 << 27))",
    "fills-disk": (
        "for n in range(40):\n    with open(f'big-{n}', 'wb') as file:\n"
        "        for _ in range(48):\n            file.write(bytes(1 << 20))"
    ),
    "opens-socket": "import socket; socket.create_connection(('127.0.0.1', 80))",
    "serves": "import asyncio; await asyncio.start_server(print, '127.0.0.1', 0)",
    "never-ends": (
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)"
    ),
    "ends-kernel": "import os; os._exit(0)",
    "kills-itself": "import os; os.kill(os.getpid(), 11)",
    "kills-parent": "import os; os.kill(os.getppid(), 9); os.kill(-1, 9)",
    "kills-all": (
        "import os, signal\nfor pid in range(2, 70000):\n    try:\n"
        "        os.kill(pid, signal.SIGKILL)\n    except ProcessLookupError:\n        pass"
    ),
    "prints-2-gb": "for _ in range(2048):\n    print('x' * (1 << 20))",
    "leaves-a-daemon": "import subprocess; subprocess.Popen(['sleep', '98765'], start_new_session=True)",
    "writes-to-the-channel": (
        "import os\nfor fd in range(3, 30):\n    try:\n        os.write(fd, b'x' * 99)\n"
        "    except OSError:\n        pass"
    ),
    "raises-in-repr": "class Odd:\n    def __repr__(self):\n        raise SystemExit\nOdd()",
    "unpacks-a-bomb": "import zipfile; zipfile.ZipFile('bomb.zip').extractall('.')",
    "imports-own-pandas": "import importlib, pandas; importlib.reload(pandas)",
    "recurses": "def down(n):\n    return down(n + 1)\ndown(0)",
    "writes-outside": "open('/etc/academy-was-here', 'w').write('x')",
}  # fmt: skip
# Let loose only where the layer that stops it is to be had: else it would stop, or fill, the machine that
# runs these tests.
NEEDS = {
    "forks": "processes",
    "fills-disk": "mount",
    "unpacks-a-bomb": "mount",
    "kills-parent": "pid",
    "kills-all": "pid",
}
# What the trainer reads about it, where there is something to read.
# Not there: what does nothing that the machine would refuse. (Where mounts are to be had, who writes into
# the course's folder writes into an empty one of its own.)
REFUSED = (
    *("reads-gradebook", "reads-hidden-tests", "reads-neighbours", "reads-solutions", "writes-marked-work"),
    *("edits-notes", "writes-outside", "opens-socket", "eats-memory", "fills-disk", "unpacks-a-bomb"),
)
SAYS = {
    **dict.fromkeys(REFUSED, "was refused something"),
    "strips-asserts": "an assert that must fail did not",
    "cuts-tests": "did not: the tests were tampered with",
    "strips-asserts-but-canaries": "replaced IPython’s transformers of code, on which the tests rely",
    "patches-pandas": ".mean, on which the tests rely",
    "patches-builtins": "replaced builtins.abs, on which",
    "patches-sum": "replaced builtins.sum, on which",
    "forks": "",
    "runs-nothing": "",
    "shows-its-own": "numbers are not shown as they are",
    "never-ends": "It was stopped: it went on past its deadline.",
    "ends-kernel": "It was stopped: it ended.",
    "prints-2-gb": "It was stopped: it printed more than is allowed.",
    "swaps-ids": "Inconsistent checksums",
    "deletes-cells": "Missing cells earn nothing: test-open, test-hidden.",
    "ships-a-link": "Links were left out: book.csv, near.",
    "is-a-link": "work.ipynb is a link or no file, so it was not opened.",
    "ships-10-gb": "It holds 10240 MB; at most 48 MB are marked.",
    "folder-is-a-link": "The submission is a link, not a folder.",
}  # fmt: skip


def swap_ids(nb) -> None:
    one, other = named(nb, "twice").metadata.nbgrader, named(nb, "test-open").metadata.nbgrader
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]


@pytest.fixture(scope="module")
def batch(blank_course, tmp_path_factory):
    """The course folder and the outcomes, once all attackers and their neighbours were marked."""
    root = shutil.copytree(blank_course, tmp_path_factory.mktemp("attacks") / "course")
    have = {layer.name for layer in layers_available() if layer.on}
    for name, text in TO_GAIN.items():
        hand_in(root, name, {"twice": text.replace("ROOT", str(root))})
    for name, text in TO_HARM.items():
        if name in NEEDS and NEEDS[name] not in have:
            continue
        place = hand_in(root, name, RIGHT, change=code(text.replace("ROOT", str(root))))
        if name == "unpacks-a-bomb":
            with zipfile.ZipFile(place / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as bomb:
                for n in range(8):
                    bomb.writestr(f"bomb-{n}", bytes(60 << 20))
        if name == "imports-own-pandas":
            (place / "pandas.py").write_text("raise SystemExit")
    hand_in(root, "swaps-ids", change=swap_ids)
    hand_in(root, "deletes-cells", RIGHT, change=without("test-open", "test-hidden"))
    place = hand_in(root, "ships-a-link", {"mean": "print(open('book.csv', 'rb').read())"})
    (place / "book.csv").symlink_to(root / "gradebook.db")
    (place / "near").symlink_to(root / "submitted" / "aaa")
    place = hand_in(root, "is-a-link")
    (place / "work.ipynb").unlink()
    (place / "work.ipynb").symlink_to(root / "submitted" / "aaa" / "sums" / "work.ipynb")
    with (hand_in(root, "ships-10-gb", RIGHT) / "big.bin").open("wb") as file:
        file.truncate(10 << 30)  # a file of holes: it takes no room here
    (root / "submitted" / "folder-is-a-link").mkdir()
    (root / "submitted" / "folder-is-a-link" / "sums").symlink_to(root / "submitted" / "aaa" / "sums")
    for name in HONEST:
        hand_in(root, name, RIGHT)
    run = engine.grade(root, "sums", workers=2, deadline=DEADLINE)
    return root, {outcome.learner: outcome for outcome in run.marked}


def test_the_batch_finishes_and_everybody_has_a_row(batch):
    root, outcomes = batch
    handed_in = engine.handed_in(root, "sums")
    assert sorted(outcomes) == handed_in
    assert {row[0] for row in rows(root, GRADES)} == set(handed_in)


@pytest.mark.parametrize("name", HONEST)
def test_neighbours_have_their_marks(batch, name):
    root, outcomes = batch
    assert outcomes[name].remark == ""
    assert earned(root, name) == FULL


@pytest.mark.parametrize("name", [*TO_GAIN, "swaps-ids", "ships-a-link", "is-a-link", "folder-is-a-link"])
def test_who_attacks_to_gain_gains_nothing(batch, name):
    root, _ = batch
    assert not any(earned(root, name).values())


@pytest.mark.parametrize("name", [*TO_HARM, "deletes-cells", "ships-10-gb"])
def test_who_attacks_to_harm_has_no_more_than_its_answers_earn(batch, name):
    root, outcomes = batch
    if name not in outcomes:
        pytest.skip(f"This machine lacks the layer “{NEEDS[name]}”, so it is not let loose here.")
    for cell, points in earned(root, name).items():
        assert points is None or points <= FULL[cell]


@pytest.mark.parametrize("name", SAYS)
def test_the_trainer_reads_one_sentence_about_it(batch, name):
    _, outcomes = batch
    if name not in outcomes:
        pytest.skip(f"This machine lacks the layer “{NEEDS[name]}”, so it is not let loose here.")
    assert SAYS[name] in outcomes[name].remark
    assert outcomes[name].remark
    assert "\n" not in outcomes[name].remark


def test_nothing_is_left_running_and_nothing_was_written(batch):
    root, _ = batch
    assert not Path("/etc/academy-was-here").exists()
    assert not (root / "nbgrader_config.py").exists()
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert b"98765" not in place.read_bytes()
        except OSError:
            continue


def test_a_link_that_was_handed_in_leads_nowhere(batch):
    root, _ = batch
    assert not (root / "autograded" / "ships-a-link" / "sums" / "book.csv").exists()
    assert not (root / "autograded" / "ships-a-link" / "sums" / "near").exists()
    text = (root / "autograded" / "ships-a-link" / "sums" / "work.ipynb").read_text()
    assert "SQLite" not in text


PATCHES = {
    "mark": "import course.questions.marking as m\nm.assess.__code__ = (lambda q, k, a: None).__code__",
    "answers": "import course.answers as a\na.read = lambda *_: {'colour': 'red'}",
    "mark-here": "mark = lambda *_, **__: 1.0",
}


def test_replacing_mark_or_the_answers_earns_nothing_where_notebooks_handed_in_are_run(tmp_path):
    """As stock nbgrader would run them; the academy's own way of taking work in never does."""
    made = folder.prepare(tmp_path, "sample", SAMPLE)
    for name, text in PATCHES.items():
        place = folder.submit(tmp_path, "sample", name, None)
        notebook = nbformat.read(place / source.NOTEBOOK, 4)
        notebook.cells.insert(1, nbformat.v4.new_code_cell(text))
        nbformat.write(notebook, place / source.NOTEBOOK)
    honest = folder.submit(tmp_path, "sample", "honest", None)
    answers.record(honest, "colour", "red")
    run = engine.grade(tmp_path, "sample", workers=1)
    earned = {o.learner: sum(p or 0 for p in o.grades["exercise"].values()) for o in run.marked}
    assert earned["honest"] == 1
    assert {name: earned[name] for name in PATCHES} == dict.fromkeys(PATCHES, 0)
    assert made.id == "sample"
