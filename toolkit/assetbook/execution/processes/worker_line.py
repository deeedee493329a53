"""A worker's line to the process that runs: one message at a time, whichever thread sends it."""

from __future__ import annotations

import os
import pickle
import threading
from collections.abc import Sequence
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any, Protocol

from assetbook.events.log_record import LogRecord
from assetbook.execution.processes.messages import Answered, Asked, Question, StepRequest


class Line(Protocol):
    """What a step says meanwhile, and whom it asks."""

    def tell(self, message: Answered) -> None:
        """Sends a message."""
        ...

    def show(self, records: Sequence[LogRecord]) -> None:
        """Has displays shown; returns when they are, so that what is printed next comes after."""
        ...

    def answer_to(self, question: Question) -> Any:
        """What is answered; raises UsageError where nobody can be asked."""
        ...


class WorkerLine:
    """The worker's end of the connection. A step's own threads may use it, too."""

    def __init__(self, connection: Connection[Any, Any]) -> None:
        self._connection = connection
        self._sending = threading.Lock()
        self._asking = threading.Lock()

    def asked(self) -> tuple[Asked, list[int]]:
        """What is asked next, with the descriptors that come along; EOFError when it is over."""
        try:
            message: Asked = pickle.loads(self._connection.recv_bytes())
            handed = message.shared if isinstance(message, StepRequest) else ()
            return message, [reduction.recv_handle(self._connection) for _ in handed]
        except OSError as error:
            raise EOFError from error

    def tell(self, message: Answered, descriptors: Sequence[int] = ()) -> None:
        """Sends a message, and descriptors along with it, which are closed here."""
        data = pickle.dumps(message)
        with self._sending:
            self._connection.send_bytes(data)
            for descriptor in descriptors:
                reduction.send_handle(self._connection, descriptor, os.getppid())
                os.close(descriptor)

    def show(self, records: Sequence[LogRecord]) -> None:
        """Waits until the process that runs has shown them."""
        self.answer_to(Question("show", (tuple(records),), {}))

    def answer_to(self, question: Question) -> Any:
        """What the process that runs answers."""
        with self._asking:
            self.tell(question)
            return pickle.loads(self._connection.recv_bytes())
