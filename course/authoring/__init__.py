"""From an author's text file to an nbgrader assignment, and the proof that it marks fairly."""
