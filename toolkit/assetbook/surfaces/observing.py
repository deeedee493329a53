"""``observe``: looks at sources that are made elsewhere, and records what version they have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assetbook.execution.executor import Executor
from assetbook.execution.reporter import Reporter
from assetbook.instance.instance import Instance
from assetbook.instance.launching import GivenConfig
from assetbook.instance.materializing import MaterializeOutcome, Options, raise_failure
from assetbook.named_arguments import named_arguments
from assetbook.surfaces.desk import Desk, current_desk
from assetbook.surfaces.executor_option import executor_of
from assetbook.surfaces.making import Given, make, make_objects, refuse_for_names


@named_arguments
def observe(
    assets: str | Iterable[object] = "*",
    *,
    selection: str | Sequence[str] | None = None,
    instance: Instance | None = None,
    resources: Mapping[str, object] | None = None,
    run_config: GivenConfig = None,
    raise_on_error: bool = True,
    executor: Executor | str | None = None,
    workers: int | None = None,
    reporter: Reporter | None = None,
    desk: Desk | None = None,
) -> MaterializeOutcome:
    """Looks at the selected sources now, and records the data versions that they have; durable
    when it returns.

    ``assets`` is a selection of the live notebook's sources (those of ``@observable_source_asset``)
    or the definitions themselves. What follows a source is stale once its data version differs.
    ``resources``, ``run_config``, ``executor`` and ``workers`` are as in ``materialize``.
    Raises what the author's code raised, if ``raise_on_error``, and SelectionError if none of what
    is selected can be observed.
    """
    __tracebackhide__ = True
    given = Given(resources, run_config, True, executor_of(executor, workers), reporter)
    options = Options(observe=True)
    if isinstance(assets, str):
        refuse_for_names("observe", assets, selection=selection, instance=instance)
        outcome = make(desk or current_desk(), assets, options, given)
    else:
        stored = instance or (desk or current_desk()).instance
        outcome = make_objects(assets, selection, stored, options, given)
    if raise_on_error and outcome.result is not None:
        raise_failure(outcome.result)
    return outcome
