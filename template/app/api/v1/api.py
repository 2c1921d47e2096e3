"""Version 1 of the API: its routers."""

from fastapi import APIRouter

from app.api.v1.endpoints.auth import router as auth
from app.api.v1.endpoints.health import router as health
from app.api.v1.endpoints.password import router as password
from app.api.v1.endpoints.role import router as role
from app.api.v1.endpoints.session import router as session
from app.api.v1.endpoints.user import router as user
from app.api.v1.endpoints.verification import router as verification

router = APIRouter(prefix="/api/v1")
router.include_router(health)
router.include_router(auth)
router.include_router(password)
router.include_router(verification)
router.include_router(session)
router.include_router(user)
router.include_router(role)
# yours
