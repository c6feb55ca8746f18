"""Build the kept specifications again: `python -m course.charts`."""

from course.charts.specs import write

changed = write()
print(f"Written: {', '.join(changed)}." if changed else "All chart specifications are up to date.")
