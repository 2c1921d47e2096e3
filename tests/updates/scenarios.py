"""What people do to a service in its first year, where its README tells them to, and elsewhere."""

from pathlib import Path

from support.releases import CURRENT

from updates.edits import Dependency, Edit

MOTTO = '''"""The motto of the house."""

from fastapi import APIRouter

from app.api.access import PUBLIC

router = APIRouter(prefix="/motto", tags=["motto"], dependencies=[PUBLIC])


@router.get("")
async def read_motto() -> dict[str, str]:
    """Read it."""
    return {"motto": "small, plain, honest"}
'''

MOTTO_TEST = """from httpx2 import AsyncClient


async def test_motto_is_read(client: AsyncClient) -> None:
    response = await client.get("/api/v1/motto")
    assert response.json() == {"motto": "small, plain, honest"}
"""

ORDER = '''"""What somebody ordered."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, TimestampMixin


class Order(TimestampMixin, Base):
    """An order."""

    __tablename__ = "orders"

    article: Mapped[str] = mapped_column(String(100))
'''

ORDERS = '''"""orders"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("article", sa.String(100), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
    )


def downgrade() -> None:
    op.drop_table("orders")
'''

MAIN = '''"""The application that the server runs."""

from fastapi.middleware.gzip import GZipMiddleware

from app.application import create_app

app = create_app()
app.add_middleware(GZipMiddleware)
'''

MAILPIT = """
  mailpit:
    image: axllent/mailpit:v1.27
    ports: ["127.0.0.1:8025:8025"]
    volumes:
      - mails:/data
"""


SCENARIOS: dict[str, list[Edit]] = {
    "router": [
        Edit("app/api/v1/endpoints/motto.py", MOTTO),
        Edit(
            "app/api/v1/api.py",
            "from app.api.v1.endpoints.motto import router as motto\n",
            after="from app.api.v1.endpoints.health import router as health",
        ),
        Edit("app/api/v1/api.py", "router.include_router(motto)\n", after="# yours"),
        Edit("tests/api/test_motto.py", MOTTO_TEST),
        Edit(
            "tests/api/test_access.py",
            '    "GET /motto": (200, 200, 200, 200, 200),\n',
            after="    # yours",
        ),
    ],
    "model and migration": [
        Edit("app/models/order.py", ORDER),
        Edit("migrations/versions/0002_orders.py", ORDERS),
    ],
    "setting": [
        Edit("app/core/config.py", "    order_limit: int = 100\n", after="    # yours"),
        Edit(
            ".env.example",
            "# The most orders of one customer.\nAPP_ORDER_LIMIT=100\n",
            after="# yours",
        ),
    ],
    "permission": [
        Edit(
            "app/domain/permission.py",
            '    ORDERS_READ = "orders:read"\n',
            after='    USERS_WRITE = "users:write"\n    # yours',
        ),
    ],
    "dependency": [Dependency("pyproject.toml", "humanize>=4.12")],
    "compose service": [
        Edit("compose.yaml", MAILPIT, after="  # yours", since="0.2.0"),
        Edit("compose.yaml", "  mails:\n", after="  # yours", first=True, since="0.2.0"),
    ],
    "README": [
        Edit("README.md", "\n## Our team\n\nAsk in #desk.\n", after="<!-- yours -->"),
        Edit("README.md", "\nNew here? Ask Grace for access.\n", after="## Start"),
    ],
    "middleware": [Edit("app/main.py", MAIN)],
    "command, image": [
        Edit("Makefile", "\nship: check ## Ship it\n\t@echo shipped\n", after="# yours"),
        Edit("Dockerfile", "LABEL team=desk\n", after="# yours"),
        Edit(".gitignore", "/notes/\n", after="# yours"),
    ],
    "baseline file": [
        Edit(
            "app/api/v1/endpoints/health.py",
            "# The pager asks for this, every ten seconds.\n",
            after='@router.get("/live")',
        ),
    ],
}


def edit(service: Path, release: str = CURRENT) -> None:
    """Do all that people could do to a service of a release."""
    for edits in SCENARIOS.values():
        for each in edits:
            if each.has_place_in(release):
                each.make(service)


def lost(service: Path, release: str = CURRENT) -> list[str]:
    """The scenarios of which something is gone that was done to a service of a release."""
    return [
        name
        for name, edits in SCENARIOS.items()
        if not all(each.is_kept(service) for each in edits if each.has_place_in(release))
    ]
