"""The application that the server runs. This file is yours: add to it what you like."""

import gc

gc.disable()  # What imports make stays; to look for garbage in it is a fifth of the start.

from app.application import create_app  # noqa: E402

app = create_app()
gc.freeze()
gc.enable()
