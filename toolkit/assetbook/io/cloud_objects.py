"""Objects on S3, Google Cloud Storage and Azure, by obstore."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from assetbook.errors import MissingLibraryError
from assetbook.io.object_store import BLOCK, ObjectFacts, one_line

LARGEST_SINGLE = 64 << 20
"""Bytes up to which a file is sent in one request, from memory; a larger one is sent in parts."""
_PART = 16 << 20
_MOST_PARTS = 9_000
_AT_ONCE = 4
_PAUSE = 0.2  # seconds before a request is sent again whose connection broke off
_OPTIONS = {"timeout": "300s", "connect_timeout": "5s"}
_RETRIES = {
    "max_retries": 4,
    "retry_timeout": timedelta(seconds=60),
    "backoff": {
        "init_backoff": timedelta(milliseconds=100),
        "max_backoff": timedelta(seconds=5),
        "base": 2.0,
    },
}


class CloudObjects:
    """The objects below ``place``, as ``s3://bucket/prefix``."""

    def __init__(self, place: str) -> None:
        scheme, _, rest = place.partition("://")
        bucket, _, prefix = rest.partition("/")
        self._obstore = _library(place)
        _refuse_fork()
        self._prefix = f"{prefix}/"
        with _as_os_error(place):
            self._store = _store(scheme, bucket)

    def put_new(self, name: str, file: Path) -> str | None:
        """Uploads the file; the tag is the MD5 of its bytes, or of those of its parts."""
        key = self._prefix + name
        size = file.stat().st_size
        if size > LARGEST_SINGLE:
            return self._put_parts(key, file, size)
        with _as_os_error(key):
            try:
                self._create(key, file)
            except self._obstore.exceptions.BaseError as error:
                if not _knows_no_conditions(error):
                    raise
                self._refuse_existing(key)
                self._put_single(key, file)
        return _md5(file)

    def _create(self, key: str, file: Path) -> None:
        """Uploads it with the condition that nothing is there yet."""
        for last in (False, False, True):
            try:
                self._put_single(key, file, mode="create")
                return
            except self._obstore.exceptions.GenericError as error:
                if last or not _broke_off(error):
                    raise
                time.sleep(_PAUSE)

    def _put_single(self, key: str, file: Path, **mode: str) -> None:
        self._obstore.put(self._store, key, file, use_multipart=False, **mode)

    def _put_parts(self, key: str, file: Path, size: int) -> str:
        """Uploads in parts, which become an object at the end: no condition goes with that."""
        part = max(_PART, -(-size // _MOST_PARTS))
        with _as_os_error(key):
            self._refuse_existing(key)
            self._obstore.put(
                self._store,
                key,
                file,
                use_multipart=True,
                chunk_size=part,
                max_concurrency=_AT_ONCE,
            )
        return _md5_of_parts(file, part)

    def _refuse_existing(self, key: str) -> None:
        if self._facts(key) is not None:
            raise FileExistsError(key)

    def facts(self, name: str) -> ObjectFacts | None:
        """What the service says of the object."""
        with _as_os_error(name):
            return self._facts(self._prefix + name)

    def _facts(self, key: str) -> ObjectFacts | None:
        try:
            return _facts(self._obstore.head(self._store, key))
        except FileNotFoundError:
            return None

    def read(self, name: str) -> Iterator[bytes]:
        """The content, a block at a time."""
        with _as_os_error(name):
            found = self._obstore.get(self._store, self._prefix + name)
            yield from map(bytes, found.stream(min_chunk_size=BLOCK))

    def all(self) -> Iterator[tuple[str, ObjectFacts]]:
        """Every object with its name; a thousand a request."""
        with _as_os_error(self._prefix):
            for batch in self._obstore.list(self._store, self._prefix):
                for each in batch:
                    yield each["path"].removeprefix(self._prefix), _facts(each)

    def remove(self, name: str) -> None:
        """Removes the object."""
        with _as_os_error(name):
            try:
                self._obstore.delete(self._store, self._prefix + name)
            except FileNotFoundError:
                return


_process: list[int] = []
"""The process whose threads obstore uses."""


def _refuse_fork() -> None:
    """Raises OSError in a fork of a process that used obstore, where it would wait for ever."""
    if not _process:
        _process.append(os.getpid())
    if _process[0] != os.getpid():
        raise OSError("this process was forked from one that reached it already: spawn it instead")


def _library(place: str) -> Any:
    try:
        import obstore
        import obstore.store
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            f"the values at {place}",
            "obstore is not installed here",
            "Install it: pip install 'assetbook[cloud]'",
        ) from error
    return obstore


def _store(scheme: str, bucket: str) -> Any:
    from obstore.store import from_url

    options: dict[str, Any] = dict(_OPTIONS)
    more: dict[str, Any] = {}
    if scheme in ("s3", "s3a"):
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL", "")
        options["allow_http"] = endpoint.startswith("http://")
        more["credential_provider"] = _profile()
        if endpoint:
            more["endpoint"] = endpoint
    given = {name: value for name, value in more.items() if value is not None}
    return from_url(f"{scheme}://{bucket}", client_options=options, retry_config=_RETRIES, **given)


def _profile() -> Any:
    """The credentials of the AWS profile, where the environment holds none itself; else None."""
    if os.environ.get("AWS_ACCESS_KEY_ID") or not (
        "AWS_PROFILE" in os.environ
        or Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"))
        .expanduser()
        .exists()
    ):
        return None
    try:
        from obstore.auth.boto3 import Boto3CredentialProvider
    except ModuleNotFoundError as error:
        raise MissingLibraryError(
            "the AWS profile of this user",
            "boto3, which reads profiles, is not installed here",
            "Install it: pip install boto3; or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        ) from error
    return Boto3CredentialProvider()


def _knows_no_conditions(error: Exception) -> bool:
    """Whether the service cannot refuse to replace an object, as some emulations of S3."""
    text = str(error)
    return type(error).__name__ == "NotSupportedError" or "501 Not Implemented" in text


def _broke_off(error: Exception) -> bool:
    """Whether the connection ended and the library did not ask again, as it may have got through.

    Then whoever asks again hears that it exists, and can look whether it is his own.
    """
    text = str(error)
    return "HTTP error" in text and " retries" not in text


def _facts(found: Any) -> ObjectFacts:
    tag = found["e_tag"]
    changed = found["last_modified"].timestamp()
    return ObjectFacts(found["size"], changed, tag.strip('"') if tag else None)


def _md5(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, _new_md5).hexdigest()


def _md5_of_parts(file: Path, part: int) -> str:
    parts = []
    with file.open("rb") as opened:
        while block := opened.read(part):
            parts.append(_new_md5(block).digest())
    return f"{_new_md5(b''.join(parts)).hexdigest()}-{len(parts)}"


def _new_md5(data: bytes = b"") -> Any:
    return hashlib.md5(data, usedforsecurity=False)


@contextmanager
def _as_os_error(what: str) -> Iterator[None]:
    """Raises what obstore raises as the OSError that says the same in one line."""
    from obstore import exceptions

    try:
        yield
    except exceptions.AlreadyExistsError as error:
        raise FileExistsError(what) from error
    except FileNotFoundError as error:
        raise FileNotFoundError(one_line(error)) from error
    except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
        raise PermissionError(one_line(error)) from error
    except (exceptions.BaseError, OSError, ValueError) as error:
        if isinstance(error, FileExistsError):
            raise
        raise OSError(one_line(error)) from error
