"""When garbage is looked for in a process that is Lurewatch's own."""

import gc

_OFTEN = (20_000, 20, 100)
"""Python's own are for programs of a hundredth of the objects: to look through all of them holds up a message."""


def settle() -> None:
    """What is there now stays as long as the process; among what comes later garbage is looked for, and seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_OFTEN)
