"""All grades of a cohort by one SQL query; nbgrader's own export asks several for each learner."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from course.authoring import build
from course.errors import InputError

# As nbgrader reckons: a person's points before the machine's, extra credit added where there are points, no
# score below nought, and nought for those who handed in nothing.
QUERY = """
with
best as (
    select n.assignment_id, sum(coalesce(g.max_score, t.max_score, 0)) as points
    from notebook n
    join base_cell b on b.notebook_id = n.id
    left join grade_cells g on g.id = b.id
    left join task_cells t on t.id = b.id
    group by n.assignment_id
),
earned as (
    select n.assignment_id, coalesce(
        sum(coalesce(g.manual_score, g.auto_score) + coalesce(g.extra_credit, 0)), 0) as points
    from submitted_notebook n
    join grade g on g.notebook_id = n.id
    group by n.assignment_id
),
late as (
    select assignment_id, sum(coalesce(late_submission_penalty, 0)) as points
    from submitted_notebook
    group by assignment_id
)
select a.name as assignment, a.duedate, s.timestamp, l.id as student_id, l.last_name, l.first_name, l.email,
    coalesce(earned.points, 0) as raw_score,
    coalesce(late.points, 0) as late_submission_penalty,
    coalesce(case when earned.points > coalesce(late.points, 0)
        then earned.points - coalesce(late.points, 0) end, 0) as score,
    coalesce(best.points, 0) as max_score
from assignment a
cross join student l
left join submitted_assignment s on s.assignment_id = a.id and s.student_id = l.id
left join earned on earned.assignment_id = s.id
left join late on late.assignment_id = s.id
left join best on best.assignment_id = a.id
order by a.name, l.id
"""


def grades(root: Path, db_url: str | None = None) -> pd.DataFrame:
    """Return a cohort's grades: a row for each assignment and learner, also for those who did not hand in.

    Parameters
    ----------
    root : Path
        The cohort's folder.
    db_url : str, optional
        The gradebook's address for SQLAlchemy; the folder's own, if left out.

    Returns
    -------
    DataFrame
        The columns of `nbgrader export`: assignment, duedate, timestamp, student_id, last_name, first_name,
        email, raw_score, late_submission_penalty, score, max_score (the last four in points).

    Raises
    ------
    InputError
        If the folder holds no gradebook.
    """
    from sqlalchemy import create_engine, text

    if db_url is None and not build.has_gradebook(root):
        raise InputError(f"{root} holds no gradebook. Give a cohort's folder that was handed out.")
    engine = create_engine(db_url or build.gradebook_address(root))
    try:
        with engine.connect() as connection:
            return pd.read_sql(text(QUERY), connection)
    finally:
        engine.dispose()
