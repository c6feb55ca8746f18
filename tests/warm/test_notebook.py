"""Notebooks run in a fork come out as nbclient runs them with an ordinary kernel."""

import copy
import re
from pathlib import Path
from typing import Any

import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.warm.client import WarmParent
from course.warm.notebook import ForkManager, run_notebook

# One cell each, run one after another in one kernel.
CELLS = {
    "a value": "1 + 1",
    "no value": "x = 3",
    "text and a value": "print('hello')\nx",
    "both streams": "import sys\nprint('out')\nprint('err', file=sys.stderr)\nprint('out again')",
    "carriage return": "print('10%\\r20%\\r30%')",
    "much text": "for i in range(3000): print(i, 'x' * 50)",
    "an error": "def f(n):\n    return 1 / n\nf(0)",
    "a syntax error": "for x in",
    "an error raised from another": "try:\n    f(0)\n"
    "except ZeroDivisionError as e:\n    raise ValueError('so') from e",
    "an odd error": "class E(Exception):\n    def __str__(self): raise RuntimeError\nraise E",
    "an error in a repr": "class R:\n    def __repr__(self): raise RuntimeError('no repr')\nR()",
    "html": "from IPython.display import HTML, display\nHTML('<b>bold</b>')",
    "two displays": "display(1, {'a': 2}); display(HTML('<i>x</i>'), metadata={'k': 1})",
    "raw mime": "display({'text/plain': 'p', 'application/x+json': {'n': 1}}, raw=True)",
    "an image": "from IPython.display import Image\nImage(b'\\x89PNG\\r\\n\\x1a\\n' + bytes(30))",
    "display id": "h = display('first', display_id='one'); display('second', display_id='two')",
    "update from a later cell": "h.update('first, changed')",
    "clear output": "from IPython.display import clear_output\nprint('gone')\nclear_output()\nprint('kept')",
    "clear output late": "print('gone later')\nclear_output(wait=True)\nprint('kept')",
    "top-level await": "import asyncio\nawait asyncio.sleep(0.01)\n'waited'",
    "a task goes on": "async def later():\n    global seen\n    await asyncio.sleep(0)\n    seen = 'ran'\n"
    "task = asyncio.ensure_future(later())",
    "and has ended": "seen",
    "shell command": "!echo from the shell",
    "shell output kept": "lines = !printf 'a\\nb'\nlines",
    "bash": "%%bash\necho one; echo two >&2",
    "bash fails": "%%bash\nexit 3",
    "python magic": "%%python\nprint('apart')",
    "capture": "%%capture got\nprint('unseen')",
    "what was captured": "got.stdout",
    "from below": "import os, subprocess\nos.write(1, b'descriptor\\n'); os.system('echo system'); "
    "subprocess.run(['echo', 'subprocess']).returncode",
    "time": "%pwd",
    "input": "input('name? ')",
    "getpass": "import getpass\ngetpass.getpass()",
    "leaving": "import sys; sys.exit(3)",
    "interrupted by hand": "raise KeyboardInterrupt",
    "an unknown magic": "%no_such_magic",
    "an unknown name": "no_such_name",
    "question mark": "len?",
    "semicolon": "4;",
    "infinite": "float('inf'), float('nan')",
    "in and out": "Out[1], In[1], _i1",
    "who": "%who str",
    "names": "sorted(n for n in globals() if not n.startswith('_'))",
    "main": "__name__, __import__('__main__').x, 'f' in vars(__import__('__main__'))",
    "pickle": "import pickle\nclass P: pass\npickle.loads(pickle.dumps(P())).__class__ is P",
    "arguments": "sys.argv[0].rsplit('/', 1)[-1], sys.path[0] == '' or '' in sys.path",
    "folder": "open('data.csv').read(), os.getcwd() == os.path.realpath('.')",
    "streams": "sys.stdout.isatty(), sys.stdout.encoding, sys.stdout.writable(), sys.stdout.name",
    "shell class": "type(get_ipython()).__name__, get_ipython().kernel.__class__.__mro__[1].__name__[-6:]",
    "pandas": "import pandas as pd\npd.DataFrame({'a': [1, 2], 'b': ['x', None]})",
    "pandas options": "pd.get_option('display.max_columns'), pd.get_option('display.max_rows')",
    "numpy": "import numpy as np\nnp.arange(3)",
    "a warning": "import warnings\nwarnings.warn('take care')",
    "a thread": "import threading\nt = threading.Thread(target=print, args=('thread',)); t.start(); t.join()",
    "environment": "os.environ['PAGER'], os.environ['MPLBACKEND'], os.environ.get('TERM')",
    "empty": "",
    "comment": "# nothing",
}
# Where ours is better on purpose, or what is compared is the name of a class.
DIFFERENT = {"from below", "shell class"}


def notebook(*sources: str) -> NotebookNode:
    return new_notebook(cells=[new_markdown_cell("text"), *(new_code_cell(source) for source in sources)])


def stock(nb: NotebookNode, folder: Path, kernel: str = "academy-warm", **settings: Any) -> NotebookNode:
    """Run with a real kernel, by nbclient alone."""
    resources = {"metadata": {"path": str(folder)}}
    return NotebookClient(
        nb, kernel_name=kernel, resources=resources, coalesce_streams=True, **settings
    ).execute()


def plain(cell: NotebookNode) -> dict[str, Any]:
    """What there is to compare of a cell: all but the times."""
    told = {"outputs": copy.deepcopy(cell.get("outputs")), "count": cell.get("execution_count")}
    text = re.sub(r"0x[0-9a-f]{6,}", "0x", repr(told))
    text = re.sub(r"/(tmp|var)/[^' ]*ipykernel_\d+/\d+\.py", "FILE", text)
    return {"text": re.sub(r"ipykernel_\d+", "ipykernel", text), "source": cell.source}


@pytest.fixture(scope="module")
def both(parent: WarmParent, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Any, Any]]:
    """Every cell's outcome in an ordinary kernel, started the ordinary way, and in ours."""
    folder = tmp_path_factory.mktemp("both")
    (folder / "data.csv").write_text("a,b\n1,2\n")
    theirs = stock(notebook(*CELLS.values()), folder, kernel="python3", allow_errors=True, timeout=600)
    ours = notebook(*CELLS.values())
    run_notebook(ours, cwd=str(folder), parent=parent, allow_errors=True, cell_timeout=600, deadline=None)
    pairs = zip(theirs.cells[1:], ours.cells[1:], strict=True)
    return dict(zip(CELLS, pairs, strict=True)) | {"metadata": (theirs.metadata, ours.metadata)}


@pytest.mark.parametrize("name", [name for name in CELLS if name not in DIFFERENT])
def test_a_cell_comes_out_as_nbclient_runs_it(both: dict[str, Any], name: str) -> None:
    theirs, ours = both[name]
    assert plain(ours) == plain(theirs)


def test_what_programs_write_to_the_descriptor_is_caught_in_full(both: dict[str, Any]) -> None:
    _, ours = both["from below"]
    assert [line for line in ours.outputs[0].text.split("\n") if line] == [
        "descriptor",
        "system",
        "subprocess",
    ]


def test_text_that_cannot_be_sent_is_shown_with_a_mark_instead_of_an_error(
    parent: WarmParent, tmp_path: Path
) -> None:
    """Not compared: in an ordinary kernel such a text can stop all that is published after it."""
    nb = notebook("print('\\ud800 half')")
    run_notebook(nb, cwd=str(tmp_path), parent=parent, allow_errors=True, deadline=None)
    assert [output.text for output in nb.cells[1].outputs] == ["? half\n"]


def test_the_language_is_noted_as_nbclient_notes_it(both: dict[str, Any]) -> None:
    theirs, ours = both["metadata"]
    assert ours.language_info == theirs.language_info


def test_times_are_kept_for_each_cell_as_nbclient_keeps_them(both: dict[str, Any]) -> None:
    theirs, ours = both["a value"]
    assert set(ours.metadata.execution) == set(theirs.metadata.execution)


WIDGETS = """
import ipywidgets as w
from IPython.display import display
out = w.Output()
slider = w.IntSlider(value=3, description='Weight')
image = w.Image(value=b'12345', format='png')
display(slider, out, image)
with out:
    print('inside')
    display(5)
    1 / 0
"""


def test_widget_state_and_output_widgets_are_kept_as_nbclient_keeps_them(
    parent: WarmParent, tmp_path: Path
) -> None:
    cells = (
        WIDGETS,
        "slider.value = 8\nout.outputs",
        "with out:\n    out.clear_output()\n    print('again')",
        "out.outputs",
    )

    def state(nb: NotebookNode) -> list[Any]:
        states = nb.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
        # Widgets name each other by their ids, which are drawn anew each time.
        text = re.sub(
            r"IPY_MODEL_\w+|[0-9a-f]{32}|\w{8}-\w{4}-\w{4}-\w{4}-\w{12}(_\w+)?", "ID", repr(list(states))
        )
        return re.sub(r"ipykernel_\d+", "", re.sub(r"0x[0-9a-f]{6,}", "0x", text))

    theirs = stock(notebook(*cells), tmp_path, allow_errors=True)
    ours = run_notebook(notebook(*cells), cwd=str(tmp_path), parent=parent, allow_errors=True)
    assert state(ours) == state(theirs)
    assert "again" in state(ours)
    assert [len(cell.outputs) for cell in ours.cells[1:]] == [len(cell.outputs) for cell in theirs.cells[1:]]
    assert "'value': 8" in state(ours)


def test_a_cell_past_its_time_is_interrupted_and_the_next_one_runs(
    parent: WarmParent, tmp_path: Path
) -> None:
    cells = ("print('started')\nimport time\ntime.sleep(60)", "print('next')")
    settings: dict[str, Any] = {"allow_errors": True, "interrupt_on_timeout": True}
    theirs = stock(notebook(*cells), tmp_path, timeout=3, **settings)
    ours = run_notebook(notebook(*cells), cwd=str(tmp_path), parent=parent, cell_timeout=3, allow_errors=True)
    assert [o.output_type for o in ours.cells[1].outputs] == ["stream", "error"]
    assert ours.cells[1].outputs[1].ename == theirs.cells[1].outputs[1].ename == "KeyboardInterrupt"
    assert ours.cells[2].outputs == theirs.cells[2].outputs


def test_awaiting_past_the_time_is_interrupted_too(parent: WarmParent, tmp_path: Path) -> None:
    cells = ("import asyncio\nawait asyncio.sleep(60)", "print('next')")
    ours = run_notebook(notebook(*cells), cwd=str(tmp_path), parent=parent, cell_timeout=3, allow_errors=True)
    assert ours.cells[1].outputs[0].ename == "CancelledError"
    assert ours.cells[2].outputs[0].text == "next\n"


def test_without_interrupts_a_time_limit_ends_the_notebook(parent: WarmParent, tmp_path: Path) -> None:
    nb = notebook("while True: pass")
    with pytest.raises(CellTimeoutError):
        run_notebook(nb, cwd=str(tmp_path), parent=parent, cell_timeout=1, interrupt_on_timeout=False)


def test_an_error_ends_the_notebook_unless_errors_are_allowed(parent: WarmParent, tmp_path: Path) -> None:
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        run_notebook(notebook("1 / 0", "2"), cwd=str(tmp_path), parent=parent)
    tagged = notebook("1 / 0", "2")
    tagged.cells[1].metadata.tags = ["raises-exception"]
    assert (
        run_notebook(tagged, cwd=str(tmp_path), parent=parent).cells[2].outputs[0].data["text/plain"] == "2"
    )


@pytest.mark.parametrize(("depth", "last"), [(200, "KeyError"), (10**9, "RecursionError")])
def test_a_long_traceback_keeps_its_ends(parent: WarmParent, tmp_path: Path, depth: int, last: str) -> None:
    source = f"def deep(n):\n    if n: return deep(n - 1)\n    raise KeyError('bottom')\ndeep({depth})"
    cell = run_notebook(notebook(source), cwd=str(tmp_path), parent=parent, allow_errors=True).cells[1]
    frames = "\n".join(cell.outputs[0].traceback).count("32mIn[")
    assert 10 <= frames <= 21
    assert cell.outputs[0].ename == last
    assert last in cell.outputs[0].traceback[-1]


def test_a_traceback_is_drawn_once(parent: WarmParent, tmp_path: Path) -> None:
    """IPython alone draws it a second time, for a history that nobody reads in a fork."""
    slip = "class Slip(Exception):\n    asked = 0\n    def __str__(self):\n"
    slip += "        Slip.asked += 1\n        return 'so'\nraise Slip"
    theirs = stock(notebook(slip, "Slip.asked"), tmp_path, allow_errors=True)
    ours = notebook(slip, "Slip.asked")
    run_notebook(ours, cwd=str(tmp_path), parent=parent, allow_errors=True, deadline=None)
    assert plain(ours.cells[1]) == plain(theirs.cells[1])
    asked, asked_alone = (int(nb.cells[2].outputs[0].data["text/plain"]) for nb in (ours, theirs))
    assert asked < asked_alone


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("import os; os._exit(0)", "it ended"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "it ended"),
        ("import sys\nwhile True: sys.stdout.write('x' * 100000)", "it printed more than is allowed"),
        ("import os\nos.write(3, b'\\x00\\x00\\x00\\x02{}' * 9)\nimport time; time.sleep(60)", "it ended"),
    ],
)
def test_a_fork_that_ends_early_is_told_in_words(
    parent: WarmParent, tmp_path: Path, source: str, why: str
) -> None:
    with pytest.raises(DeadKernelError, match=why):
        run_notebook(notebook(source, "2"), cwd=str(tmp_path), parent=parent, most_output=1 << 20)


def test_past_its_deadline_the_whole_notebook_is_ended(parent: WarmParent, tmp_path: Path) -> None:
    stubborn = "import time\nwhile True:\n    try: time.sleep(60)\n    except BaseException: pass"
    with pytest.raises(DeadKernelError, match="deadline"):
        run_notebook(notebook(stubborn), cwd=str(tmp_path), parent=parent, deadline=4, cell_timeout=None)


def test_a_cell_may_fork_a_pool_of_processes(parent: WarmParent, tmp_path: Path) -> None:
    """In an ordinary kernel this may hang: its threads hold locks at the fork, and here there are none."""
    source = "import multiprocessing as mp\nwith mp.get_context('fork').Pool(2) as pool:\n"
    nb = notebook(source + "    r = pool.map(abs, [-1, -2])\nr")
    run_notebook(nb, cwd=str(tmp_path), parent=parent, cell_timeout=250)
    assert nb.cells[1].outputs[0].data["text/plain"] == "[1, 2]"


def test_notebooks_do_not_see_each_other(parent: WarmParent, tmp_path: Path) -> None:
    run_notebook(
        notebook("import json, builtins\njson.secret = builtins.secret = 1"), cwd=str(tmp_path), parent=parent
    )
    nb = notebook("import json\nhasattr(json, 'secret'), 'secret' in dir(__builtins__)")
    assert (
        run_notebook(nb, cwd=str(tmp_path), parent=parent).cells[1].outputs[0].data["text/plain"]
        == "(False, False)"
    )


def test_any_execute_preprocessor_runs_in_a_fork(parent: WarmParent, tmp_path: Path) -> None:
    from nbgrader.preprocessors import Execute

    manager = ForkManager(parent)
    nb, _ = Execute(timeout=20).preprocess(
        notebook("print(__import__('os').getcwd())", "1 / 0"),
        {"metadata": {"path": str(tmp_path)}},
        km=manager,
    )
    assert manager.end() == ""
    assert nb.cells[1].outputs[0].text == f"{tmp_path}\n"
    assert nb.cells[2].outputs[0].ename == "ZeroDivisionError"
