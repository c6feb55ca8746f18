"""Marking submissions with nbgrader, and reading its gradebook."""
