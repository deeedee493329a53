"""Keeps a lease while its holder is busy: a thread renews it, whatever the holder waits for."""

from __future__ import annotations

import threading

from assetbook.errors import ConflictError, StoreError
from assetbook.storage.lease import Lease
from assetbook.storage.store import Store


class Heartbeat:
    """Renews ``lease`` every ``seconds`` from when it is entered; gives it back when it is left."""

    def __init__(self, store: Store, lease: Lease, seconds: float) -> None:
        self._store = store
        self._lease = lease
        self._seconds = seconds
        self._over = threading.Event()
        self._lost: ConflictError | None = None
        self._thread = threading.Thread(target=self._beat, name="lease", daemon=True)

    @property
    def lease(self) -> Lease:
        """As it was last renewed; raises ConflictError once another process has taken it."""
        if self._lost is not None:
            raise self._lost
        return self._lease

    @property
    def is_kept(self) -> bool:
        """Whether no other process has taken it."""
        return self._lost is None

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._thread.join()
        if self._lost is None:
            self._store.release_lease(self._lease)

    def _beat(self) -> None:
        while not self._over.wait(self._seconds):
            try:
                self._lease = self._store.renew_lease(self._lease)
            except ConflictError as error:
                self._lost = error
                return
            except StoreError:
                continue  # as while the disk is full: it is tried again
