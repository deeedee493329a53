"""Keeping an interrupt away from a commit: it is held back and raised right after."""

from __future__ import annotations

from assetbook.storage.interrupts import InterruptsDeferred


def interrupts_held() -> InterruptsDeferred:
    """Holds back SIGINT until the end of the block, then raises it; off the main thread, nothing.

    A person's interrupt stops their code at once; what is being committed is finished first.
    """
    return InterruptsDeferred()
