"""Accounts: one's own, and for administrators everybody's."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response, status

from app.api.access import Me, requires
from app.api.dependencies import (
    ClaimsDep,
    PasswordServiceDep,
    UserServiceDep,
)
from app.api.etag import IfMatchDep, with_etag
from app.api.idempotency import IdempotentRoute
from app.api.limits import CREDENTIALS
from app.domain.permission import Permission
from app.domain.principal import Principal
from app.models.user import User
from app.schemas.account import PasswordChange
from app.schemas.base import NO_NUL
from app.schemas.pagination import Cursor, Limit, Page, decode_cursor, encode_cursor
from app.schemas.user import ProfileUpdate, UserCreate, UserRead, UserUpdate
from app.services.base import check_version

router = APIRouter(prefix="/users", tags=["users"], route_class=IdempotentRoute)

Writer = Annotated[Principal, requires(Permission.USERS_WRITE)]

# A POST that comes again is answered before its parameters are looked at, so it lists these.
own = [requires(Permission.ACCOUNT)]
read = [requires(Permission.USERS_READ)]
write = [requires(Permission.USERS_WRITE)]

SearchText = Annotated[str, Query(min_length=1, max_length=100, pattern=NO_NUL)]


@router.get("/me", response_model=UserRead)
async def read_me(user: Me, if_match: IfMatchDep, response: Response) -> Principal:
    """Return who is signed in."""
    check_version(user, if_match)
    return with_etag(response, user)


@router.patch("/me", response_model=UserRead)
async def update_me(
    changes: Annotated[ProfileUpdate, Body()],
    actor: Me,
    users: UserServiceDep,
    if_match: IfMatchDep,
    response: Response,
) -> User:
    """Change one's own account."""
    user = await users.get(actor.id)
    user = await users.update(user, actor=actor, if_match=if_match, **changes)
    return with_etag(response, user)


@router.delete("/me", status_code=status.HTTP_204_NO_CONTENT)
async def delete_me(actor: Me, users: UserServiceDep, if_match: IfMatchDep) -> None:
    """Delete one's own account."""
    await users.delete(await users.get(actor.id), actor=actor, if_match=if_match)


@router.post(
    "/me/password",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[CREDENTIALS, *own],
)
async def change_password(
    body: PasswordChange,
    user: Me,
    claims: ClaimsDep,
    passwords: PasswordServiceDep,
) -> None:
    """Change one's own password; every other session ends."""
    await passwords.change(
        user.id,
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
    body: UserCreate, actor: Writer, users: UserServiceDep, response: Response
) -> User:
    """Make an account for somebody."""
    user = await users.create(
        email=body.email,
        password=body.password.get_secret_value() if body.password else None,
        full_name=body.full_name,
        roles=body.roles,
        actor=actor,
    )
    return with_etag(response, user)


@router.get("/{user_id}", response_model=UserRead, dependencies=read)
async def read_user(
    user_id: UUID, users: UserServiceDep, if_match: IfMatchDep, response: Response
) -> User:
    """Return one user."""
    user = await users.get(user_id)
    check_version(user, if_match)
    return with_etag(response, user)


@router.patch("/{user_id}", response_model=UserRead)
async def update_user(
    user_id: UUID,
    changes: Annotated[UserUpdate, Body()],
    *,
    actor: Writer,
    users: UserServiceDep,
    if_match: IfMatchDep,
    response: Response,
) -> User:
    """Change one user; who is disabled or loses a permission is signed out."""
    user = await users.get(user_id)
    user = await users.update(user, actor=actor, if_match=if_match, **changes)
    return with_etag(response, user)


@router.delete("/{user_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_user(
    user_id: UUID, actor: Writer, users: UserServiceDep, if_match: IfMatchDep
) -> None:
    """Delete one user."""
    await users.delete(await users.get(user_id), actor=actor, if_match=if_match)


@router.delete("/{user_id}/sessions", status_code=status.HTTP_204_NO_CONTENT)
async def end_sessions(user_id: UUID, actor: Writer, users: UserServiceDep) -> None:
    """Sign one user out everywhere."""
    await users.sign_out(await users.get(user_id), actor=actor)
