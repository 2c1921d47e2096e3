"""Microsoft Entra ID; docs/oauth/microsoft.md says how to register there."""

from typing import Any

from app.services.oauth.openid import OpenIDProvider


class Microsoft(OpenIDProvider):
    """Accounts of one tenant."""

    name = "microsoft"
    label = "Microsoft"
    has_issuer_setting = True

    def has_verified_email(self, claims: dict[str, Any]) -> bool:
        """Whether the tenant owns the domain of the address.

        Administrators of a tenant write into `email` whatever they like; only the optional
        claim `xms_edov` says that the domain is theirs.
        """
        return claims.get("xms_edov") is True
