"""Cohorts of learners, from the first list of people to the last certificate."""
