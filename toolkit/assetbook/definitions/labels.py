"""What tags, kinds, owners, names and group names may be: Dagster's rules."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assetbook.errors import DefinitionError, did_you_mean

PRIORITY_TAG = "dagster/priority"
"""The tag of a run or a step that says how soon it has its turn."""
_TAG_KEY = re.compile(r"([A-Za-z0-9_.-]{1,63}/)?[A-Za-z0-9_.-]{1,63}")
_DIMENSION_TAG = "dagster/partition/"
"""What begins the tag of a run that says one dimension of its partition, by the author's name."""
_SYSTEM_TAGS = ("dagster/", "assetbook/")
"""Tags that the toolkit sets itself, as that of a run key: their values are any text."""
_OWN_TAGS = frozenset(
    f"assetbook/{name}"
    for name in (
        *("executor", "max_runtime"),
        *("max_retries", "retry_strategy", "retry_on_asset_or_op_failure"),
        *("file", "notebook", "parent_run", "partition", "stale_only"),
    )
)
"""The tags of ours that mean something."""
_TAG_VALUE = re.compile(r"[A-Za-z0-9_.-]{0,63}")
_PRIORITY = re.compile(r"-?[0-9]{1,9}")
_KIND = re.compile(r"[A-Za-z0-9_.-]{1,63}")
_GROUP = re.compile(r"[A-Za-z0-9_]+(/[A-Za-z0-9_]+)*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_NAME = re.compile(r"[A-Za-z0-9_]+")
_MOST_KINDS = 3
_CHARACTERS = "letters, digits, `_`, `-` and `.`"


def validate_tags(tags: Mapping[str, str]) -> dict[str, str]:
    """The tags as a new dict; raises DefinitionError that names the first bad one.

    The priority's tag has a whole number.
    """
    for key, value in tags.items():
        named = isinstance(key, str) and (_TAG_KEY.fullmatch(key) or key.startswith(_DIMENSION_TAG))
        if not named:
            raise DefinitionError(
                f"the tag {key!r}",
                "it is no tag's name",
                f"A name is 1 to 63 of {_CHARACTERS}, with one such prefix and `/` before it.",
            )
        if key.startswith("assetbook/") and key not in _OWN_TAGS:
            raise DefinitionError(
                f"the tag {key!r}",
                "it means nothing: tags that begin so are assetbook's own",
                did_you_mean(key, _OWN_TAGS) or f"There are: {', '.join(sorted(_OWN_TAGS))}.",
            )
        free = isinstance(value, str) and key.startswith(_SYSTEM_TAGS)
        if not free and not (isinstance(value, str) and _TAG_VALUE.fullmatch(value)):
            raise DefinitionError(
                f"the tag {key!r}: {value!r}",
                "it is no tag's value",
                f"A value is text of at most 63 of {_CHARACTERS}; longer things are metadata.",
            )
    if not _PRIORITY.fullmatch(tags.get(PRIORITY_TAG, "0")):
        raise DefinitionError(
            f"the tag {PRIORITY_TAG}: {tags[PRIORITY_TAG]!r}",
            "it is no priority",
            "Give a whole number, as text; higher ones come first, 0 is the usual one.",
        )
    return dict(tags)


def validate_pool(pool: str | None) -> str | None:
    """The pool's name itself, None for none; raises DefinitionError for what is no name."""
    if pool is None or (isinstance(pool, str) and _TAG_KEY.fullmatch(pool)):
        return pool
    raise DefinitionError(
        f"the pool {pool!r}",
        "it is no pool's name",
        f"A name is 1 to 63 of {_CHARACTERS}, with one such prefix and `/` before it.",
    )


def validate_owner(owner: str) -> str:
    """The owner itself; raises DefinitionError unless it is an e-mail address or ``team:name``."""
    if isinstance(owner, str):
        if owner.startswith("team:") and owner[5:].strip():
            return owner
        if _EMAIL.fullmatch(owner):
            return owner
    raise DefinitionError(
        f"the owner {owner!r}",
        "it is neither an e-mail address nor a team",
        'Write "someone@example.com" or "team:marketing".',
    )


def validate_group_name(group_name: str) -> str:
    """The name itself; raises DefinitionError unless it is letters, digits and ``_``."""
    if isinstance(group_name, str) and _GROUP.fullmatch(group_name):
        return group_name
    raise DefinitionError(
        f"the group name {group_name!r}",
        "a group's name is letters, digits and `_`, with `/` between nested groups",
        "Leave it out for the group `default`.",
    )


def validate_kinds(kinds: Iterable[str]) -> frozenset[str]:
    """The kinds as a set; raises DefinitionError for a bad one and for more than three."""
    if isinstance(kinds, str):
        raise DefinitionError(f"kinds={kinds!r}", "it is text, not a set", f"Write {{{kinds!r}}}.")
    given = list(dict.fromkeys(kinds))
    for kind in given:
        if not isinstance(kind, str) or not _KIND.fullmatch(kind):
            raise DefinitionError(
                f"the kind {kind!r}", "it is no kind's name", f"A kind is 1 to 63 of {_CHARACTERS}."
            )
    if len(given) > _MOST_KINDS:
        raise DefinitionError(
            f"the kinds {', '.join(given)}",
            f"there are {len(given)} of them",
            f"Give at most {_MOST_KINDS}; put the rest into tags.",
        )
    return frozenset(given)


def validate_name(name: str, noun: str) -> str:
    """The name itself; raises DefinitionError unless it is letters, digits and ``_``.

    ``noun`` says what bears it: ``an op``.
    """
    if isinstance(name, str) and _NAME.fullmatch(name):
        return name
    raise DefinitionError(
        f"{name!r} as the name of {noun}",
        "such a name is letters, digits and `_`",
        'Give another one with name="...".' if name == "<lambda>" else "",
    )
