"""Every operation of the API against its own schema, with generated requests.

`SCHEMATHESIS_MAX_EXAMPLES` sets how many for each operation.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.openapi import OpenApiSchema

from app.application import create_app
from app.core.clock import utc_now
from app.core.resources import Resources
from app.domain.permission import Role
from app.models import User, UserSession
from tests.conftest import make_settings
from tests.live import LiveServer, serve

MAX_EXAMPLES = int(os.environ.get("SCHEMATHESIS_MAX_EXAMPLES", "5"))


@pytest.fixture
def server(own_database: str) -> Iterator[LiveServer]:
    app = create_app(make_settings(own_database, allowed_hosts=["127.0.0.1"]))
    with serve(app) as live:
        yield live


@pytest.fixture
def api(server: LiveServer) -> OpenApiSchema:
    return schemathesis.openapi.from_url(f"{server.url}/openapi.json")


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


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=MAX_EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_operation_keeps_to_its_schema(
    case: schemathesis.Case, server: LiveServer
) -> None:
    token = server.run(new_admin_token(server.resources))
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"})
