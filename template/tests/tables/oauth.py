"""Sign-ins at providers."""

ACCESS = {
    "GET /auth/oauth": (200, 200, 200, 200, 200),
    "GET /auth/oauth/{provider}/authorize": (404, 404, 404, 404, 404),
    "GET /auth/oauth/{provider}/callback": (404, 404, 404, 404, 404),
    "POST /auth/oauth/token": (422, 422, 422, 422, 422),
    "GET /users/me/oauth": (401, 401, 200, 200, 200),
    "POST /users/me/oauth": (401, 401, 422, 422, 422),
    "DELETE /users/me/oauth/{provider}": (401, 401, 404, 404, 404),
}

LIMITED = ["/auth/oauth/token", "/users/me/oauth"]

NULLABLE = {"POST /auth/oauth/token": {"code_verifier"}}

TOLD = {"providers", "name", "label", "authorize_url", "provider"}
