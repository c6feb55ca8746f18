"""Notice that a submission's code tampered with the tests that run beside it.

Where learners write code, nbgrader runs the tests in the same process, and in Python nothing can keep one
from patching the other. So after the last cell a few more run: asserts that must fail, a number that must be
shown as it is, and a list of what tests rely on, compared with the list that the author's solution gave.
Who knows these cells can still deceive them; marks that matter should be of data, not of code.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from nbformat.v4 import new_code_cell

if TYPE_CHECKING:
    from course.grading.engine import Outcome

SURVEY = """
import builtins, json, sys, types

def about(value):
    while isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    if isinstance(value, property):
        value = value.fget
    if isinstance(value, types.MethodType):
        value = value.__func__
    code = getattr(value, "__code__", None)
    if isinstance(code, types.CodeType):
        return f"{code.co_filename}:{code.co_firstlineno}"
    return f"{type(value).__name__}:{getattr(value, '__module__', '')}:{getattr(value, '__qualname__', '')}"

def survey():
    found = {}
    for name in WATCHED:
        whole, _, kind = name.partition(":")
        module = sys.modules.get(whole)
        if module is None:
            continue
        holder = getattr(module, kind, None) if kind else module
        for inner, value in list(vars(holder).items()):
            if inner != "_" and callable(value) or isinstance(value, (classmethod, staticmethod, property)):
                found[f"{kind or whole}.{inner}"] = about(value)
    try:
        shell = builtins.get_ipython()
    except AttributeError:
        import IPython
        shell = IPython.get_ipython()
    transformers = [*shell.ast_transformers, *shell.input_transformers_post]
    found["IPython’s transformers of code"] = ",".join(about(each) for each in transformers)
    found["IPython’s way of running cells"] = ",".join(sorted(set(vars(shell)) & set(
        ("run_cell", "run_cell_async", "run_code", "run_ast_nodes", "showtraceback", "_showtraceback"))))
    return json.dumps(found)
"""
WATCHED = (
    "builtins", "math", "numpy", "numpy.testing", "pandas", "pandas.testing", "pandas._testing.asserters",
    "pandas.core.frame:DataFrame", "pandas.core.series:Series", "pandas.core.generic:NDFrame",
    "unittest.case:TestCase", "course.questions", "course.questions.marking", "course.answers",
    "IPython.core.interactiveshell:InteractiveShell", "ipykernel.zmqshell:ZMQInteractiveShell",
    "ipykernel.ipkernel:IPythonKernel", "course.warm.shell:ForkKernel", "course.warm.shell:FrameSession",
)  # fmt: skip
MUST_FAIL = ("assert False, 'canary'", "assert [1] == [2], 'canary'")
SHOWN = "0.5"
LIST = (
    f"__import__('builtins').exec({SURVEY!r}, _canary := {{'WATCHED': {WATCHED!r}}})\n"
    "__import__('builtins').print(_canary['survey']())"
)
CELLS = (*MUST_FAIL, SHOWN, LIST)


def put_in(notebook: Any) -> None:
    """Add the canary's cells at the end."""
    notebook.cells += [new_code_cell(source) for source in CELLS]


def take_out(notebook: Any, name: str, outcome: Outcome) -> None:
    """Take the canary's cells out again, and note what they showed."""
    cells = notebook.cells[-len(CELLS) :]
    del notebook.cells[-len(CELLS) :]
    for cell in cells[: len(MUST_FAIL)]:
        if not any(o.output_type == "error" and o.ename == "AssertionError" for o in cell.outputs):
            outcome.suspicion = (
                f"In {name}.ipynb an assert that must fail did not: the tests were tampered with."
            )
    shown = [o.data.get("text/plain") for o in cells[-2].outputs if o.output_type == "execute_result"]
    if shown != [SHOWN]:
        outcome.suspicion = outcome.suspicion or f"In {name}.ipynb numbers are not shown as they are."
    printed = "".join(o.text for o in cells[-1].outputs if o.output_type == "stream" and o.name == "stdout")
    try:
        found = json.loads(printed)
        assert isinstance(found, dict)
    except (ValueError, AssertionError):
        outcome.suspicion = outcome.suspicion or f"In {name}.ipynb what tests rely on could not be looked at."
        return
    outcome.fingerprint |= {
        f"{name}.ipynb: {key}": hashlib.md5(str(value).encode(), usedforsecurity=False).hexdigest()[:8]
        for key, value in found.items()
    }


def judge(outcome: Outcome, reference: dict[str, str]) -> None:
    """Give nought to a submission that tampered with its tests, and say so in its `suspicion`."""
    found = outcome.fingerprint
    changed = [name for name in found if name in reference and found[name] != reference[name]]
    if changed and not outcome.suspicion:
        notebook, _, what = changed[0].partition(": ")
        outcome.suspicion = f"In {notebook} the code replaced {what}, on which the tests rely."
    if outcome.suspicion:
        outcome.suspicion += " So it earns nothing until you have looked at it."
        for cells in outcome.grades.values():
            cells.update({name: 0.0 for name, points in cells.items() if points is not None})
