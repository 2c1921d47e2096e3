"""The example page."""

from fastapi import APIRouter

router = APIRouter()
