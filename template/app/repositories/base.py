"""The queries every table needs; anything else is a named method of a subclass."""

from collections.abc import Sequence
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app.core.database import Session
from app.core.exceptions import ConflictError, NotFoundError
from app.models.base import Base

ModelT = TypeVar("ModelT", bound=Base)


class Repository(Generic[ModelT]):
    """Reads and writes the rows of one table."""

    model: type[ModelT]

    def __init__(self, session: Session) -> None:
        self.session = session

    async def get(self, id_: UUID) -> ModelT | None:
        """Return the row with this id, or None."""
        return await self.session.get(self.model, id_)

    async def require(self, id_: UUID) -> ModelT:
        """Return the row with this id; raises `NotFoundError`."""
        found = await self.get(id_)
        if found is None:
            raise NotFoundError
        return found

    async def add(self, instance: ModelT) -> ModelT:
        """Insert a row; a broken constraint raises here, not at the commit."""
        self.session.add(instance)
        await self.session.flush()
        return instance

    async def update(self, instance: ModelT, **values: object) -> ModelT:
        """Change columns of a row.

        Raises `ConflictError` when it is gone, or another version, meanwhile.
        """
        for name, value in values.items():
            setattr(instance, name, value)
        try:
            await self.session.flush()
        except StaleDataError:
            message = "This was changed or deleted meanwhile."
            raise ConflictError(message) from None
        return instance

    async def delete(self, instance: ModelT) -> None:
        """Delete a row; raises `NotFoundError` when it is gone already.

        Raises `ConflictError` when another table still needs it.
        """
        statement = delete(self.model).where(self.model.id == instance.id)
        try:
            deleted = await self.session.scalar(statement.returning(self.model.id))
        except IntegrityError:
            message = "Something else still refers to this."
            raise ConflictError(message) from None
        if deleted is None:
            raise NotFoundError

    async def page(
        self, *where: ColumnElement[bool], limit: int, after: UUID | None
    ) -> tuple[Sequence[ModelT], UUID | None]:
        """Return up to `limit` rows behind the id `after`, oldest first.

        With them comes the id that the next page starts behind, None on the last page.
        The cost does not depend on how deep the page is: the id is the order.
        """
        statement = select(self.model).where(*where).order_by(self.model.id)
        if after is not None:
            statement = statement.where(self.model.id > after)
        rows = (await self.session.scalars(statement.limit(limit + 1))).all()
        items = rows[:limit]
        return items, items[-1].id if len(rows) > limit else None

    async def purge(
        self, model: type[Base], where: ColumnElement[bool], limit: int
    ) -> int:
        """Delete up to `limit` rows of a table such that `where`; returns how many.

        Rows that another transaction has locked are left for the next time.
        """
        chosen = (
            select(model.id).where(where).limit(limit).with_for_update(skip_locked=True)
        )
        ids = (await self.session.scalars(chosen)).all()
        await self.session.execute(
            delete(model)
            .where(model.id.in_(ids))
            .execution_options(synchronize_session=False)
        )
        return len(ids)
