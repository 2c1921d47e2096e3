"""FastAPI, which returns a model, and nothing else."""

from fastapi import FastAPI
from pydantic import BaseModel


class Health(BaseModel):
    status: str


app = FastAPI(openapi_url=None)


@app.get("/api/v1/health/live")
async def live() -> Health:
    return Health(status="ok")
