"""The accessibility statement as a page."""

from course.portal import pages

PREPARED = "25 November 2026"


def accessibility_page(where: pages.Where) -> str:
    """Render the statement."""
    return pages.render("accessibility.html.j2", where, prepared=PREPARED)
