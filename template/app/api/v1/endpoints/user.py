"""Accounts: one's own, and for administrators everybody's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, status

from app.api.access import requires
from app.api.dependencies import (
    ClaimsDep,
    CurrentUser,
    PasswordServiceDep,
    UserServiceDep,
)
from app.api.limits import CREDENTIALS
from app.domain.permission import Permission
from app.models.user import User
from app.schemas.account import PasswordChange
from app.schemas.base import NO_NUL
from app.schemas.pagination import Cursor, Limit, Page, decode_cursor, encode_cursor
from app.schemas.user import ProfileUpdate, UserCreate, UserRead, UserUpdate

router = APIRouter(prefix="/users", tags=["users"])

own = [requires(Permission.ACCOUNT)]
read = [requires(Permission.USERS_READ)]
write = [requires(Permission.USERS_WRITE)]

SearchText = Annotated[str, Query(min_length=1, max_length=100, pattern=NO_NUL)]


@router.get("/me", response_model=UserRead, dependencies=own)
async def read_me(user: CurrentUser) -> User:
    """Return who is signed in."""
    return user


@router.patch("/me", response_model=UserRead, dependencies=own)
async def update_me(
    changes: Annotated[ProfileUpdate, Body()], user: CurrentUser, users: UserServiceDep
) -> User:
    """Change one's own account."""
    return await users.update(user, actor=user, **changes)


@router.delete("/me", status_code=status.HTTP_204_NO_CONTENT, dependencies=own)
async def delete_me(user: CurrentUser, users: UserServiceDep) -> None:
    """Delete one's own account."""
    await users.delete(user, actor=user)


@router.post(
    "/me/password",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[CREDENTIALS, *own],
)
async def change_password(
    body: PasswordChange,
    user: CurrentUser,
    claims: ClaimsDep,
    passwords: PasswordServiceDep,
) -> None:
    """Change one's own password; every other session ends."""
    await passwords.change(
        user,
        current=body.current_password.get_secret_value(),
        new=body.new_password.get_secret_value(),
        keep=claims.sid,
    )


@router.get("", dependencies=read)
async def list_users(
    users: UserServiceDep,
    limit: Limit = 20,
    cursor: Cursor | None = None,
    q: SearchText | None = None,
) -> Page[UserRead]:
    """List users, oldest first; `q` searches in addresses and names."""
    found, after = await users.search(q, limit=limit, after=decode_cursor(cursor))
    items = [UserRead.model_validate(user) for user in found]
    return Page(items=items, next_cursor=encode_cursor(after))


@router.post(
    "", response_model=UserRead, status_code=status.HTTP_201_CREATED, dependencies=write
)
async def create_user(
    body: UserCreate, actor: CurrentUser, users: UserServiceDep
) -> User:
    """Make an account for somebody."""
    return await users.create(
        email=body.email,
        password=body.password.get_secret_value() if body.password else None,
        full_name=body.full_name,
        roles=body.roles,
        actor=actor,
    )


@router.get("/{user_id}", response_model=UserRead, dependencies=read)
async def read_user(user_id: UUID, users: UserServiceDep) -> User:
    """Return one user."""
    return await users.get(user_id)


@router.patch("/{user_id}", response_model=UserRead, dependencies=write)
async def update_user(
    user_id: UUID,
    changes: Annotated[UserUpdate, Body()],
    actor: CurrentUser,
    users: UserServiceDep,
) -> User:
    """Change one user; who is disabled or loses a permission is signed out."""
    return await users.update(await users.get(user_id), actor=actor, **changes)


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT, dependencies=write)
async def delete_user(user_id: UUID, actor: CurrentUser, users: UserServiceDep) -> None:
    """Delete one user."""
    await users.delete(await users.get(user_id), actor=actor)


@router.delete(
    "/{user_id}/sessions", status_code=status.HTTP_204_NO_CONTENT, dependencies=write
)
async def end_sessions(
    user_id: UUID, actor: CurrentUser, users: UserServiceDep
) -> None:
    """Sign one user out everywhere."""
    await users.sign_out(await users.get(user_id), actor=actor)
