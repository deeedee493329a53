"""Secrets never show, and are masked wherever they turn up."""

from __future__ import annotations

import base64
import copy
import html
import json
import pickle
from urllib.parse import quote, quote_plus

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.definitions.secret import KnownSecrets, Secret, keyed_hash, scrub, scrub_json
from assetbook.errors import ConfigError

HARD = 'p@ss "wörd"/1\n+ü'
"""Differs from itself in each of the forms in which secrets travel."""


def knowing(*values: str) -> KnownSecrets:
    secrets = KnownSecrets()
    for value in values:
        secrets.add(value)
    return secrets


@pytest.mark.parametrize("show", [repr, str, "{}".format, "{:>9}".format, "{!r}".format])
def test_a_secret_never_shows(show: object) -> None:
    shown = show(Secret("correct-horse"))  # type: ignore[operator]
    assert "***" in shown
    assert "horse" not in shown


def test_a_secret_gives_its_value_when_asked() -> None:
    assert Secret("correct-horse").get_value() == "correct-horse"


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(ConfigError, match="pickling a Secret"):
        pickle.dumps(Secret("correct-horse"))


def test_a_secret_is_copied_as_itself() -> None:
    secret = Secret("correct-horse")
    assert copy.deepcopy(secret) is secret


def test_a_secret_holds_text_only() -> None:
    with pytest.raises(ConfigError, match="its value is an int"):
        Secret(12345)  # type: ignore[arg-type]


def test_secrets_compare_by_value() -> None:
    assert Secret("correct-horse") == Secret("correct-horse")
    assert Secret("correct-horse") != Secret("battery")
    assert Secret("correct-horse") != "correct-horse"


def test_a_pydantic_field_takes_text_and_writes_the_mask() -> None:
    class Login(pydantic.BaseModel):
        password: Secret

    login = Login(password="correct-horse")  # type: ignore[arg-type]
    assert login.password.get_value() == "correct-horse"
    assert login.model_dump_json() == '{"password":"***"}'
    assert Login.model_json_schema()["properties"]["password"]["format"] == "password"
    with pytest.raises(pydantic.ValidationError, match="a secret is text"):
        Login(password=3)  # type: ignore[arg-type]


def test_making_a_secret_makes_it_known() -> None:
    assert scrub("the key is made-just-now") == "the key is made-just-now"
    Secret("made-just-now")
    assert scrub("the key is made-just-now") == "the key is ***"
    assert scrub_json({"key": ["made-just-now"]}) == {"key": ["***"]}


@pytest.mark.parametrize(
    "form",
    [
        HARD,
        quote(HARD, safe=""),
        quote(HARD),
        quote_plus(HARD),
        json.dumps(HARD)[1:-1],
        json.dumps(HARD, ensure_ascii=False)[1:-1],
        repr(HARD)[1:-1],
        html.escape(HARD),
        html.escape(HARD, quote=False),
        base64.b64encode(HARD.encode()).decode(),
        base64.urlsafe_b64encode(HARD.encode()).decode(),
    ],
)
def test_each_form_of_a_secret_is_masked(form: str) -> None:
    assert knowing(HARD).scrub(f"<{form}>") == "<***>"


@given(
    st.text(st.characters(codec="utf-8"), min_size=6, max_size=20),
    st.binary(max_size=6),
    st.binary(max_size=6),
)
def test_a_secret_inside_longer_base64_is_masked(secret: str, before: bytes, after: bytes) -> None:
    encoded = base64.b64encode(before + secret.encode() + after).decode()
    scrubbed = knowing(secret).scrub(f"Basic {encoded}")
    assert "***" in scrubbed
    shown = scrubbed.removeprefix("Basic ").split("***")
    assert sum(map(len, shown)) <= len(encoded) - (len(secret.encode()) * 8 // 6) + 4


def test_lines_of_a_long_secret_are_masked() -> None:
    key = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQ\n-----END KEY-----"
    assert knowing(key).scrub("read MIIEpAIBAAKCAQ") == "read ***"


def test_the_longest_secret_goes_first() -> None:
    assert knowing("horse", "horsewoman").scrub("a horsewoman, a horse") == "a ***, a ***"


def test_short_secrets_are_let_through() -> None:
    assert knowing("abc").scrub("abcdef") == "abcdef"
    assert knowing("abcd").scrub("abcdef") == "***ef"


def test_json_is_masked_in_keys_texts_and_numbers() -> None:
    value = {"token-123": ["x token-123", 98765, 3, None, ("token-123",)]}
    masked = knowing("token-123", "98765").scrub_json(value)
    assert masked == {"***": ["x ***", "***", 3, None, ["***"]]}


def test_nothing_is_copied_while_nothing_is_secret() -> None:
    value = {"a": [1]}
    assert KnownSecrets().scrub_json(value) is value


def test_a_keyed_hash_tells_secrets_apart_by_key() -> None:
    assert keyed_hash("a", b"k") == keyed_hash(Secret("a"), b"k")
    assert len({keyed_hash("a", b"k"), keyed_hash("b", b"k"), keyed_hash("a", b"l")}) == 3
    with pytest.raises(ConfigError, match="key is empty"):
        keyed_hash("a", b"")


def test_what_may_begin_a_secret_waits_for_what_follows() -> None:
    known = KnownSecrets()
    known.add("hunter2-hunter2")
    assert known.settled("nothing of it\n") == len("nothing of it\n")
    assert known.settled("it is hunt") == len("it is ")
    assert known.settled("hunter2-hunter2") == 0, "its end may begin another one"
    assert known.settled("") == 0


def test_a_whole_secret_is_not_cut_for_the_beginning_of_another() -> None:
    known = KnownSecrets()
    known.add("xxxxpass")
    known.add("password")
    assert known.settled("a xxxxpass") == len("a ")


def test_text_in_any_two_pieces_is_scrubbed_as_in_one() -> None:
    known = KnownSecrets()
    known.add("correct horse/battery")
    text = "a correct horse/battery b " + base64.b64encode(b"u:correct horse/battery").decode()
    for cut in range(len(text)):
        settled = known.settled(text[:cut])
        pieces = [known.scrub(text[:settled]), known.scrub(text[settled:])]
        assert "".join(pieces) == known.scrub(text)
