"""``%%asset``: the cell is an asset, and running the cell materializes it.

What it shares with ``%%sql_asset``, whose cell is an asset too, is here as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click
import msgspec

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.labels import validate_pool, validate_tags
from assetbook.definitions.parameters import CONFIG_MARK
from assetbook.definitions.place import Place
from assetbook.definitions.ports import DEFAULT_IO_MANAGER, InputPort, OutputPort
from assetbook.definitions.spec import AssetSpec
from assetbook.definitions.time_limit import seconds_of
from assetbook.errors import DefinitionError, UsageError, did_you_mean
from assetbook.keys import AssetKey
from assetbook.notebook.asset_cell import CellFunction
from assetbook.notebook.cell_body import CellBody
from assetbook.notebook.cell_inputs import check_names
from assetbook.surfaces.cards import ran_card
from assetbook.surfaces.cell_options import CellOptions
from assetbook.surfaces.live import LiveNotebook
from assetbook.surfaces.magics import Magic
from assetbook.surfaces.showing import materialize_and_show
from assetbook.types.resolution import value_type_of
from assetbook.types.value_type import ValueType

if TYPE_CHECKING:
    from assetbook.definitions.partitions import BackfillPolicy, PartitionsDefinition

_HELP = """Defines the cell as the asset NAME and materializes it.

\b
Examples:
  %%asset delays --group marts
  %%asset raw/orders --reads data/*.csv
  %%asset weather --partitions daily:2026-01-01@Europe/Berlin
  %%asset notify --effect"""


class CellMagic(msgspec.Struct, frozen=True):
    """A cell magic whose cell is an asset: its name and help, and what its text becomes."""

    name: str
    help: str
    params: Sequence[click.Parameter]
    body: Callable[[CellRequest], CellBody]


class CellRequest(msgspec.Struct, frozen=True):
    """One cell that is to become an asset."""

    live: LiveNotebook
    text: str
    """Its lines, where line 1 is the magic's own and empty."""
    name: str
    where: str
    options: Mapping[str, Any]
    config_type: type | None


def asset_magic(live: LiveNotebook) -> Magic:
    """``%%asset`` in one notebook."""
    return cell_magic(live, CellMagic("asset", _HELP, ASSET_PARAMS, _python_body))


def cell_magic(live: LiveNotebook, magic: CellMagic) -> Magic:
    """A cell magic in one notebook."""

    def run(made: Magic, line: str, cell: str | None) -> Any:
        __tracebackhide__ = True
        options = made.parse(line)
        return None if options is None else _run_cell(live, magic, f"\n{cell or ''}", options)

    return Magic(f"%%{magic.name}", lambda: _command(magic), run)


def _python_body(asked: CellRequest) -> CellFunction:
    return CellFunction(
        asked.name,
        asked.text,
        asked.live.session.namespace,
        where=asked.where,
        effect=asked.options["effect"],
    )


def _several(flag: str, text: str) -> click.Option:
    return click.Option([flag], multiple=True, help=text)


ASSET_PARAMS: tuple[click.Parameter, ...] = (
    click.Argument(["name"]),
    click.Option(["--group", "--group-name", "group_name"], help="Its group."),
    click.Option(["--key-prefix"], help="Parts before its name, as a/b."),
    _several("--deps", "An asset that comes first, without being read."),
    _several("--metadata", "KEY=VALUE shown with it."),
    _several("--tags", "KEY=VALUE, or KEY."),
    click.Option(["--description"], help="What it is."),
    _several("--owners", "An e-mail address or team:name."),
    _several("--kinds", "What it is made with."),
    click.Option(["--code-version"], help="Your own version of its code."),
    click.Option(["--config"], help="The Config class behind `config`."),
    click.Option(
        ["--io-manager-key", "--io", "io_manager_key"],
        default=DEFAULT_IO_MANAGER,
        help="What stores it; pickle takes any object.",
    ),
    click.Option(["--dagster-type"], help="The type that its value is checked by."),
    _several("--reads", "Files whose content counts as an input."),
    click.Option(["--max-age"], help="How long what it reads stays good: 30m, 6h, 2d."),
    click.Option(["--pool"], help="Slots that limit how many such steps run at a time."),
    _several("--op-tags", "KEY=VALUE for its step."),
    click.Option(
        ["--partitions", "--partitions-def", "partitions_def"],
        help="What divides it: daily:2026-01-01, static:red,green, or a definition's name.",
    ),
    click.Option(
        ["--backfill-policy"],
        help="How many partitions one run of the cell makes: single_run, multi_run:7.",
    ),
    _several("--ignore", "A name that counts for nothing in its version."),
    click.Option(["--as", "as_types"], multiple=True, help="INPUT=TYPE."),
    click.Option(["--effect"], is_flag=True, help="It has no value."),
    click.Option(["--define"], is_flag=True, help="Only define it; do not run."),
    click.Option(["--take-over"], is_flag=True, help="It is this notebook's now, not another's."),
)
"""What ``%%asset`` takes: its name, and the parameters of ``@asset``."""


def _command(magic: CellMagic) -> click.Command:
    """The command that gives back its options."""
    return CellOptions(
        magic.name,
        callback=lambda **options: options,
        help=magic.help,
        context_settings={"help_option_names": ["-h", "--help"]},
        params=list(magic.params),
    )


def _run_cell(live: LiveNotebook, magic: CellMagic, text: str, options: dict[str, Any]) -> Any:
    __tracebackhide__ = True
    live.session.notice()
    definition = _define(live, magic, text, options)
    live.session.define(definition, definition.name)
    if options["take_over"]:
        live.take_over(definition.keys)
    project = live.instance.project
    registers = project is not None and project.settings.register_only
    if live.loading is not None:
        return None  # nobody looks, and what it reads may be defined further down
    if options["define"] or registers or live.define_only:
        return ran_card(live, definition)
    return materialize_and_show(live, definition)


def _define(
    live: LiveNotebook, magic: CellMagic, text: str, options: dict[str, Any]
) -> AssetsDefinition:
    key = _key(magic, options)
    name = key.parts[-1]
    config_type = _config_class(live, options["config"])
    cell = live.session.cell
    where = str(cell) if cell is not None else ""
    function = magic.body(CellRequest(live, text, name, where, options, config_type))
    if cell is not None:
        live.places.note(function.filename, live.known_as(cell.id, where))
    known = [each for definition in live.session for each in getattr(definition, "keys", ())]
    known += [each.key for each in live.session if isinstance(each, AssetSpec)]
    known += live.remembered_keys()
    try:
        check_names(function, key, known, live.session.namespace)
    except DefinitionError:  # it may be read from another location
        check_names(function, key, [*known, *live.keys_elsewhere()], live.session.namespace)
    # a table that is left in a database is read from there
    stored_by = options["on"] if options.get("table") else options["io_manager_key"]
    checked_by = _value_type(live, options["dagster_type"])
    has_value = not options["effect"]
    spec = _spec(key, options, _partitions(live, options["partitions_def"]))
    port = OutputPort("result", spec, stored_by, True, has_value, checked_by)
    return AssetsDefinition(
        name,
        function,
        (port,),
        Place(function.filename, 1),
        inputs=_typed_inputs(live, options["as_types"]),
        context_name="context" if "context" in function.reads else None,
        config_type=config_type,
        reads=tuple(options["reads"]),
        max_age=_age(options["max_age"]),
        ignore=frozenset(options["ignore"]),
        op_tags=validate_tags(_pairs("--op-tags", options["op_tags"])),
        pool=validate_pool(options["pool"]),
        backfill_policy=_policy(options["backfill_policy"]),
    )


def _policy(text: str | None) -> BackfillPolicy | None:
    if text is None:
        return None
    from assetbook.definitions.partitions import BackfillPolicy

    kind, _, most = text.partition(":")
    if text == "single_run":
        return BackfillPolicy.single_run()
    if kind == "multi_run" and (most.isdecimal() or not most):
        return BackfillPolicy.multi_run(int(most or 1))
    raise UsageError(
        f"--backfill-policy {text}", "there is no such policy", "Write single_run or multi_run:7."
    )


def _partitions(live: LiveNotebook, text: str | None) -> PartitionsDefinition | None:
    """What ``daily:2026-01-01`` says, or a definition that the notebook names so."""
    if text is None:
        return None
    from assetbook.definitions.partitions import PartitionsDefinition
    from assetbook.definitions.partitions.text import parse_partitions

    if text.partition(".")[0] not in live.session.namespace:
        return parse_partitions(text)
    found = _named(live, text, "--partitions")
    if isinstance(found, PartitionsDefinition):
        return found
    raise UsageError(
        f"--partitions {text}", f"it is {found!r}", "Name a PartitionsDefinition, or write one."
    )


def _key(magic: CellMagic, options: Mapping[str, Any]) -> AssetKey:
    key = AssetKey.from_user_string(options["name"])
    if options["key_prefix"]:
        key = key.with_prefix(options["key_prefix"].split("/"))
    name = key.parts[-1]
    if not name.isidentifier():
        raise UsageError(
            f"%%{magic.name} {options['name']}",
            f"`{name}` is not a Python name",
            "Its last part names a variable: letters, digits and _.",
        )
    return key


def _spec(
    key: AssetKey, options: Mapping[str, Any], partitions: PartitionsDefinition | None
) -> AssetSpec:
    return AssetSpec(
        key,
        deps=options["deps"],
        description=options["description"],
        metadata=_pairs("--metadata", options["metadata"]),
        group_name=options["group_name"],
        code_version=options["code_version"],
        owners=options["owners"],
        tags=_pairs("--tags", options["tags"]),
        kinds=options["kinds"],
        partitions_def=partitions,
    )


def _pairs(option: str, given: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not name or (not equals and option != "--tags"):
            raise UsageError(f"{option} {each}", "it is not KEY=VALUE", "Write it so.")
        pairs[name] = value
    return pairs


def _config_class(live: LiveNotebook, name: str | None) -> type | None:
    if name is None:
        return None
    found = _named(live, name, "--config")
    if isinstance(found, type) and hasattr(found, CONFIG_MARK):
        return found
    raise UsageError(f"--config {name}", f"it is {found!r}", "Name a subclass of assetbook.Config.")


def _value_type(live: LiveNotebook, text: str | None) -> ValueType | None:
    """The type that ``--dagster-type`` says: an annotation, as ``Share`` or ``list[int]``."""
    if text is None:
        return None
    asked = f"--dagster-type {text}"
    try:
        # the author's own text, as that of the cell below it
        found = eval(text, dict(live.session.namespace))
    except NameError as error:
        near = did_you_mean(error.name or "", live.session.namespace)
        raise UsageError(
            asked, f"`{error.name}` is not a variable of this notebook", near
        ) from None
    except (AttributeError, SyntaxError, TypeError) as error:
        raise UsageError(asked, str(error), "Write a type as in an annotation.") from None
    return value_type_of(found)


def _typed_inputs(live: LiveNotebook, given: Sequence[str]) -> tuple[InputPort, ...]:
    return tuple(
        InputPort(name, AssetKey(name), wanted) for name, wanted in wanted_types(live, given)
    )


def wanted_types(live: LiveNotebook, given: Sequence[str]) -> list[tuple[str, Any]]:
    """The names and types of ``--as NAME=TYPE``."""
    found = []
    for each in given:
        name, equals, text = each.partition("=")
        if not equals:
            raise UsageError(
                f"--as {each}", "it is not INPUT=TYPE", "As in --as orders=pl.LazyFrame."
            )
        found.append((name, _named(live, text, "--as")))
    return found


def _named(live: LiveNotebook, text: str, option: str) -> Any:
    """The object that a dotted name stands for in the notebook."""
    first, *rest = text.split(".")
    namespace: Mapping[str, Any] = live.session.namespace
    if first not in namespace:
        raise UsageError(
            f"{option} {text}",
            f"`{first}` is not a variable of this notebook",
            did_you_mean(first, namespace),
        )
    found = namespace[first]
    for part in rest:
        if not hasattr(found, part):
            raise UsageError(f"{option} {text}", f"`{first}` has no `{part}`")
        found = getattr(found, part)
    return found


def _age(text: str | None) -> timedelta | None:
    if text is None:
        return None
    seconds = seconds_of(text)
    if seconds is None:
        raise UsageError(f"--max-age {text}", "it is not a time", "Write 30m, 6h or 2d.")
    return timedelta(seconds=seconds)
