"""Rows of tables as JSON, for what is kept outside of the database."""

from collections.abc import Iterable
from typing import Any, cast, get_args, get_type_hints

from pydantic import BaseModel, GetCoreSchemaHandler, create_model
from pydantic_core import core_schema
from sqlalchemy.orm import class_mapper, make_transient_to_detached

from app.models.base import Base


class RowJSON:
    """For `Annotated[Model, RowJSON(Model)]`: pydantic reads and writes rows by column.

    Columns named in `without` are left out, and cannot be read from what comes back, which
    belongs to no session: it is for looking at.
    """

    def __init__(self, model: type[Base], without: Iterable[str] = ()) -> None:
        self._model = model
        hints = get_type_hints(model)
        names = class_mapper(model).column_attrs.keys()
        fields: dict[str, Any] = {
            name: (get_args(hints[name])[0], ...)
            for name in names
            if name not in set(without)
        }
        self._columns = create_model(f"{model.__name__}Row", **fields)

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Return the schema of the columns, made of a row and made into one."""
        columns = handler.generate_schema(self._columns)
        return core_schema.no_info_after_validator_function(
            self._restore,
            columns,
            serialization=core_schema.plain_serializer_function_ser_schema(
                self._read, return_schema=columns
            ),
        )

    def _read(self, row: Base) -> BaseModel:
        names = self._columns.model_fields
        values = {name: getattr(row, name) for name in names}
        return cast("BaseModel", self._columns.model_construct(**values))

    def _restore(self, columns: BaseModel) -> Base:
        row = self._model(**dict(columns))
        make_transient_to_detached(row)
        return row
