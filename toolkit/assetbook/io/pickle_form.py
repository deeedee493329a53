"""The stored form of any other Python object: a pickle, signed with the key of this user.

Loading a pickle runs whatever code it names, so one is loaded only where the key of this user
signed it. The key is the user's, not the store's: a store that comes from elsewhere may bring
pickles and a key that fits them. The file is a line that names the format, 32 bytes of HMAC-SHA256
over that line and the pickle, and the pickle.
"""

from __future__ import annotations

import hmac
import os
import pickle
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

from assetbook.errors import (
    CorruptStoreError,
    MissingLibraryError,
    UnstorableValueError,
    UntrustedValueError,
)
from assetbook.io.data_version import content_data_version
from assetbook.io.description import BYTES, CLASS
from assetbook.io.key_file import existing_key, key_in
from assetbook.io.wanted_types import fitting
from assetbook.metadata import MetadataValue

_FORMAT = b"assetbook pickle 1\n"
_SIGNATURE = 32


class PickleForm:
    """An object as its pickle, of which each consumer gets a new object."""

    kind = "pickle"

    def __init__(self, content: bytes, asked: str, class_name: str = "") -> None:
        self._content = content
        self._asked = asked
        self._class = class_name

    @classmethod
    def of(cls, value: object, *, asked: str) -> PickleForm:
        """The form of an object; raises UnstorableValueError if it cannot be pickled."""
        import cloudpickle

        try:
            content = cloudpickle.dumps(value)
        except (pickle.PicklingError, TypeError, AttributeError, RecursionError) as error:
            raise UnstorableValueError(
                asked,
                f"it cannot be pickled: {error}",
                "Leave open files, locks, generators and connections out of what is returned.",
            ) from error
        found = type(value)
        return cls(content, asked, f"{found.__module__}.{found.__qualname__}")

    @classmethod
    def read(cls, kind: str, data: bytes, *, asked: str) -> PickleForm:
        """The form whose file's bytes these are, if this user's key signed them.

        Raises UntrustedValueError if it did not, CorruptStoreError if they are no such file.
        """
        start = len(_FORMAT) + _SIGNATURE
        if not data.startswith(_FORMAT) or len(data) < start:
            raise CorruptStoreError(asked, "its file is no signed pickle", "Materialize it again.")
        key = existing_key(user_key_file(), asked=_KEY_ASKED)
        if key is None or not hmac.compare_digest(_signed(key, data[start:]), data[:start]):
            raise UntrustedValueError(
                asked,
                f"it is a pickle that your key ({user_key_file()}) did not sign, and loading one "
                "runs the code in it",
                "Materialize it here, or let whoever made it return a table, an array or plain "
                "values.",
            )
        return cls(data[start:], asked)

    @property
    def size(self) -> int:
        """Bytes of the pickle."""
        return len(self._content)

    def data_version(self) -> str:
        """The version of the pickle's bytes; equal objects may have different ones."""
        return content_data_version(self.kind, self._content)

    def describe(self) -> Mapping[str, MetadataValue[Any]]:
        """The object's class and the size of its pickle."""
        return {
            CLASS: MetadataValue.text(self._class),
            BYTES: MetadataValue.int(len(self._content)),
        }

    def hand_over(self, wanted: object | None) -> object:
        """A new object; raises MissingLibraryError if what it is made of is not here."""
        try:
            value = pickle.loads(self._content)
        except (ImportError, AttributeError) as error:
            raise MissingLibraryError(
                self._asked,
                f"its pickle cannot be loaded by Python {platform.python_version()} here: {error}",
                "Install the libraries that it was made with, or materialize it again.",
            ) from error
        return fitting(value, wanted, f"pickled {type(value).__name__}")

    def write(self, file: BinaryIO) -> None:
        """Writes format, signature and pickle; makes the user's key if there is none yet."""
        path = user_key_file()
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write(_signed(key_in(path, asked=_KEY_ASKED), self._content))
        file.write(self._content)

    def inline(self) -> str | None:
        """None: pickles have files."""
        return None


_KEY_ASKED = "your key for pickled values"


def user_key_file() -> Path:
    """Where this user's key is: below ``XDG_DATA_HOME``, else ``~/.local/share``."""
    given = os.environ.get("XDG_DATA_HOME") or ""
    home = Path(given) if Path(given).is_absolute() else Path.home() / ".local" / "share"
    return home / "assetbook" / "pickle.key"


def _signed(key: bytes, content: bytes) -> bytes:
    """Format and signature, which come before the content."""
    signer = hmac.new(key, _FORMAT, "sha256")
    signer.update(content)
    return _FORMAT + signer.digest()
