from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core.clock import utc_now
from app.core.config import Settings
from app.core.database import Session, create_engine, create_session_factory
from app.core.exceptions import ConflictError, NotFoundError
from app.models.user import User
from app.registry import DIALECT
from app.repositories.user import EmailTakenError, UserRepository
from tests.harness import make_settings


@pytest.fixture
def users(session: Session) -> UserRepository:
    return UserRepository(session)


def make(email: str) -> User:
    return User(email=email, email_canonical=email, roles=[])


async def test_times_are_aware_in_utc_and_move_with_a_change(
    users: UserRepository, session: Session
) -> None:
    user = await users.add(make("ada@example.com"))
    await session.refresh(user)
    created = user.created_at
    assert created.utcoffset() == timedelta()
    assert utc_now() - created < timedelta(minutes=1)
    await users.update(user, full_name="Ada")
    await session.refresh(user)
    assert user.updated_at > user.created_at == created


async def test_ids_sort_by_age(users: UserRepository) -> None:
    ids = [(await users.add(make(f"{n}@example.com"))).id for n in range(20)]
    assert ids == sorted(ids)


@pytest.mark.parametrize("rows", range(8))
async def test_pages_partition_the_rows(users: UserRepository, rows: int) -> None:
    expected = [(await users.add(make(f"{n}@example.com"))).id for n in range(rows)]
    seen, after, pages = [], None, 0
    while pages == 0 or after is not None:
        page, after = await users.search(None, limit=3, after=after)
        seen += [user.id for user in page]
        pages += 1
    assert seen == expected
    assert pages == max(1, -(-rows // 3))


async def test_taken_address_is_told_at_the_insert(users: UserRepository) -> None:
    await users.add(make("ada@example.com"))
    with pytest.raises(EmailTakenError):
        await users.add(make("ada@example.com"))


async def test_row_is_deleted_once(users: UserRepository) -> None:
    user = await users.add(make("ada@example.com"))
    await users.delete(user)
    with pytest.raises(NotFoundError):
        await users.delete(user)


async def test_change_of_a_row_that_was_deleted_meanwhile_is_a_conflict(
    own_database: str,
) -> None:
    settings: Settings = make_settings(own_database)
    engine = create_engine(settings, DIALECT)
    factory = create_session_factory(engine)
    async with factory() as session:
        user = await UserRepository(session).add(make("ada@example.com"))
        await session.commit()
        async with factory() as other:
            repository = UserRepository(other)
            same = await repository.get(user.id)
            assert same is not None
            await repository.delete(same)
            await other.commit()
        with pytest.raises(ConflictError):
            await UserRepository(session).update(user, full_name="Ada")
    await engine.dispose()


async def test_a_row_is_read_in_the_transaction_that_has_begun_or_in_none(
    own_database: str,
) -> None:
    engine = create_engine(make_settings(own_database), DIALECT)
    query = select(User.__table__.c.email)
    async with create_session_factory(engine)() as session:
        await UserRepository(session).add(make("ada@example.com"))
        assert await session.read_row(query, {}) == ("ada@example.com",)
        await session.commit()
        assert await session.read_row(query, {}) == ("ada@example.com",)
        assert not session.in_transaction()
    await engine.dispose()


async def test_password_is_replaced_only_if_nobody_else_did(
    users: UserRepository, session: Session
) -> None:
    user = await users.add(make("ada@example.com"))
    assert await users.replace_password(user, old_hash=None, new_hash="first")
    assert not await users.replace_password(user, old_hash=None, new_hash="second")
    await session.execute(update(User).values(password_hash="third"))
    assert not await users.replace_password(user, old_hash="first", new_hash="fourth")
