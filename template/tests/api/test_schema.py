"""What the API takes and answers, against its own schema: `schemathesis run` on a server.

Its phases: examples, the edges of the schema one by one, random requests, and sequences
of requests. Run as the command it sends the ids it was answered, which its plugin for
pytest does not. A few cases of each phase, of the edges none, unless
`SCHEMATHESIS_CASES` says how many there must be; `make test-schema` and CI set it.
"""

import os
import secrets
import sys
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any, ClassVar
from uuid import uuid4

import pytest
import schemathesis
from click.testing import CliRunner
from schemathesis.cli import schemathesis as command

from app.application import create_app
from app.core.clock import utc_now
from app.core.resources import Resources
from app.domain.permission import Role
from app.models.session import UserSession
from app.models.user import User
from tests.harness import make_settings
from tests.live import LiveServer, serve

# Meanwhile the server makes the ids of mails with the module; strategies do not.
pytestmark = pytest.mark.filterwarnings("ignore:Do not use the `random` module")

MINIMUM = int(os.environ.get("SCHEMATHESIS_CASES", "0"))
SEED = int(os.environ.get("SCHEMATHESIS_SEED") or secrets.randbits(32))
MAX_EXAMPLES = 25 if MINIMUM else 5

sent = Counter[str]()
"""How many cases were sent in each phase."""
answered = Counter[int]()
"""How many answers had each status."""


@schemathesis.auth(refresh_interval=None)
class Administrator:
    """Who sends the cases: one user until a case signs them out, then another one."""

    server: ClassVar[LiveServer]
    token: ClassVar[str | None] = None

    def get(self, case: schemathesis.Case[Any], _: schemathesis.AuthContext) -> str:
        # A user's key is good for one request, and generators repeat themselves.
        if Administrator.token is None or "Idempotency-Key" in case.headers:
            sign_in = new_admin_token(self.server.resources)
            Administrator.token = self.server.run(sign_in)
        return Administrator.token

    def set(
        self, case: schemathesis.Case[Any], token: str, _: schemathesis.AuthContext
    ) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def after_call(
    _: schemathesis.HookContext,
    case: schemathesis.Case[Any],
    response: schemathesis.Response,
) -> None:
    assert case.meta is not None
    sent[case.meta.phase.name.value] += 1
    answered[response.status_code] += 1
    if response.status_code == 401:
        Administrator.token = None


async def new_admin_token(resources: Resources) -> str:
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


@pytest.fixture
async def server(own_database: str, tmp_path: Path) -> AsyncIterator[LiveServer]:
    settings = make_settings(
        own_database, allowed_hosts=["127.0.0.1"], mail_url=f"file:{tmp_path}"
    )
    with serve(create_app(settings)) as live:
        yield live


def run(
    server: LiveServer,
    phases: list[str],
    seed: int,
    *,
    config: str = "schemathesis.toml",
    **more: str,
) -> None:
    """Run `phases`; fail with the report when there is a finding."""
    options = {"phases": ",".join(phases), "max-examples": MAX_EXAMPLES, "seed": seed}
    arguments = [f"--{name}={value}" for name, value in (options | more).items()]
    schema_url = f"{server.url}/openapi.json"
    result = CliRunner().invoke(
        command, [f"--config-file={config}", "run", schema_url, *arguments]
    )
    assert result.exit_code == 0, result.stdout


def test_schemathesis_finds_nothing(
    server: LiveServer, capsys: pytest.CaptureFixture[str]
) -> None:
    Administrator.server = server
    sent.clear()
    answered.clear()
    edges = ["coverage"] if MINIMUM else []
    phases = ["examples", *edges, "fuzzing", "stateful"]
    run(server, phases, SEED)
    # In rounds: the sequences end early, without a word, when the same choices meet other
    # data than before.
    for seed in count(SEED + 1):
        if sent.total() >= MINIMUM:
            break
        run(server, ["fuzzing", "stateful"], seed)
    assert sent.keys() == set(phases)
    assert answered[401] < sent.total() / 5, "Who is signed out tests little."
    if MINIMUM:
        each = ", ".join(f"{number} {phase}" for phase, number in sent.items())
        with capsys.disabled():
            sys.stdout.write(
                f"\n{sent.total()} cases ({each}), SCHEMATHESIS_SEED={SEED}\n"
            )
