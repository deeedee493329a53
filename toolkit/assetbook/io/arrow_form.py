"""The stored form of tables of ``io_manager_key="arrow"``: a memory-mapped Arrow file."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO, Self

from assetbook.io.arrow_file import read_arrow, write_arrow
from assetbook.io.consumers import maker_for
from assetbook.io.forms import ARROW_FILE, StoredForm, stored_form
from assetbook.io.table_form import TableForm

if TYPE_CHECKING:
    import pyarrow as pa


class ArrowForm(TableForm):
    """A table as its Arrow file gives it back: the same that its Parquet file would."""

    @classmethod
    def of_table(cls, form: TableForm) -> Self:
        """The same table, to be written as an Arrow file."""
        return cls(form.kind + ARROW_FILE, form._table, form._notes)

    @classmethod
    def read(
        cls,
        kind: str,
        data: pa.Buffer | bytes,
        *,
        asked: str,
        parse: Callable[[pa.Buffer | bytes], pa.Table] = read_arrow,
    ) -> Self:
        """The form whose file's bytes these are, over their memory; raises CorruptStoreError."""
        return super().read(kind, data, asked=asked, parse=parse)

    def hand_over(self, wanted: object | None) -> object:
        """A table of the type ``wanted``; None gives what it was."""
        return maker_for(wanted, self.kind.removesuffix(ARROW_FILE))(self._table)

    def write(self, file: BinaryIO) -> None:
        """Writes an Arrow IPC file."""
        write_arrow(self._table, file)


def arrow_form(value: object, *, asked: str) -> StoredForm:
    """The form in which the I/O manager ``arrow`` stores a value; other than tables the default.

    Raises UnstorableValueError as :func:`assetbook.io.forms.stored_form` does.
    """
    form = stored_form(value, asked=asked)
    return ArrowForm.of_table(form) if type(form) is TableForm else form
