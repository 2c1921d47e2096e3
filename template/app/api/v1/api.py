"""Version 1 of the API: its routers."""

from fastapi import APIRouter

from app.api.v1.endpoints.auth import router as auth
from app.api.v1.endpoints.health import router as health
from app.api.v1.endpoints.password import router as password
from app.api.v1.endpoints.role import router as role
from app.api.v1.endpoints.session import router as session
from app.api.v1.endpoints.user import router as user
from app.api.v1.endpoints.verification import router as verification

ROUTERS = [health, user, session, auth, password, verification, role]
"""What a request may be for, in the order in which that is tried: the most frequent first.

They are not nested in one: FastAPI goes through what is nested again at each level.
"""

router = APIRouter(prefix="/api/v1")
# yours
