"""The program of the kernel host: it rents out kernels, and ends with the last of them.

Its arguments are the folder with its socket, and the seconds for which it waits for another tenant.
Whoever connects sends a line of JSON and is a tenant as long as the connection lasts: the kernel
ends with it, unless it is kept for a run. The host has no threads of its own, so that kernels may
be forked from it, and they end with it whatever happens.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msgspec import structs

from assetbook.kernels.host.hosted_kernel import Ended, HostedKernel, command_from
from assetbook.kernels.host.kept_kernels import KeptKernels
from assetbook.kernels.host.kernel_pool import KernelPool

SOCKET = "host"
_LONGEST_LINE = 1 << 22  # bytes
_LOOK = 5.0  # seconds between two looks at what has waited too long


@dataclass(eq=False)
class _Tenant:
    """One connection."""

    line: socket.socket
    kernel: HostedKernel | None = None
    received: bytearray = field(default_factory=bytearray)

    def tell(self, **said: Any) -> None:
        with suppress(OSError):  # it has gone: that is seen where its line is read
            self.line.sendall(json.dumps(said).encode() + b"\n")


class KernelHost:
    """Serves the tenants that come to ``listening``."""

    def __init__(self, folder: Path, listening: socket.socket, idle_seconds: float) -> None:
        self._listening = listening
        self._idle_seconds = idle_seconds
        self._pool = KernelPool(folder)
        self._kept = KeptKernels()
        self._tenants: dict[int, _Tenant] = {}
        self._left_behind: list[HostedKernel] = []  # by tenants that are gone; about to end
        self._selector = selectors.DefaultSelector()
        self._selector.register(listening, selectors.EVENT_READ, self._arrived)
        self._last = time.monotonic()

    def serve(self) -> None:
        """Serves until nobody has wanted anything for as long as that."""
        with _ends_watched(self._selector, self._reap):
            while not self._is_idle():
                for key, _ in self._selector.select(min(_LOOK, self._idle_seconds)):
                    key.data(key.fileobj)
                for kernel in (*self._pool.too_old(), *self._kept.over()):
                    kernel.signal(signal.SIGKILL)

    def _is_idle(self) -> bool:
        if self._tenants or self._kept:
            self._last = time.monotonic()
        return time.monotonic() - self._last > self._idle_seconds

    def _arrived(self, listening: socket.socket) -> None:
        line, _ = listening.accept()
        tenant = _Tenant(line)
        self._tenants[line.fileno()] = tenant
        self._selector.register(line, selectors.EVENT_READ, lambda _: self._heard(tenant))

    def _heard(self, tenant: _Tenant) -> None:
        try:
            data = tenant.line.recv(1 << 16)
        except OSError:
            data = b""
        tenant.received += data
        if not data or len(tenant.received) > _LONGEST_LINE:
            self._left(tenant)
            return
        while (end := tenant.received.find(b"\n")) >= 0:
            line = bytes(tenant.received[:end])
            del tenant.received[: end + 1]
            try:
                self._do(tenant, json.loads(line))
            except (ValueError, LookupError, TypeError, AttributeError, OSError) as error:
                # what it asks cannot be had, which is nothing to the other tenants
                tenant.tell(error=f"{type(error).__name__}: {error}")

    def _do(self, tenant: _Tenant, asked: dict[str, Any]) -> None:
        if "rent" in asked:
            self._rent(tenant, asked["rent"])
        elif "take" in asked:
            self._take(tenant, asked["take"])
        elif "kept" in asked:
            tenant.tell(seconds=self._kept.seconds_left(asked["kept"]))
        elif tenant.kernel is None:
            return
        elif "signal" in asked:
            tenant.kernel.signal(asked["signal"])
        elif "keep" in asked:
            self._kept.keep(asked["keep"], asked["of"], tenant.kernel, asked["seconds"])
            tenant.kernel = None

    def _rent(self, tenant: _Tenant, given: dict[str, Any]) -> None:
        for kernel in self._kept.of(given["of"]):  # its next run has come
            kernel.signal(signal.SIGKILL)
        command = command_from(given)
        if command.folder is not None:  # nobody else could use one like it
            tenant.kernel = self._pool.start(command)
            self._tell(tenant, ready=False)
            return
        tenant.kernel, ready = self._pool.take(command)
        self._tell(tenant, ready=ready)
        self._pool.refill(command)

    def _take(self, tenant: _Tenant, run: str) -> None:
        tenant.kernel = self._kept.take(run)
        if tenant.kernel is None:
            tenant.tell(gone=run)
        else:
            self._tell(tenant, ready=True)

    def _tell(self, tenant: _Tenant, *, ready: bool) -> None:
        assert tenant.kernel is not None
        tenant.tell(pid=tenant.kernel.pid, connection=tenant.kernel.connection, ready=ready)

    def _left(self, tenant: _Tenant) -> None:
        del self._tenants[tenant.line.fileno()]
        self._selector.unregister(tenant.line)
        tenant.line.close()
        if tenant.kernel is not None:
            tenant.kernel.signal(signal.SIGKILL)
            self._left_behind.append(tenant.kernel)
        self._last = time.monotonic()

    def _reap(self) -> None:
        """Takes note of every kernel that has ended."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if not pid:
                return
            self._ended(pid, status, usage)

    def _ended(self, pid: int, status: int, usage: Any) -> None:
        for tenant in self._tenants.values():
            if tenant.kernel is not None and tenant.kernel.pid == pid:
                ended: Ended = tenant.kernel.ended(status, usage)
                tenant.kernel = None
                tenant.tell(ended=structs.asdict(ended))
                return
        for kernel in (*self._pool.waiting, *self._kept.every, *self._left_behind):
            if kernel.pid == pid:
                self._pool.gone(kernel)
                self._kept.gone(kernel)
                self._left_behind = [each for each in self._left_behind if each is not kernel]
                kernel.ended(status, usage)


@contextmanager
def _ends_watched(selector: selectors.BaseSelector, reap: Callable[[], None]) -> Iterator[None]:
    """While it lasts, ``reap`` is called by the selector's loop when a child has ended."""
    readable, writable = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)

    def drained(descriptor: object) -> None:
        with suppress(BlockingIOError):
            os.read(readable, 1 << 12)
        reap()

    selector.register(readable, selectors.EVENT_READ, drained)
    signal.set_wakeup_fd(writable, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)
        selector.unregister(readable)
        os.close(readable)
        os.close(writable)


def main() -> None:
    """Listens in the folder that the first argument names, and says on standard output that it
    does."""
    folder, idle_seconds = Path(sys.argv[1]), float(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    path = folder / SOCKET
    _cleared(folder)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(64)
        if os.fork():  # who started it has no child to look after
            os._exit(0)
        os.write(1, b"ready\n")
        os.dup2(2, 1)
        try:
            KernelHost(folder, listening, idle_seconds).serve()
        finally:
            _cleared(folder)


def _cleared(folder: Path) -> None:
    """Removes what a host has in its folder while it serves: this one's, or one's that was killed
    before."""
    for file in (folder / SOCKET, *folder.glob("k[0-9]*")):
        file.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
