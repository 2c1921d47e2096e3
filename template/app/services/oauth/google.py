"""Google; docs/oauth/google.md says how to register the service there."""

from app.services.oauth.openid import OpenIDProvider


class Google(OpenIDProvider):
    """Accounts at Google."""

    name = "google"
    label = "Google"
    issuer = "https://accounts.google.com"
