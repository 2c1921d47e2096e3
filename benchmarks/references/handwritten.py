"""What one writes by hand: an ORM session, PyJWT, Pydantic, and nothing around them.

The engine has the settings of the service: pool, pre-ping, and the PRAGMAs on SQLite. The tables
are those that the service's migrations have made.
"""

import os
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, ClassVar
from uuid import UUID

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel, ConfigDict, EmailStr
from sqlalchemy import DateTime, event, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from uuid_utils.compat import uuid7

KEY = os.environ["REFERENCE_KEY"]
URL = os.environ["REFERENCE_DATABASE_URL"]

engine = create_async_engine(
    URL, pool_size=20, max_overflow=30, pool_recycle=3600, pool_pre_ping=True
)
sessions = async_sessionmaker(engine, expire_on_commit=False)

if engine.dialect.name == "sqlite":

    @event.listens_for(engine.sync_engine, "connect")
    def _set_pragmas(connection, _):
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.close()


def utc_now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True)}


class User(Base):
    __tablename__ = "users"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    email: Mapped[str]
    email_canonical: Mapped[str]
    email_verified: Mapped[bool] = mapped_column(default=False)
    full_name: Mapped[str | None]
    password_hash: Mapped[str | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    roles: Mapped[str] = mapped_column(default="user")
    created_at: Mapped[datetime] = mapped_column(default=utc_now)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now)
    version: Mapped[int] = mapped_column(default=1)


class UserRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    email: EmailStr
    full_name: str | None
    is_active: bool
    email_verified: bool
    roles: str
    created_at: datetime
    updated_at: datetime


class UserCreate(BaseModel):
    email: EmailStr
    full_name: str | None = None


async def get_session() -> AsyncIterator[AsyncSession]:
    async with sessions() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]
TokenDep = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login"))]


async def get_current_user(session: SessionDep, token: TokenDep) -> User:
    try:
        claims = jwt.decode(token, KEY, ["HS256"], audience="service", issuer="service")
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None
    user = await session.get(User, UUID(claims["sub"]))
    if user is None or not user.is_active:
        raise HTTPException(401)
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]

app = FastAPI(openapi_url=None)


@app.get("/api/v1/users/me", response_model=UserRead)
async def read_me(user: CurrentUser) -> User:
    return user


@app.get("/api/v1/users", response_model=list[UserRead])
async def list_users(_: CurrentUser, session: SessionDep) -> list[User]:
    return list(await session.scalars(select(User).order_by(User.id).limit(20)))


@app.post("/api/v1/users", response_model=UserRead, status_code=201)
async def create_user(body: UserCreate, _: CurrentUser, session: SessionDep) -> User:
    user = User(email=body.email, email_canonical=body.email, full_name=body.full_name)
    session.add(user)
    await session.commit()
    return user
