"""The one error that a person is meant to read."""


class InputError(ValueError):
    """Something given to the academy cannot be used.

    The message is one plain sentence (or two): what was wrong, where, and what to do about it.
    Pages and commands show it as it is, with no traceback.
    """
