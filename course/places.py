"""Where the academy's own files are."""

from pathlib import Path

REPOSITORY = Path(__file__).parent.parent
MODULES = REPOSITORY / "modules"
SOLUTIONS = REPOSITORY / "solutions"
EXERCISES = REPOSITORY / "exercises"
DATASETS = REPOSITORY / "datasets"
