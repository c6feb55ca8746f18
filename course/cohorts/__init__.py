"""Cohorts of learners: for now, one that is invented, to try the whole path."""
