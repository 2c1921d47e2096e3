"""The limit: one query by asyncpg itself, PyJWT, and a model."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
import jwt
from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel

KEY = os.environ["REFERENCE_KEY"]
URL = os.environ["REFERENCE_DATABASE_URL"].replace("+asyncpg", "")

QUERY = """
SELECT id, email, full_name, is_active, email_verified, roles, created_at, updated_at
FROM users WHERE id = $1
"""


class UserRead(BaseModel):
    id: UUID
    email: str
    full_name: str | None
    is_active: bool
    email_verified: bool
    roles: str
    created_at: datetime
    updated_at: datetime


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, asyncpg.Pool]]:
    async with asyncpg.create_pool(URL, min_size=20, max_size=20) as pool:
        yield {"pool": pool}


app = FastAPI(openapi_url=None, lifespan=lifespan)

TokenDep = Annotated[str, Depends(OAuth2PasswordBearer(tokenUrl="/api/v1/auth/login"))]


@app.get("/api/v1/users/me")
async def read_me(request: Request, token: TokenDep) -> UserRead:
    try:
        claims = jwt.decode(token, KEY, ["HS256"], audience="service", issuer="service")
    except jwt.InvalidTokenError:
        raise HTTPException(401) from None
    async with request.state.pool.acquire() as connection:
        row = await connection.fetchrow(QUERY, UUID(claims["sub"]))
    if row is None or not row["is_active"]:
        raise HTTPException(401)
    return UserRead(**row)
