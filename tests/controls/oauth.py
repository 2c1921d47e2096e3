"""Signing in at providers."""

from controls.base import Control

# One provider each: they share the code.
SIGN_IN = "tests/oauth/test_sign_in.py -k google"
ATTACKS = "tests/oauth/test_attacks.py -k google"
TOKENS = "tests/oauth/test_id_tokens.py -k google"
ACCOUNTS = "tests/oauth/test_accounts.py -k google"
SETTINGS = "tests/oauth/test_settings.py"


def only(name: str, tests: str) -> str:
    """One of some tests, where the others would take long."""
    path, option = tests.split(maxsplit=1)
    return f"{path}::{name} {option}"


CONTROLS = [
    Control(
        "a state is one browser's",
        "app/repositories/oauth.py",
        "                OAuthState.browser_hash == browser_hash,\n",
        "",
        ATTACKS,
    ),
    Control(
        "a state is one provider's",
        "app/repositories/oauth.py",
        "                OAuthState.provider == provider,\n",
        "",
        ATTACKS,
    ),
    Control(
        "a state expires",
        "app/repositories/oauth.py",
        "                OAuthState.expires_at > now,\n",
        "",
        ATTACKS,
    ),
    Control(
        "a state is used up, whatever comes of it",
        "app/services/oauth/authorization.py",
        "        await self.session.commit()\n        if back.error",
        "        if back.error",
        ATTACKS,
    ),
    Control(
        "a code expires",
        "app/repositories/oauth.py",
        ", OAuthCode.expires_at > now",
        "",
        SIGN_IN,
    ),
    Control(
        "a code with a challenge needs its verifier",
        "app/services/oauth/sign_in.py",
        "code if code is not None and code.code_challenge == sent else None",
        "code",
        only("test_code_of_an_application_with_a_challenge_needs_its_verifier", SIGN_IN),
    ),
    Control(
        "only true is a verified address",
        "app/services/oauth/openid.py",
        'claims.get("email_verified") is True',
        'bool(claims.get("email_verified"))',
        only("test_only_true_is_verified", SIGN_IN),
    ),
    Control(
        "only true is a verified domain",
        "app/services/oauth/microsoft.py",
        'claims.get("xms_edov") is True',
        'bool(claims.get("xms_edov"))',
        only("test_only_true_is_verified", "tests/oauth/test_sign_in.py -k microsoft"),
    ),
    Control(
        "an address at GitHub counts when it is verified",
        "app/services/oauth/github.py",
        "is_verified=each.verified",
        "is_verified=True",
        only(
            "test_address_that_the_provider_does_not_vouch_for_finds_nobody",
            "tests/oauth/test_sign_in.py -k github",
        ),
    ),
    Control(
        "an unverified account is not given to the provider's user",
        "app/services/oauth/registration.py",
        "elif user.email_verified and user.is_active:",
        "elif user.is_active:",
        only("test_unverified_account_is_not_the_providers_users", SIGN_IN),
    ),
    Control(
        "a disabled user does not sign in",
        "app/repositories/oauth.py",
        "users.hold(account.user_id, User.is_active.is_(True))",
        "users.hold(account.user_id)",
        SIGN_IN,
    ),
    Control(
        "identities at the same time make one account",
        "app/services/oauth/registration.py",
        "for _ in range(_TRIES - 1):",
        "for _ in range(0):",
        "tests/oauth/test_races.py",
    ),
    Control(
        "the answer comes from the issuer that was asked",
        "app/services/oauth/openid.py",
        "if issuer != metadata.issuer and",
        "if False and",
        only("test_issuer_must_come_back_when_the_provider_says_it_does", TOKENS),
    ),
    Control(
        "an ID token is for one sign-in",
        "app/services/oauth/openid.py",
        '                "nonce": attempt.nonce,\n                "client_id"',
        '                "client_id"',
        TOKENS,
    ),
    Control(
        "an ID token belongs to its access token",
        "app/services/oauth/openid.py",
        '                "access_token": tokens.access_token,\n',
        "",
        TOKENS,
    ),
    Control(
        "an ID token is the issuer's",
        "app/services/oauth/openid.py",
        '                "iss": {"essential": True, "value": metadata.issuer},\n',
        "",
        TOKENS,
    ),
    Control(
        "an ID token is signed by an algorithm that both sides take",
        "app/services/oauth/openid.py",
        "keys, metadata.algorithms)",
        'keys, ["RS256"])',
        only("test_algorithms_are_those_of_the_document_and_ours", TOKENS),
    ),
    Control(
        "a discovery document is its issuer's",
        "app/services/oauth/discovery.py",
        "if metadata.issuer != self._issuer:",
        "if False:",
        only("test_document_that_is_not_the_issuers_is_not_used", TOKENS),
    ),
    Control(
        "no endpoint is in clear",
        "app/services/oauth/discovery.py",
        "if not in_clear and not",
        "if False and not",
        only("test_document_that_is_not_the_issuers_is_not_used", TOKENS),
    ),
    Control(
        "keys are looked for once a minute",
        "app/services/oauth/discovery.py",
        " and age > REFETCH_AFTER",
        "",
        only("test_new_key_is_looked_for_once_a_minute", TOKENS),
    ),
    Control(
        "a huge answer is not read",
        "app/services/oauth/http.py",
        "if size > MAX_BYTES:",
        "if False:",
        "tests/oauth/test_faults.py -k huge",
    ),
    Control(
        "a slow provider is given up",
        "app/services/oauth/http.py",
        "async with asyncio.timeout(TOTAL_SECONDS):",
        "if True:",
        "tests/oauth/test_faults.py -k trickles",
    ),
    Control(
        "a sign-in ends at an allowed page",
        "app/domain/oauth.py",
        'if target.startswith("/") and not target.startswith("//"):',
        'if target.startswith("/"):',
        "tests/oauth/test_targets.py",
    ),
    Control(
        "a page is compared as it is written",
        "app/domain/oauth.py",
        'if _PRINTABLE.fullmatch(target) and "#" not in target:',
        "if True:",
        "tests/oauth/test_targets.py",
    ),
    Control(
        "linking needs a fresh sign-in",
        "app/services/oauth/accounts.py",
        "session is None or session.created_at < utc_now() - FRESH",
        "session is None",
        only("test_old_session_changes_nothing", ACCOUNTS),
    ),
    Control(
        "the last way to sign in stays",
        "app/services/oauth/accounts.py",
        "if held.password_hash is None and len(accounts) == 1:",
        "if False:",
        only("test_last_way_to_sign_in_stays", ACCOUNTS),
    ),
    Control(
        "linking needs a code with a challenge",
        "app/services/oauth/sign_in.py",
        "code.code_challenge == sent",
        "code.code_challenge in {sent, None}",
        ACCOUNTS,
    ),
    Control(
        "users hear of a way to sign in that is new",
        "app/services/oauth/mail.py",
        "LETTERS[ProviderLinked] = _linked\n",
        "",
        ACCOUNTS,
    ),
    Control(
        "half a registration stops the start",
        "app/services/oauth/settings.py",
        "if client_id and not secret:",
        "if False:",
        f"{SETTINGS}::test_start_says_what_is_missing_or_not_a_setting",
    ),
    Control(
        "an issuer in clear is for development",
        "app/services/oauth/settings.py",
        " and not strict\n",
        "\n",
        f"{SETTINGS}::test_issuers_in_clear_are_on_this_machine_in_development",
    ),
    Control(
        "production says where sign-ins end",
        "app/services/oauth/settings.py",
        "if self.oauth_redirect_url is None:",
        "if False:",
        f"{SETTINGS}::test_production_needs_safe_addresses_and_a_real_secret",
    ),
    Control(
        "the cookie is this host's alone",
        "app/api/v1/endpoints/oauth.py",
        'return "__Host-oauth" if secure else "oauth"',
        'return "oauth"',
        f"{SETTINGS}::test_cookie_of_production_is_this_hosts_alone",
    ),
    Control(
        "scripts cannot read the cookie",
        "app/api/v1/endpoints/oauth.py",
        "httponly=True",
        "httponly=False",
        only("test_what_is_sent_to_the_provider", SIGN_IN),
    ),
    Control(
        "other sites' forms do not send the cookie",
        "app/api/v1/endpoints/oauth.py",
        'samesite="lax"',
        'samesite="none"',
        only("test_what_is_sent_to_the_provider", SIGN_IN),
    ),
    Control(
        "an ID token is for this service",
        "app/services/oauth/openid.py",
        '                "aud": {"essential": True, "value": self.registration.client_id},\n',
        "",
        TOKENS,
    ),
    Control(
        "ways to a provider are limited",
        "app/api/v1/endpoints/oauth.py",
        "    dependencies=[CREDENTIALS],\n)\nasync def authorize(",
        ")\nasync def authorize(",
        "tests/oauth/test_races.py::test_sign_ins_are_limited",
    ),
    Control(
        "ways back from a provider are limited",
        "app/api/v1/endpoints/oauth.py",
        "    dependencies=[CREDENTIALS],\n)\nasync def callback(",
        ")\nasync def callback(",
        "tests/oauth/test_races.py::test_sign_ins_are_limited",
    ),
    Control(
        "what a provider compresses is not read",
        "app/services/oauth/http.py",
        'if "Content-Encoding" in response.headers:',
        "if False:",
        "tests/oauth/test_faults.py -k compressed",
    ),
    Control(
        "the example page is for development",
        "app/api/v1/endpoints/oauth_example.py",
        "if not resources.settings.is_development:",
        "if False:",
        "tests/oauth/test_example.py",
    ),
]
