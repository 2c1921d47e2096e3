"""What the tests of faults need of a database, whichever it is."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from typing import Protocol

from sqlalchemy import select

from app.core.clock import utc_now
from app.core.database import Session, create_engine, create_session_factory
from app.core.project import SLUG
from app.core.security import AccessTokens
from app.domain.permission import Role
from app.models.session import RefreshToken, UserSession
from app.models.user import User
from app.registry import DIALECT
from tests.harness import SECRET_KEY, make_settings

ADMIN = "admin@example.com"

Fault = AbstractAsyncContextManager[None]


class FaultyDatabase(Protocol):
    """A migrated database that breaks on demand, for as long as a block lasts.

    `direct_url` leads to it and `url` to where it breaks.
    """

    url: str
    direct_url: str
    slow_statement: str
    """Takes a minute."""

    async def running_statements(self) -> int:
        """Count the statements of the service that still run."""

    def locked(self) -> Fault:
        """Have somebody hold a lock that every write waits for."""

    def full(self) -> Fault:
        """Leave no room on its disk."""


@asynccontextmanager
async def open_session(url: str) -> AsyncIterator[Session]:
    """A session beside the service's own."""
    engine = create_engine(make_settings(url), DIALECT)
    try:
        async with create_session_factory(engine)() as session:
            yield session
    finally:
        await engine.dispose()


async def add_administrator(url: str) -> str:
    """Make an administrator and return an access token of theirs."""
    now = utc_now()
    user = User(email=ADMIN, email_canonical=ADMIN, roles=[Role.USER, Role.ADMIN])
    async with open_session(url) as session:
        session.add(user)
        await session.flush()
        end = now + timedelta(days=1)
        sign_in = UserSession(user_id=user.id, expires_at=end)
        session.add(sign_in)
        await session.flush()
        # Without one the session is over, and purged.
        token = RefreshToken(session_id=sign_in.id, token_hash="", expires_at=end)
        session.add(token)
        await session.commit()
    tokens = AccessTokens([SECRET_KEY], issuer=SLUG, lifetime=timedelta(minutes=30))
    return tokens.issue(user_id=user.id, session_id=sign_in.id, email=ADMIN, now=now)


async def read_addresses(url: str) -> set[str]:
    """The addresses of all accounts."""
    async with open_session(url) as session:
        return set(await session.scalars(select(User.email)))
