"""How code on other threads learns of an interrupt, which Python raises on the main thread."""

from __future__ import annotations

import threading
from contextvars import ContextVar

cancel_asked: ContextVar[threading.Event | None] = ContextVar("assetbook_cancel", default=None)
"""Set when whoever waits for the code of this context was interrupted; None where nobody tells.

Whoever runs a coroutine on a thread of its own puts an event here; code that blocks for long, and
so keeps the coroutine from being canceled, looks at it.
"""
