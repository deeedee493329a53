"""The statements that loading runs for their own sake, and why: definitions, settings."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from assetbook.notebook.document import LOAD_TAG, SKIP_TAG
from assetbook.notebook.slice_modules import own_statements
from assetbook.notebook.slice_rules import rules
from assetbook.notebook.statements import Statement
from assetbook.notebook.tree_walk import all_within

_FRAMEWORK = "assetbook"
_DEFINERS = frozenset(
    {
        "AssetSensorDefinition",
        "AssetSpec",
        "Definitions",
        "FileSensorDefinition",
        "MultiAssetSensorDefinition",
        "RunStatusSensorDefinition",
        "ScheduleDefinition",
        "SensorDefinition",
        "asset",
        "asset_check",
        "asset_sensor",
        "build_schedule_from_partitioned_job",
        "define_asset_job",
        "file_sensor",
        "graph_asset",
        "graph_multi_asset",
        "job",
        "load_asset_checks_from_current_module",
        "load_asset_checks_from_modules",
        "load_asset_checks_from_package_module",
        "load_asset_checks_from_package_name",
        "load_assets_from_current_module",
        "load_assets_from_modules",
        "load_assets_from_package_module",
        "load_assets_from_package_name",
        "load_definitions_from_current_module",
        "load_definitions_from_module",
        "load_definitions_from_modules",
        "load_definitions_from_package_module",
        "load_definitions_from_package_name",
        "multi_asset",
        "multi_asset_check",
        "multi_asset_sensor",
        "notebook_asset",
        "notebook_job",
        "observable_source_asset",
        "run_failure_sensor",
        "run_status_sensor",
        "schedule",
        "sensor",
    }
)
"""The public names whose use makes a definition."""
_ASSET_CELLS = frozenset({"asset", "sql_asset"})
_DEFINING_LINES = frozenset({"schedule"})
DEFINES = "defines"
"""Why a definition is taken."""
_IMPORTS = (ast.Import, ast.ImportFrom)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Doubt(msgspec.Struct, frozen=True):
    """A statement of which it cannot be told whether loading needs it."""

    statement: Statement
    found: str


def skipped(statement: Statement) -> bool:
    """Whether the cell's tag says that it is never loaded."""
    return SKIP_TAG in statement.cell.tags


def definitions(statements: Iterable[Statement]) -> Iterator[tuple[Statement, str]]:
    """Those that define something: by a decorator, a call, a cell magic, or a factory's call."""
    definers: dict[str, str | None] = dict.fromkeys(_DEFINERS, "")  # `%load_ext` brings them
    for each in statements:
        for name in each.binds:
            definers.pop(name, None)
        definers.update(_framework_names(each))
        if LOAD_TAG in each.cell.tags:
            yield each, f"its cell is tagged {LOAD_TAG}"
        elif each.node is None:
            if each.magics[0].name in _ASSET_CELLS:
                yield each, DEFINES
        elif _uses(each, definers, each.reads) and not isinstance(each.node, _IMPORTS):
            yield each, DEFINES
            if isinstance(each.node, ast.ClassDef) or _hands_on(each.node, definers):
                definers.update(dict.fromkeys(each.binds, ""))
        elif _uses(each, definers, each.names.reads_later):
            definers.update(dict.fromkeys(each.binds, ""))  # a factory: its calls define
        elif _makes_job(each):
            if isinstance(each.node, _FUNCTIONS):
                definers.update(dict.fromkeys(each.binds, ""))
            else:
                yield each, DEFINES


def settings(
    statements: Iterable[Statement], folder: Path
) -> Iterator[tuple[Statement, str] | Doubt]:
    """Those that act at a distance, and imports that nobody reads or that may define something.

    ``folder`` is where the notebook's own modules lie.
    """
    every = list(statements)
    read = frozenset(name for each in every for name in (*each.reads, *each.reads_later))
    sources: dict[str, str] = {}
    setters: set[str] = set()
    for each in every:
        sources.update(each.names.imports)
        sources.update(_aliases(each.node, sources))
        if _sets_when_called(each, sources, setters):
            setters |= each.binds
        if each.node is None:
            yield from _cell_of_magic(each)
        elif isinstance(each.node, _IMPORTS):
            yield from _import(each, each.node, read, folder)
        elif each.magics:
            yield from _line_magic(each)
        elif any(_is_setting(part, sources) for part in own_statements(each.node)):
            yield each, "a setting"
        elif _calls(each.node, setters):
            yield each, "calls what is a setting"


def _framework_names(statement: Statement) -> Mapping[str, str | None]:
    """Names imported from assetbook, each with what it stands for; None for the package."""
    found: dict[str, str | None] = {}
    for name, source in statement.names.imports.items():
        module, _, item = source.partition(":")
        if module.partition(".")[0] == _FRAMEWORK:
            found[name] = item or None
    starred = _DEFINERS if _FRAMEWORK in statement.names.star_imports else ()
    return {
        **{name: item for name, item in found.items() if item is None or item in _DEFINERS},
        **dict.fromkeys(starred, ""),
    }


def _uses(statement: Statement, definers: Mapping[str, str | None], read: frozenset[str]) -> bool:
    """Whether one of the names that define is read; a package counts by what is taken of it."""
    names = read & definers.keys()
    packages = {name for name in names if definers[name] is None and _is_package(statement, name)}
    if names - packages:
        return True
    return bool(packages) and any(
        each.attr in _DEFINERS and isinstance(each.value, ast.Name) and each.value.id in packages
        for each in statement.nodes.of(ast.Attribute)
    )


def _makes_job(statement: Statement) -> bool:
    """``nightly = pipeline.to_job()``"""
    return any(
        isinstance(each.func, ast.Attribute) and each.func.attr == "to_job"
        for each in statement.nodes.of(ast.Call)
    )


def _hands_on(node: ast.stmt, definers: Collection[str]) -> bool:
    """``define = asset``, ``raw = partial(asset, group_name="raw")``: it makes another definer."""
    if not isinstance(node, ast.Assign):
        return False
    value = node.value
    parts = [value] if not isinstance(value, ast.Call) else value.args
    return any(isinstance(each, ast.Name) and each.id in definers for each in parts)


def _is_package(statement: Statement, name: str) -> bool:
    return any(
        isinstance(each.value, ast.Name) and each.value.id == name
        for each in statement.nodes.of(ast.Attribute)
    )


def _cell_of_magic(statement: Statement) -> Iterator[Doubt]:
    name = statement.magics[0].name
    if name not in rules().cells | _ASSET_CELLS:
        yield Doubt(statement, f"`%%{name}` may define something")


def _line_magic(statement: Statement) -> Iterator[tuple[Statement, str] | Doubt]:
    if not isinstance(statement.node, ast.Expr):
        return  # its value is bound: it is needed if somebody reads that
    name = statement.magics[0].name
    if name in rules().magics:
        yield statement, f"`%{name}` is a setting"
    elif name in _DEFINING_LINES:
        yield statement, DEFINES
    elif name != "!" and name not in rules().skipped:
        yield Doubt(statement, f"`%{name}` may define something")


def _import(
    statement: Statement, node: ast.Import | ast.ImportFrom, read: frozenset[str], folder: Path
) -> Iterator[tuple[Statement, str]]:
    modules = [each.name for each in node.names] if isinstance(node, ast.Import) else [node.module]
    if modules == ["__future__"]:
        yield statement, "a setting"
    elif any(_is_local(module, folder) for module in modules):
        yield statement, "imports a module beside the notebook"
    elif not statement.names.star_imports and not statement.binds & read:
        yield statement, "nothing reads what it imports: it is there for its effect"


def _is_local(module: str | None, folder: Path) -> bool:
    top = (module or "").partition(".")[0]
    return bool(top) and ((folder / f"{top}.py").is_file() or (folder / top).is_dir())


def _is_setting(node: ast.stmt, sources: Mapping[str, str]) -> bool:
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id="setattr" | "delattr"), args=[on, *_])):
            return _on_always(on, sources)
        case ast.Expr(value=ast.Call(func=func)):
            return not _only_acts(func, sources) and (
                _on_always(func, sources)
                or _imported_setting(func, sources)
                or _acts_everywhere(func, sources)
            )
        case ast.Assign(targets=targets) | ast.Delete(targets=targets):
            return any(
                not isinstance(each, ast.Name) and _on_always(each, sources) for each in targets
            )
        case ast.AugAssign(target=target):
            return not isinstance(target, ast.Name) and _on_always(target, sources)
    return False


def _aliases(node: ast.stmt | None, sources: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """``env = os.environ``, ``ctx = decimal.getcontext()``: other names of what is a setting."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Attribute() as value):
            pass
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=value, args=[])):
            pass
        case _:
            return
    if _on_always(value, sources):
        yield (
            name,
            next(sources[each.id] for each in all_within(value) if isinstance(each, ast.Name)),
        )


def _sets_when_called(
    statement: Statement, sources: Mapping[str, str], setters: Collection[str]
) -> bool:
    """Whether it defines a function whose call is a setting."""
    if not isinstance(statement.node, ast.FunctionDef | ast.AsyncFunctionDef):
        return False
    nodes = statement.nodes
    acting = [*nodes.of(ast.Expr, ast.Assign), *nodes.of(ast.Delete, ast.AugAssign)]
    return any(_is_setting(each, sources) or _calls_now(each, setters) for each in acting)


def _calls(node: ast.stmt, functions: Collection[str]) -> bool:
    return any(_calls_now(part, functions) for part in own_statements(node))


def _calls_now(node: ast.stmt, functions: Collection[str]) -> bool:
    """``setup()``, ``cfg = setup()``"""
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    value = value.value if isinstance(value, ast.Await) else value
    func = value.func if isinstance(value, ast.Call) else None
    return isinstance(func, ast.Name) and func.id in functions


def _acts_everywhere(func: ast.expr, sources: Mapping[str, str]) -> bool:
    """``np.random.seed(0)``, which pandas draws by as well."""
    if not isinstance(func, ast.Attribute) or func.attr not in rules().everywhere:
        return False
    root: ast.expr = func
    while isinstance(root, ast.Attribute):
        root = root.value
    return isinstance(root, ast.Name) and root.id in sources


def _only_acts(func: ast.expr, sources: Mapping[str, str]) -> bool:
    """``os.remove("old.csv")``: it acts on files or processes, not on what comes later."""
    last = ""
    if isinstance(func, ast.Attribute):
        last, func = f".{func.attr}", func.value
    if not isinstance(func, ast.Name):
        return False
    return sources.get(func.id, "").replace(":", ".") + last in rules().acts


def _on_always(access: ast.expr, sources: Mapping[str, str]) -> bool:
    while isinstance(access, ast.Attribute | ast.Subscript | ast.Call):
        access = access.func if isinstance(access, ast.Call) else access.value
    source = sources.get(access.id, "") if isinstance(access, ast.Name) else ""
    return source.partition(":")[0].partition(".")[0] in rules().always


def _imported_setting(func: ast.expr, sources: Mapping[str, str]) -> bool:
    """``seed(0)`` after ``from random import seed``."""
    return isinstance(func, ast.Name) and func.id in sources and rules().is_setting(func.id)
