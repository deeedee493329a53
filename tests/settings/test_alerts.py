"""``[tool.assetbook.alerts]``: what may stand there, and what is said of anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from assetbook.errors import ConfigError
from assetbook.settings import Settings, read_settings
from assetbook.settings.alerts import AlertTarget, FromEnv, Mail, SlackHook, Webhook


def read(folder: Path, text: str) -> Settings:
    file = folder / "pyproject.toml"
    file.write_text(text)
    return read_settings(file)


MAIL = """
[tool.assetbook.alerts.night]
email = ["ann@example.org", "bob@example.org"]
smtp = "mail.example.org"
from = "assetbook@example.org"
"""


def test_every_way_in_its_order(tmp_path: Path) -> None:
    text = """
    [tool.assetbook]
    heartbeat_url = "https://example.org/beat"
    [tool.assetbook.alerts.team]
    slack = {env = "SLACK"}
    on = ["late", "failed"]
    select = "group:marts"
    [tool.assetbook.alerts.pager]
    webhook = "https://example.org/hook"
    interactive = true
    """
    settings = read(tmp_path, text + MAIL)
    assert settings.heartbeat_url == "https://example.org/beat"
    sender = "assetbook@example.org"
    people = ("ann@example.org", "bob@example.org")
    assert settings.alerts == (
        AlertTarget("team", SlackHook(FromEnv("SLACK")), ("failed", "late"), "group:marts"),
        AlertTarget("pager", Webhook("https://example.org/hook"), interactive=True),
        AlertTarget("night", Mail(people, "mail.example.org", 587, "starttls", sender)),
    )


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ('security = "tls"', ("mail.example.org", 465)),
        ('security = "plain"', ("mail.example.org", 25)),
        ('smtp = "10.0.0.1:2525"', ("10.0.0.1", 2525)),
        ('smtp = "[::1]:2525"', ("::1", 2525)),
        ('smtp = "[::1]"', ("::1", 587)),
    ],
)
def test_where_the_mail_server_is(tmp_path: Path, more: str, place: tuple[str, int]) -> None:
    text = MAIL if "smtp" not in more else MAIL.replace('smtp = "mail.example.org"\n', "")
    (target,) = read(tmp_path, f"{text}{more}\n").alerts
    assert isinstance(target.to, Mail)
    assert (target.to.host, target.to.port) == place


def test_user_and_password(tmp_path: Path) -> None:
    (target,) = read(tmp_path, f'{MAIL}user = "ann"\npassword = {{env = "P"}}\n').alerts
    assert isinstance(target.to, Mail)
    assert (target.to.user, target.to.password) == ("ann", FromEnv("P"))


HOOK = 'webhook = "https://example.org/hook"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("on = []", "it does not say how\nGive one of webhook, slack and email."),
        (f'{HOOK}slack = {{env = "S"}}', "it has webhook and slack\n"),
        (f'{HOOK}onn = ["failed"]', "there is no setting `onn`\nDid you mean `on`?"),
        (f'{HOOK}on = ["faild"]', "`on` has 'faild'\nDid you mean `failed`?"),
        (f"{HOOK}on = [1]", "`on` has 1\nThey are failed, recovered, late, missed, code differs."),
        (f'{HOOK}on = "failed"', "`on` is 'failed'\nGive a list"),
        (f"{HOOK}select = 3", "`select` is 3\n"),
        (f"{HOOK}interactive = 1", "`interactive` is 1\nGive true or false."),
        (f'{HOOK}smtp = "a"', "`smtp` is for email, and it has webhook"),
        ("webhook = 3", "`webhook` is 3\nGive a URL"),
        ('webhook = "ftp://example.org/"', "`webhook` is no URL that begins with http://"),
        ('webhook = "http:///x"', "`webhook` is no URL that begins with http://"),
        ("webhook = {evn = 'X'}", '`webhook` names no variable\nWrite webhook = {env = "NAME"}.'),
        ("webhook = {env = ''}", "`webhook` names no variable"),
        ('email = "ann"', "`email` has 'ann'\nGive an address"),
        ('email = "a@b.c, d@e.f"', "`email` has 'a@b.c, d@e.f'"),
        ('email = "a@b.c\\nBcc: d@e.f"', "`email` has"),
        ("email = []\nsmtp = 'a'\nfrom = 'a@b.c'", "`email` is empty"),
        ('email = "a@b.c"', "`smtp` is missing\nName the server"),
        ('email = "a@b.c"\nsmtp = "a"', "`from` is missing\nSay from whom"),
        ('email = "a@b.c"\nsmtp = "a b"\nfrom = "a@b.c"', "`smtp` is 'a b'"),
        ('email = "a@b.c"\nsmtp = "a:0"\nfrom = "a@b.c"', "`smtp` is 'a:0'"),
        ('email = "a@b.c"\nsmtp = "a"\nfrom = "x"', "`from` has 'x'"),
        (
            'email = "a@b.c"\nsmtp = "a"\nfrom = "a@b.c"\nsecurity = "ssl"',
            "`security` is 'ssl'\nGive one of starttls, tls, plain.",
        ),
        (
            'email = "a@b.c"\nsmtp = "a"\nfrom = "a@b.c"\nuser = "ann"',
            "it has one of `user` and `password`\nGive both, or none.",
        ),
    ],
)
def test_a_slip_is_named_with_its_table_and_file(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"[tool.assetbook.alerts.team]\n{text}\n")
    where = f"[tool.assetbook.alerts.team] in {tmp_path / 'pyproject.toml'}"
    assert str(caught.value).startswith(f"{where}: {said}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[tool.assetbook]\nalerts = "team"', "`alerts` is 'team'"),
        ('[tool.assetbook.alerts]\nteam = "x"', "`team` is 'x'\nEach one that is told is a table"),
        ('[[tool.assetbook.alerts]]\nwebhook = "x"', "`alerts` is [{'webhook': 'x'}]"),
        (f'[tool.assetbook.alerts."a b"]\n{HOOK}', "`a b` is no name for it"),
        ("[tool.assetbook]\nheartbeat_url = 3", "`heartbeat_url` is 3"),
        ('[tool.assetbook]\nheartbeat_url = "x"', "`heartbeat_url` is no URL"),
    ],
)
def test_what_is_no_table_of_tables(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        'slack = "https://hooks.example.org/services/sesame-open"',
        'webhook = "https://ann:sesame-open@example.org/hook"',
        f'{MAIL.partition("night]")[2]}user = "ann"\npassword = "sesame-open"',
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(tmp_path, f"[tool.assetbook.alerts.team]\n{text}\n")
    assert "sesame" not in str(caught.value)
    assert '{env = "NAME"}' in str(caught.value)
