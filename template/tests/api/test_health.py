import asyncio

from httpx2 import AsyncClient
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

from app.application import create_app
from app.core.config import Settings
from app.core.extension import Extension
from tests.clients import API
from tests.harness import (
    LiveClient,
    Logs,
    make_client,
    make_settings,
    run_app,
    with_resources,
)
from tests.servers.base import DatabaseServer

READY = f"{API}/health/ready"


async def test_live_and_ready(client: AsyncClient) -> None:
    for name in ("live", "ready"):
        response = await client.get(f"{API}/health/{name}")
        assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_ready_names_the_check_that_fails(settings: Settings) -> None:
    async def fail() -> None:
        message = "secret"
        raise RuntimeError(message)

    extension = Extension(name="queue", readiness_checks={"queue": fail})
    app = create_app(settings, [extension])
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        response = await client.get(READY)
        assert response.status_code == 503
        assert response.json()["details"] == ["queue"]
        assert "secret" not in response.text
        assert (await client.get(f"{API}/health/live")).status_code == 200


async def test_many_probes_are_one_question(settings: Settings) -> None:
    asked = []

    async def count() -> None:
        asked.append(1)
        await asyncio.sleep(0.01)

    app = create_app(settings, [Extension(name="q", readiness_checks={"q": count})])
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        probes = [client.get(READY) for _ in range(100)]
        answers = [*await asyncio.gather(*probes), await client.get(READY)]
        assert {answer.status_code for answer in answers} == {200}
        assert len(asked) == 1


async def change(database_url: str, statement: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text(statement))
    await engine.dispose()


async def test_ready_says_when_the_tables_are_not_those_of_the_code(
    live_client: LiveClient, own_database: str
) -> None:
    async with live_client() as client:
        await change(own_database, "DELETE FROM alembic_version")
        response = await client.get(READY)
        assert (response.status_code, response.json()["details"]) == (
            503,
            ["migrations"],
        )


async def test_tables_of_a_later_release_are_fine(
    live_client: LiveClient, own_database: str
) -> None:
    await change(own_database, "UPDATE alembic_version SET version_num = 'later'")
    async with live_client() as client:
        assert (await client.get(READY)).status_code == 200


async def test_without_a_database_the_process_lives_and_is_not_ready(
    database_server: DatabaseServer,
) -> None:
    app = create_app(make_settings(database_server.unreachable_url))
    async with (
        run_app(app) as resources,
        make_client(with_resources(app, resources)) as client,
    ):
        assert (await client.get(f"{API}/health/live")).status_code == 200
        response = await client.get(READY)
        assert (response.status_code, response.json()["details"]) == (
            503,
            ["database"],
        )
        body = {"email": "ada@example.com", "password": "correct horse"}
        response = await client.post(f"{API}/auth/register", json=body)
        assert response.status_code == 503
        assert "Retry-After" in response.headers


async def test_each_request_is_logged_with_its_id(
    live_client: LiveClient, client: AsyncClient, logs: Logs
) -> None:
    response = await client.get(f"{API}/health/live?token=secret")
    (line,) = [line for line in logs() if line["event"] == "request"]
    assert line["request_id"] == response.headers["X-Request-ID"]
    assert (line["path"], line["status"]) == ("/api/v1/health/live", 200)
    assert "secret" not in str(line)
