"""What every worker needs, loaded once in the process that workers are forked from."""

from course import slow_import

slow_import.mend()

import nbgrader.api  # noqa: E402, F401
import nbgrader.converters  # noqa: E402, F401

import course.warm.notebook  # noqa: E402, F401
