"""The roles that users can have."""

from fastapi import APIRouter

from app.api.access import PUBLIC
from app.api.caching import cache
from app.domain.permission import Role, permissions_of
from app.schemas.role import RoleRead, Roles

router = APIRouter(prefix="/roles", tags=["users"], dependencies=[PUBLIC])


@router.get("")
@cache(expire=300)
async def list_roles() -> Roles:
    """List the roles that there are, and what each may do."""
    return Roles(
        items=[
            RoleRead(name=role, permissions=sorted(permissions_of([role])))
            for role in Role
        ]
    )
