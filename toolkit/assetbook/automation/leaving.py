"""What ends a piece of the daemon's work without an answer: nothing is written down of it."""


class LeftToAnother(Exception):  # noqa: N818 - it is no error
    """The daemon ends, or is no longer the one: it stays as it is for the next one."""


class NotTogether(Exception):  # noqa: N818 - it is no error
    """The process that several were asked in died, or took too long: each is asked by itself."""
