"""Version 1 of the API: its routers."""

from fastapi import APIRouter

from app.api.v1.endpoints import auth, health, user

router = APIRouter(prefix="/api/v1")
router.include_router(health.router)
router.include_router(auth.router)
router.include_router(user.router)
# yours
