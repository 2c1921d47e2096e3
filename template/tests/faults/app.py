"""The service with routes that misbehave on demand, for the tests of faults."""

import asyncio
import os

from fastapi import APIRouter
from sqlalchemy import text

from app.api.access import PUBLIC
from app.api.dependencies import ResourcesDep, SessionDep
from app.api.limits import CREDENTIALS, deadline
from app.application import create_app
from app.core.database import Session
from app.core.extension import Extension
from app.models.user import User
from app.registry import EXTENSIONS

router = APIRouter(prefix="/faults", dependencies=[PUBLIC])


@router.get("/sleep")
async def sleep(seconds: float) -> str:
    """Take a while."""
    await asyncio.sleep(seconds)
    return "slept"


@router.get("/sleep-briefly", dependencies=[deadline(0.5)])
async def sleep_briefly(seconds: float) -> str:
    """Take a while, with half a second to do it in."""
    await asyncio.sleep(seconds)
    return "slept"


@router.post("/write-and-sleep", dependencies=[CREDENTIALS])
async def write_and_sleep(session: SessionDep, seconds: float, email: str) -> str:
    """Make an account and take a while before the commit."""
    session.add(User(email=email, email_canonical=email, roles=[]))
    await session.flush()
    await asyncio.sleep(seconds)
    return "written"


@router.get("/read-and-sleep")
async def read_and_sleep(session: SessionDep, seconds: float) -> str:
    """Hold a connection to the database for a while."""
    await session.scalar(text("SELECT id FROM users LIMIT 1"))
    await asyncio.sleep(seconds)
    return "read"


@router.get("/query")
async def query(session: SessionDep, statement: str) -> str:
    """Have the database do something."""
    return str(await session.scalar(text(statement)))


@router.get("/connections")
async def connections(resources: ResourcesDep) -> int:
    """Count the database connections in use."""
    pool = resources.session_factory.kw["bind"].pool
    return int(pool.checkedout())


def delay_commits(seconds: float) -> None:
    """Widen the window between an answer and the commit, if there is one."""
    commit = Session.commit

    async def commit_late(session: Session) -> None:
        await asyncio.sleep(seconds)
        await commit(session)

    Session.commit = commit_late  # type: ignore[assignment, method-assign]


if delay := float(os.environ.get("COMMIT_DELAY", "0")):
    delay_commits(delay)

extension = Extension(name="faults", router=router)
app = create_app(extensions=[*EXTENSIONS, extension])
