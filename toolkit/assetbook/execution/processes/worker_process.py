"""A worker process as the process that runs sees it: started, asked, read from, ended."""

from __future__ import annotations

import os
import pickle
import secrets
import signal
import socket
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import reduction
from multiprocessing.connection import Connection
from typing import Any

import cloudpickle

from assetbook.execution.processes.forking import ForkServer, WorkerEnd
from assetbook.execution.processes.messages import Answered, Asked, StepReply
from assetbook.execution.processes.output import StepOutput


class WorkerProcess:
    """One worker, which ends with this process whatever happens to it."""

    def __init__(self, server: ForkServer) -> None:
        """Raises OSError or EOFError if the server is gone."""
        self._server = server
        ours, theirs = socket.socketpair()
        life, self._life = os.pipe()
        out, their_out = os.pipe()
        err, their_err = os.pipe()
        mark = f"\x1e{secrets.token_hex(8)}\n"
        handed = (theirs.detach(), life, their_out, their_err)
        try:
            self.pid = server.fork(handed, mark)
            """Its process id."""
        except (OSError, EOFError):
            ours.close()
            for descriptor in (self._life, out, err):
                os.close(descriptor)
            raise
        finally:
            for descriptor in handed:
                os.close(descriptor)
        self.connection: Connection[Any, Any] = Connection(ours.detach())
        self.out, self.err = (StepOutput(each, mark.encode()) for each in (out, err))
        self.sentinel = os.pidfd_open(self.pid)
        """A descriptor that is ready to be read when its process has ended."""
        self.sent: set[str] = set()
        """The digests of the definitions that it has, of the run that it works for."""
        self.handed: list[int] = []
        """The descriptors that came along with the last reply; whoever takes it closes them."""
        self._ended: WorkerEnd | None = None

    def ask(self, message: Asked, descriptors: Sequence[int] = ()) -> None:
        """Sends a message, and descriptors along with it; raises BrokenPipeError if it has died."""
        data = cloudpickle.dumps(message)
        try:
            self.connection.send_bytes(data)
            for descriptor in descriptors:
                reduction.send_handle(self.connection, descriptor, self.pid)
        except ConnectionResetError as error:
            raise BrokenPipeError from error

    def answer(self, question: Any) -> None:
        """Sends what it waits for."""
        self.connection.send_bytes(pickle.dumps(question))

    def told(self) -> Answered:
        """The next message, waiting for one; raises EOFError if it has died.

        The descriptors that come along with a reply are in ``handed`` then.
        """
        try:
            message: Answered = pickle.loads(self.connection.recv_bytes())
            if isinstance(message, StepReply):
                self.handed = [reduction.recv_handle(self.connection) for _ in message.shared]
        except OSError as error:
            raise EOFError from error
        return message

    def interrupt(self) -> None:
        """Interrupts its step, as an interrupt of a cell does."""
        self._signal(signal.SIGINT)

    def kill(self) -> None:
        """Kills it, with what it started; its output can still be read."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> WorkerEnd:
        """Ends it, if it has not ended, with what it started; how it did."""
        if self._ended is None:
            self.kill()
            self._ended = self._server.end_of(self.pid, self.sentinel)
            self.connection.close()
            self.out.close()
            self.err.close()
            os.close(self._life)
            os.close(self.sentinel)
            for descriptor in self.handed:
                os.close(descriptor)
        return self._ended

    def _signal(self, number: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
