"""The application on a real server, over a real socket."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx2
from fastapi import APIRouter

from app.api.access import PUBLIC
from app.application import create_app
from app.core.config import Settings
from app.core.extension import Extension, Part
from tests.clients import API
from tests.harness import PASSWORD, make_settings
from tests.live import serve


def test_register_sign_in_and_read_over_a_socket(own_database: str) -> None:
    app = create_app(make_settings(own_database, allowed_hosts=["127.0.0.1"]))
    with serve(app) as server, httpx2.Client(base_url=f"{server.url}{API}") as client:
        assert client.get("/health/ready").json() == {"status": "ok"}
        account = {"email": "ada@example.com", "password": PASSWORD}
        assert client.post("/auth/register", json=account).status_code == 202
        form = {"username": "ada@example.com", "password": PASSWORD}
        token = client.post("/auth/login", data=form).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        me = client.get("/users/me", headers=headers)
        assert me.json()["email"] == "ada@example.com"
        assert "Server" not in me.headers


def test_connection_survives_a_server_error(own_database: str) -> None:
    router = APIRouter(dependencies=[PUBLIC])

    @router.get("/fault")
    async def fault() -> None:
        raise RuntimeError

    settings = make_settings(own_database, allowed_hosts=["127.0.0.1"])
    app = create_app(settings, [Extension(name="fault", router=router)])
    with serve(app) as server:
        connection = HTTPConnection(server.url.removeprefix("http://"))
        connection.request("GET", f"{API}/fault")
        response = connection.getresponse()
        assert (response.status, bool(response.read())) == (500, True)
        socket = connection.sock
        connection.request("GET", f"{API}/health/live")
        assert connection.getresponse().status == 200
        assert connection.sock is socket
        connection.close()


def test_lifespan_of_an_extension_runs_around_the_service(own_database: str) -> None:
    seen = []

    @asynccontextmanager
    async def lifespan(settings: Settings) -> AsyncIterator[Part]:
        seen.append("started")
        yield Part(holds=Path(settings.environment))
        seen.append("stopped")

    settings = make_settings(own_database, allowed_hosts=["127.0.0.1"])
    app = create_app(settings, [Extension(name="probe", lifespan=lifespan)])
    with serve(app) as server:
        assert httpx2.get(f"{server.url}{API}/health/live").is_success
        assert seen == ["started"]
        assert server.resources.part(Path) == Path("development")
    assert seen == ["started", "stopped"]
