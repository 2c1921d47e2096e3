"""The pure ASGI pipeline around the application; `app.application` puts it together."""
