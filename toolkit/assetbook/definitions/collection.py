"""``Definitions``: what a notebook or module defines, gathered explicitly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from assetbook.definitions.asset_definition import AssetsDefinition
from assetbook.definitions.check_definition import AssetChecksDefinition
from assetbook.definitions.spec import AssetSpec, Frozen
from assetbook.errors import DefinitionError

Definition = AssetsDefinition | AssetSpec | AssetChecksDefinition
"""One thing that a cell or module can define."""


class Definitions(Frozen):
    """Assets, external assets, checks and resources, explicitly gathered.

    ``assets`` takes definitions and specs (external assets), ``asset_checks`` checks, ``resources``
    any objects by the names under which parameters ask for them; the key ``io_manager`` is the
    default I/O manager. Raises DefinitionError for things of another kind; whether they fit
    together is seen when they are used.
    """

    __slots__ = ("__weakref__", "asset_checks", "assets", "resources")

    assets: tuple[AssetsDefinition | AssetSpec, ...]
    asset_checks: tuple[AssetChecksDefinition, ...]
    resources: Mapping[str, object]

    def __init__(
        self,
        assets: Iterable[AssetsDefinition | AssetSpec] = (),
        asset_checks: Iterable[AssetChecksDefinition] = (),
        resources: Mapping[str, object] | None = None,
    ) -> None:
        put = object.__setattr__
        put(self, "assets", _checked("assets", assets, (AssetsDefinition, AssetSpec)))
        put(self, "asset_checks", _checked("asset_checks", asset_checks, (AssetChecksDefinition,)))
        put(self, "resources", MappingProxyType(dict(resources or {})))

    def __iter__(self) -> Iterator[Definition]:
        yield from self.assets
        yield from self.asset_checks

    def __repr__(self) -> str:
        return f"<Definitions: {len(self.assets)} assets, {len(self.asset_checks)} checks>"


def _checked(name: str, given: Iterable[object], kinds: tuple[type, ...]) -> tuple[object, ...]:
    made = tuple(given)
    for each in made:
        if not isinstance(each, kinds):
            raise DefinitionError(
                f"Definitions({name}=...)",
                f"it holds {each!r}, a {type(each).__name__}",
                f"It takes {' and '.join(kind.__name__ for kind in kinds)}.",
            )
    return made
