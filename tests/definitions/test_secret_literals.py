"""What in source text looks like a secret, and what only seems so."""

from __future__ import annotations

import base64
import hashlib
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assetbook.definitions.secret import Secret, scrub
from assetbook.definitions.secret_literals import (
    GIVEN_VARIABLE,
    know_given_secrets,
    know_literals,
    masked,
    secret_literals,
)

# made up here, so that no scanner of repositories takes them for real ones
TOKEN = "gh" + "p_" + "a1B2c3D4e5" * 4
JWT = ".".join("ey" + "J" + part for part in ("hbGciOi", "zdWIiOi")) + ".s1gN4tUr3"
KEY_ID = "AK" + "IA" + "IOSFODNN7EXAMPLE"
PRIVATE = "-----BEGIN PRIVATE" + " KEY-----\nMIIE\nabc\n-----END PRIVATE" + " KEY-----"


@pytest.mark.parametrize(
    "text",
    [
        "password = 'hunter22'",
        'db_password: str = "hunter22"',
        "connect(user='ada', password=\"hunter22\")",
        "{'api_key': 'hunter22'}",
        "os.environ['AWS_SECRET_ACCESS_KEY'] = 'hunter22'",
        "password = Secret('hunter22')",
        "login.token = b'hunter22'",
        "postgresql://ada:hunter22@db.example/shop",
        "redis://:hunter22@localhost/0",
        "def login() -> int:\n    password = 'hunter22'",
        "if here: api_key = 'hunter22'",
        "else: API_KEY = 'hunter22'",
        "%launch report.ipynb day=2026-01-01 token=hunter22 top=3",
        "made = !curl -d api_key=hunter22 https://db.example",
        "get_ipython().run_line_magic('schedule', 'a \"0 6 * * *\" token=hunter22')",
    ],
)
def test_a_literal_that_says_what_it_is_is_masked(text: str) -> None:
    assert masked(text) == text.replace("hunter22", "***").replace("ada:***@", "***@").replace(
        ":***@", "***@"
    )
    assert len(secret_literals(text)) == 1


@pytest.mark.parametrize("secret", [TOKEN, JWT, KEY_ID, PRIVATE], ids=["pat", "jwt", "aws", "pem"])
def test_known_forms_are_masked_wherever_they_are(secret: str) -> None:
    assert masked(f"use({secret!r})".replace("\\n", "\n")) == "use('***')"


@pytest.mark.parametrize(
    "text",
    [
        "password = ''",
        "password = EnvVar('DB_PASSWORD').get_value()",
        "if token == 'name':",
        "tokenizer = 'bert-base-uncased'",
        "pad_token = '_'",
        "token_column = 'customer'",
        "password = '<your password>'",
        "url = f'postgresql://{user}:{password}@{host}/shop'",
        "url = 'postgresql://ada@localhost/shop'",
        "header = f'Bearer {token}'",
        "token = f'Bearer {value}'",
        "sep = 'http://example.com:8080/a@b'",
        "key = 'orders'",
        "word: Token = 'orders'",
        "%launch report.ipynb token=None top=5000",
        "!curl -d api_key=$API_KEY -d token={token} https://db.example",
        '%launch report.ipynb token=EnvVar("TOKEN")',
    ],
)
def test_what_only_speaks_of_a_secret_stays(text: str) -> None:
    assert masked(text) == text
    assert secret_literals(text) == []


def picture() -> bytes:
    return random.Random(1).randbytes(3_000)


@pytest.mark.parametrize(
    "word",
    [
        hashlib.sha1(b"commit").hexdigest(),
        hashlib.sha256(b"file").hexdigest(),
        hashlib.sha256(b"file").hexdigest().upper(),
        "3F2504E0-4F89-41D3-9A0C-0305E82C3301",
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "averageTransactionValueLast30DaysPerCustomer",
        "total_number_of_delayed_departures_in_2013_by_carrier",
        "AverageArrivalDelayByCarrierAndMonthOfYear2013",
        "TotalRevenueQ1Q2Q3Q4ByRegionAndProductLine",
        "data/raw/2013/flights_out_of_new_york_2013_v2.parquet",
        "data:image/png;base64," + base64.b64encode(picture()).decode(),
        base64.encodebytes(picture()).decode(),
        "0123456789abcdefghijklmnopqrstuvwxyz",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
        "SELECT customerId, orderId FROM warehouse",
    ],
    ids=lambda word: word[:30].strip(),
)
def test_long_words_of_people_and_programs_stay(word: str) -> None:
    assert masked(f"x = '{word}'") == f"x = '{word}'"


ALPHABET = string.ascii_letters + string.digits


@given(st.randoms(use_true_random=False), st.integers(64, 256))
def test_long_random_words_are_masked(chance: random.Random, length: int) -> None:
    # drawn by the generator itself: hypothesis' own texts are anything but random
    word = "".join(random.Random(chance.random()).choices(ALPHABET, k=length))
    assert masked(f"call('{word}')") == "call('***')"


NAMES = st.from_regex(r"[a-z]{0,6}_?(password|api_key|token|SECRET)", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), min_size=4, max_size=30)


@given(NAMES, VALUES.filter(lambda text: text.isalnum()), st.sampled_from("'\""))
def test_nothing_bound_to_a_secrets_name_is_left(name: str, value: str, quote: str) -> None:
    for binding in (f"{name} = ", f"{{'{name}': ", f"f({name}=", f"{name}: str = "):
        text = f"{binding}{quote}{value}{quote}"
        assert masked(text) == f"{binding}{quote}***{quote}"


@given(st.text(), st.text())
def test_masking_again_changes_nothing(text: str, more: str) -> None:
    once = masked(f"{text} password = 'abcd{more}' {text}")
    assert masked(once) == once


@given(st.lists(st.sampled_from(["x = 1", "password = 'hunter22'", "y = '''a"])))
def test_lines_are_counted_from_one(lines: list[str]) -> None:
    found = [each.line for each in secret_literals("\n".join(lines))]
    assert found == [at for at, line in enumerate(lines, 1) if "password" in line]


def test_the_value_of_a_known_secret_is_found_anywhere() -> None:
    Secret("known-to-this-process")
    text = "a = 1\nprint('known-to-this-process')"
    (found,) = secret_literals(text)
    assert (found.line, found.why) == (2, "it is the value of a Secret")
    assert masked(text) == "a = 1\nprint('***')"


def test_a_constant_with_a_secrets_name_is_masked_whole() -> None:
    assert masked("'hunter22'", "db_password") == "***"
    assert masked("'orders'", "token_column") == "'orders'"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("password = 'hunter22'", "hunter22"),
        (r"password = 'it\'s hunter22'", "it's hunter22"),
        ("postgresql://ada:hunter22@db.example/shop", "hunter22"),
        ("token = 'correct horse'", "correct horse"),
    ],
)
def test_a_literal_of_source_that_runs_is_masked_where_it_is_printed(
    text: str, printed: str
) -> None:
    know_literals(["x = 1", text])
    assert scrub(f"it is {printed}!") == "it is ***!"


@pytest.mark.parametrize("word", ["password", "h22", "orders_by_day", "20260101"])
def test_a_plain_word_is_masked_in_source_alone(word: str) -> None:
    """It may be part of the name of anything."""
    know_literals([f"password = '{word}'"])
    assert scrub(f"the {word}s") == f"the {word}s"


def test_what_the_run_of_a_notebook_was_given_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_URL", "postgres://ada:sesame@db")
    monkeypatch.setenv("ASSETBOOK_PARAMETER_1", "open it")
    monkeypatch.setenv(GIVEN_VARIABLE, "DB_URL=ASSETBOOK_PARAMETER_1=GONE")

    know_given_secrets()

    assert scrub("sesame, open it, postgres") == "***, ***, postgres"
