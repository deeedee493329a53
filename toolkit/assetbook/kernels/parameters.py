"""The parameters that a notebook declares in its cell tagged ``parameters``.

The tag and the cell are papermill's convention. A name that the cell assigns is a parameter; its
annotation says the type, else its default does. Where the cell makes an instance of a Config class,
the fields of that are the parameters instead.
"""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

from assetbook.errors import DefinitionError
from assetbook.kernels.asset_reference import AssetReference
from assetbook.notebook.cell_text import python_text
from assetbook.notebook.document import Document, SourceCell

if TYPE_CHECKING:
    from assetbook.definitions.config import Config

TAG = "parameters"
"""Marks the cell that declares parameters and gives their defaults."""
INJECTED_TAG = "injected-parameters"
"""Marks the cell that gives them their values in one run."""
_ASK = "Give parameters literals as defaults, and types that the cell or an import above it names."


class DeclaredParameters(msgspec.Struct, frozen=True):
    """The parameters of one notebook."""

    model: type[Config]
    """A field for each: its type, default and help."""
    cell: SourceCell | None = None
    """Where they are declared; None for a notebook without parameters."""
    variable: str | None = None
    """The variable that holds the instance of a Config class; None where each is a variable."""
    known: Mapping[str, object] = msgspec.field(default_factory=dict)
    """What the cell can name: its imports, and the classes that it defines."""
    instance: Config | None = None
    """What the cell gives the variable; None where each is a variable."""


def inputs_declared(declared: DeclaredParameters) -> dict[str, AssetReference]:
    """The parameters whose default refers to the latest value of an asset."""
    fields: Mapping[str, Any] = declared.model.__pydantic_fields__
    defaults = {name: each.default for name, each in fields.items()}
    if declared.instance is not None:
        defaults = {**defaults, **vars(declared.instance)}
    return {
        name: each
        for name, each in defaults.items()
        if isinstance(each, AssetReference) and "@" not in each.asset
    }


def annotations_of(declared: DeclaredParameters) -> dict[str, Any]:
    """The types of the parameters that are variables, None for any."""
    if declared.variable is not None:
        return {}
    fields: Mapping[str, Any] = declared.model.__pydantic_fields__
    return {n: None if each.annotation is Any else each.annotation for n, each in fields.items()}


def without_inputs(declared: DeclaredParameters, names: Collection[str]) -> DeclaredParameters:
    """The parameters but for those that are assets."""
    fields: Mapping[str, Any] = declared.model.__pydantic_fields__
    if not fields.keys() & set(names) or declared.variable is not None:
        return declared
    left = {name: (each.annotation, each) for name, each in fields.items() if name not in names}
    return structs.replace(declared, model=_model(left))


def declared_parameters(document: Document) -> DeclaredParameters:
    """The parameters of a notebook; runs the cell that declares them, and the imports above it
    that it needs, in a namespace of its own.

    Raises DefinitionError if the cell fails, or declares what cannot be a parameter.
    """
    cell = next((each for each in document.code_cells if TAG in each.tags), None)
    if cell is None:
        return DeclaredParameters(_model({}))
    where = f"the parameters of {document.path.name}, in {cell}"
    tree = _parsed(where, cell.text)
    namespace = _run(where, [*_imports_above(document, cell, tree), *tree.body])
    made = _instance(tree, namespace)
    if made is not None:
        own = namespace[made]
        return DeclaredParameters(type(own), cell, made, namespace, own)
    fields = {each.name: each.as_field() for each in _assigned(where, cell, tree, namespace)}
    return DeclaredParameters(_model(fields), cell, None, namespace)


def _model(fields: Mapping[str, Any]) -> type[Config]:
    import pydantic

    from assetbook.definitions.config import Config

    class _Parameters(Config):
        model_config = pydantic.ConfigDict(protected_namespaces=(), arbitrary_types_allowed=True)

    with warnings.catch_warnings():  # a parameter may be called `json` or `copy`
        warnings.simplefilter("ignore", UserWarning)
        made: type[Config] = pydantic.create_model("Parameters", __base__=_Parameters, **fields)
    return made


def _parsed(where: str, text: str) -> ast.Module:
    try:
        return ast.parse(python_text(text).source)
    except SyntaxError as error:
        raise DefinitionError(
            where, f"line {error.lineno}: {error.msg}", "Mend the cell."
        ) from None


def _imports_above(document: Document, cell: SourceCell, tree: ast.Module) -> Iterator[ast.stmt]:
    """The imports of earlier cells that bind a name which the cell reads."""
    read = {each.id for each in ast.walk(tree) if isinstance(each, ast.Name)}
    above = [each for each in document.code_cells if each.number < cell.number]
    for text in (each.text for each in above):
        try:
            body = ast.parse(python_text(text).source).body
        except SyntaxError:
            continue  # it is told when it runs
        for statement in body:
            if isinstance(statement, ast.Import | ast.ImportFrom) and read & _bound(statement):
                yield statement


def _bound(statement: ast.Import | ast.ImportFrom) -> set[str]:
    return {(each.asname or each.name).split(".")[0] for each in statement.names}


def _run(where: str, statements: list[ast.stmt]) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    code = compile(ast.Module(statements, []), f"<{where}>", "exec", dont_inherit=True)
    try:
        exec(code, namespace)
    except Exception as error:  # noqa: BLE001 - whatever the author's cell raises: told
        raise DefinitionError(where, f"{type(error).__name__}: {error}", _ASK) from None
    return namespace


def _instance(tree: ast.Module, namespace: Mapping[str, Any]) -> str | None:
    """The variable that the cell assigns an instance of a Config class to."""
    from assetbook.definitions.config import Config

    names = [target.id for target, _, _ in _targets(tree)]
    return next((each for each in names if isinstance(namespace.get(each), Config)), None)


class _Declared(msgspec.Struct, frozen=True):
    name: str
    annotation: Any
    default: Any
    """Ellipsis for none: it must be given."""
    help: str

    def as_field(self) -> Any:
        import pydantic

        return self.annotation, pydantic.Field(self.default, description=self.help or None)


def _targets(tree: ast.Module) -> Iterator[tuple[ast.Name, ast.expr | None, int]]:
    """What the cell assigns at its top level: the name, its annotation, and the last line."""
    for statement in tree.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            yield statement.target, statement.annotation, statement.end_lineno or statement.lineno
        elif isinstance(statement, ast.Assign):
            names = [each for each in statement.targets if isinstance(each, ast.Name)]
            yield from ((each, None, statement.end_lineno or each.lineno) for each in names)


def _assigned(
    where: str, cell: SourceCell, tree: ast.Module, namespace: dict[str, Any]
) -> Iterator[_Declared]:
    comments = _comments(cell.text)
    for target, annotation, line in _targets(tree):
        if target.id.startswith("_"):
            continue
        default = namespace.get(target.id, ...)
        kind = _kind(default)
        if annotation is not None:
            kind = _evaluated(where, target.id, annotation, namespace)
        elif not _is_known(kind):
            continue  # a variable that the cell makes for the notebook
        yield _Declared(target.id, kind, default, comments.get(line, ""))


def _kind(default: object) -> Any:
    """The type of a parameter that has no annotation: that of its default, None being anything."""
    return Any if default is None or default is ... else type(default)


def _is_known(kind: Any) -> bool:
    """Whether values of a type can be checked, as those of parameters are."""
    import pydantic

    try:
        pydantic.TypeAdapter(kind)
    except pydantic.PydanticSchemaGenerationError:
        return False
    return True


def _evaluated(where: str, name: str, annotation: ast.expr, namespace: dict[str, Any]) -> Any:
    text = ast.unparse(annotation)
    try:
        found = eval(text, namespace)
        return eval(found, namespace) if isinstance(found, str) else found
    except Exception as error:  # noqa: BLE001 - whatever evaluating it raises: told
        said = f"the annotation `{text}` of `{name}` cannot be read: {error}"
        raise DefinitionError(where, said, _ASK) from None


def _comments(text: str) -> dict[int, str]:
    """What is said behind each line's code, which is a parameter's help, as for papermill."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return {}
    kinds = (each for each in tokens if each.type == tokenize.COMMENT)
    return {each.start[0]: each.string.lstrip("# ").strip() for each in kinds}
