"""The Social Value Academy: courseware for commissioners and providers of public services."""

from course import slow_import

slow_import.mend()
