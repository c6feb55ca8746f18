"""Each learner's own case in each exercise: other numbers, equal difficulty."""
