"""Any provider of OpenID Connect; docs/oauth/oidc.md says what it must offer."""

from app.services.oauth.openid import OpenIDProvider


class OIDC(OpenIDProvider):
    """Accounts at the issuer that the setting names."""

    name = "oidc"
    label = "Single sign-on"
    has_issuer_setting = True
