"""PostgreSQL, through asyncpg."""

from app.core.dialect import Dialect

DIALECT = Dialect(
    name="postgresql",
    driver="asyncpg",
    # Heroku and others hand out URLs with the scheme that SQLAlchemy dropped.
    aliases=frozenset({"postgres"}),
    connect_args={"timeout": 3},
)
