"""Forms as their files give them back."""

from __future__ import annotations

import io
from typing import Any

from assetbook.io.forms import StoredForm, read_form, stored_form


def form_of(value: object) -> StoredForm:
    return stored_form(value, asked="the value of `orders`")


def content(form: StoredForm) -> bytes:
    file = io.BytesIO()
    form.write(file)
    return file.getvalue()


def reread(form: StoredForm) -> StoredForm:
    return read_form(form.kind, content(form), asked="the value of `orders`")


def notes(value: object) -> list[str]:
    found = form_of(value).describe().get("assetbook/storing_changes")
    return [] if found is None else list(found.value)


def handed(value: object, wanted: object | None = None) -> Any:
    return form_of(value).hand_over(wanted)
