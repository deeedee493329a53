"""How code on other threads learns of an interrupt, which Python raises on the main thread."""

from __future__ import annotations

import threading
from contextvars import ContextVar

cancel_asked: ContextVar[threading.Event | None] = ContextVar("assetbook_cancel", default=None)
"""Set when whoever waits for this context's code was interrupted; None on the main thread.

Whoever runs code on a thread of its own puts an event here; code that waits for long looks at it.
"""
