"""The application that the server runs. This file is yours: add to it what you like."""

from app.application import create_app

app = create_app()
