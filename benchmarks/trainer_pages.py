"""How long the trainer's pages take for a large cohort: 500 learners, 12 modules, 6,000 submissions.

The submissions are rows written straight into the gradebook (10 questions each), because marking 6,000 takes
an hour and the pages ask the gradebook only. Measured is the server's work for a page, without the browser.

    python -m benchmarks.trainer_pages
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from nbgrader.api import Gradebook
from sqlalchemy import insert

from course.authoring import build
from course.cohorts import progress, roster
from course.portal import trainer

LEARNERS, MODULES, QUESTIONS, TIMES = 500, 12, 10, 15


def main() -> None:
    """Build the gradebook, time each step, print a table."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "large"
        people = [f"Learner{n} Number{n},l{n}@large.example,provider" for n in range(LEARNERS)]
        roster.new("Large", "name,email,side\n" + "\n".join(people), root)
        fill(root)
        some = str(roster.roster(root)["id"].iloc[LEARNERS // 2])
        steps: dict[str, Callable[[], object]] = {
            "list: first page of marks": lambda: trainer.marks_page(root, "", "", 1),
            "list: last page of marks": lambda: trainer.marks_page(root, "", "", LEARNERS // 50),
            "filter by name": lambda: trainer.marks_page(root, "number42", "", 1),
            "filter: writing waits": lambda: trainer.marks_page(root, "", "person", 1),
            "open one submission": lambda: trainer.ask(
                root, progress.QUERY + trainer.ONE, {"learner": some, "exercise": "m05-test"}
            ),
            "the cohort's checklist": lambda: trainer.steps(root),
        }
        print(
            f"| of {LEARNERS * MODULES:,} submissions | median, ms | slowest of {TIMES}, ms |\n|---|---|---|"
        )
        first = seconds(lambda: trainer.progress_tables(root)) * 1000
        print(f"| progress, all tables, the first time | {first:.0f} | – |")
        steps["progress, all tables, again"] = lambda: trainer.progress_tables(root)
        for name, step in steps.items():
            took = [seconds(step) * 1000 for _ in range(TIMES)]
            print(f"| {name} | {statistics.median(took):.0f} | {max(took):.0f} |")


def seconds(step: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    assert step()
    return time.perf_counter() - start


def fill(root: Path) -> None:
    """Write marked submissions of every learner and module into the gradebook."""
    from nbgrader import api

    with Gradebook(build.gradebook_address(root)) as book:
        learners = [student.id for student in book.students]
        for module in range(1, MODULES + 1):
            name = f"m{module:02}-test"
            book.add_assignment(name)
            book.add_notebook("exercise", name)
            for question in range(QUESTIONS):
                kind = "rubric" if question == 0 else "mark"
                book.add_grade_cell(f"{kind}-q{question}", "exercise", name, max_score=3, cell_type="code")
            for learner in learners:
                book.db.add(
                    api.SubmittedAssignment(student_id=learner, assignment_id=book.find_assignment(name).id)
                )
            book.db.commit()
            notebook = book.find_notebook("exercise", name)
            for sent in book.assignment_submissions(name):
                book.db.add(api.SubmittedNotebook(notebook_id=notebook.id, assignment_id=sent.id))
            book.db.commit()
            rows = [
                {
                    "cell_id": cell.id,
                    "notebook_id": done.id,
                    "auto_score": float(number % 4),
                    "needs_manual_grade": number % 7 == 0 and cell.name.startswith("rubric"),
                }
                for number, done in enumerate(
                    book.db.query(api.SubmittedNotebook).filter_by(notebook_id=notebook.id)
                )
                for cell in notebook.grade_cells
            ]
            book.db.execute(
                insert(api.Grade),
                [{"id": f"{module:030x}{n:x}".rjust(32, "0")[:64], **row} for n, row in enumerate(rows)],
            )
            book.db.commit()


if __name__ == "__main__":
    main()
