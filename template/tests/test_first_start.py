"""A service that has just been installed."""

from sqlalchemy import func, select

from app.application import create_app
from app.models.user import User
from tests.harness import make_settings, run_app


async def test_nobody_has_an_account_before_one_is_made(own_database: str) -> None:
    async with (
        run_app(create_app(make_settings(own_database))) as resources,
        resources.session_factory() as session,
    ):
        assert await session.scalar(select(func.count()).select_from(User)) == 0
