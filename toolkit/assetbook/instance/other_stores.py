"""The other stores that a project names: databases, values and keys, all for reading alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from assetbook.errors import StoreError
from assetbook.instance.store_folder import DATABASE, KEY, VALUES
from assetbook.io.key_file import existing_key
from assetbook.io.value_files import ValueFiles
from assetbook.storage.other_store import OtherStore


class OtherStores(Mapping[str, OtherStore]):
    """Other stores by name; ``folders`` says where they are. Each is looked into when asked.

    ``cache`` is the folder for copies of their remote values: theirs may not be written.
    """

    def __init__(self, folders: Mapping[str, Path], cache: Path | None = None) -> None:
        self._folders = dict(folders)
        self._stores = {
            name: OtherStore(name, folder / DATABASE) for name, folder in folders.items()
        }
        self.values_of = {
            name: ValueFiles(folder / VALUES, cache=cache) for name, folder in folders.items()
        }
        """Their value files, by name."""

    def __getitem__(self, name: str) -> OtherStore:
        return self._stores[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._stores)

    def __len__(self) -> int:
        return len(self._stores)

    def folder(self, name: str) -> Path:
        """Where a store is."""
        return self._folders[name]

    def key(self, name: str) -> bytes | None:
        """The key of a store, for the hashes of secrets; None if it cannot be read here."""
        with suppress(StoreError):
            return existing_key(self._folders[name] / KEY, asked=f"the key of the store `{name}`")
        return None
