"""Every operation of the API against its own schema, with generated requests.

A few for each operation; with `SCHEMATHESIS_MAX_EXAMPLES` as many as it says, and those
that go through the edges of the schema one by one. CI sets it.
"""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from app.application import create_app
from app.core.clock import utc_now
from app.core.resources import Resources
from app.domain.permission import Role
from app.models.session import UserSession
from app.models.user import User
from app.registry import DIALECT
from tests.harness import make_settings, temporary_database
from tests.live import LiveServer, serve
from tests.servers.base import DatabaseServer

# Meanwhile the server makes the ids of mails with the module; strategies do not.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")

schema = schemathesis.openapi.from_dict(
    create_app(make_settings(f"{DIALECT.name}:///never-opened")).openapi()
)
MAX_EXAMPLES = int(os.environ.get("SCHEMATHESIS_MAX_EXAMPLES", "5"))
schema.config.phases.coverage.enabled = "SCHEMATHESIS_MAX_EXAMPLES" in os.environ


@pytest.fixture(scope="module")
async def server(
    database_server: DatabaseServer, template_url: str
) -> AsyncIterator[LiveServer]:
    async with temporary_database(database_server, template_url) as url:
        app = create_app(make_settings(url, allowed_hosts=["127.0.0.1"]))
        with serve(app) as live:
            yield live


async def new_admin_token(resources: Resources) -> str:
    """Sign a new administrator in: the last one may just have left."""
    now = utc_now()
    email = f"{uuid4().hex}@example.com"
    user = User(email=email, email_canonical=email, roles=[Role.ADMIN])
    async with resources.session_factory() as session:
        session.add(user)
        await session.flush()
        sign_in = UserSession(user_id=user.id, expires_at=now + timedelta(days=1))
        session.add(sign_in)
        await session.commit()
    return resources.access_tokens.issue(
        user_id=user.id, session_id=sign_in.id, email=email, now=now
    )


@schema.parametrize()
@settings(
    max_examples=MAX_EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_operation_keeps_to_its_schema(
    case: schemathesis.Case[Any], server: LiveServer
) -> None:
    token = server.run(new_admin_token(server.resources))
    headers = {"Authorization": f"Bearer {token}"}
    case.call_and_validate(base_url=server.url, headers=headers)
