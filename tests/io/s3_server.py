"""An S3 server of its own for tests: moto's, on a free port, with credentials that nobody has."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import boto3
from moto.server import ThreadedMotoServer

_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "AKIACANARY0123456789",
    "AWS_SECRET_ACCESS_KEY": "canary-secret-key",
    "AWS_REGION": "us-east-1",
}


class S3Server:
    """A running server, which this process's environment names."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=address,
            region_name=_VARIABLES["AWS_REGION"],
            aws_access_key_id=_VARIABLES["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=_VARIABLES["AWS_SECRET_ACCESS_KEY"],
        )

    def bucket(self) -> str:
        """The name of a new bucket."""
        name = f"values-{uuid4().hex[:12]}"
        self.client.create_bucket(Bucket=name)
        return name

    def objects(self, bucket: str) -> list[str]:
        """The keys of all objects."""
        found = self.client.list_objects_v2(Bucket=bucket)
        return [each["Key"] for each in found.get("Contents", [])]


@contextmanager
def s3_server() -> Iterator[S3Server]:
    """A server that is gone at the end, as is what the environment says of it."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    try:
        with environment({**_VARIABLES, "AWS_ENDPOINT_URL": address}):
            yield S3Server(address)
    finally:
        server.stop()


@contextmanager
def environment(variables: Mapping[str, str]) -> Iterator[None]:
    """This process's environment with other variables."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
