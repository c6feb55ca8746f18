"""The proof that an exercise marks fairly, by really running nbgrader on what learners receive."""

from course.proving.proof import PROOF, Line, expected, prove, write_proof

__all__ = ["PROOF", "Line", "expected", "prove", "write_proof"]
