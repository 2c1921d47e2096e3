"""GitLab, theirs or one's own; docs/oauth/gitlab.md says how to register there."""

from app.services.oauth.openid import OpenIDProvider


class GitLab(OpenIDProvider):
    """Accounts at gitlab.com, or at the GitLab that the setting names."""

    name = "gitlab"
    label = "GitLab"
    issuer = "https://gitlab.com"
    has_issuer_setting = True
