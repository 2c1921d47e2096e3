"""Access tokens, refresh tokens and sessions."""

from controls.base import Control

AUTH = "tests/api/test_auth.py"
CLOCK = "tests/api/test_clock.py"
RACES = "tests/api/test_races.py"
REFRESH = "tests/api/test_refresh.py"
TOKEN_HEADERS = "tests/api/test_token_headers.py"
TOKENS = "tests/api/test_access_tokens.py"

CONTROLS = [
    Control(
        "one sub-key per purpose",
        "app/core/security.py",
        "info=purpose.encode()",
        'info=b""',
        TOKENS,
    ),
    Control(
        "rotation is one conditional update",
        "app/repositories/session.py",
        "                RefreshToken.rotated_at.is_(None),\n",
        "",
        RACES,
    ),
    Control(
        "only hashes of refresh tokens are stored",
        "app/core/security.py",
        "return hashlib.sha256(token.encode()).hexdigest()",
        "return token",
        REFRESH,
    ),
    Control(
        "a lost race is no alarm",
        "app/domain/refresh.py",
        "return Decision.REFUSE if in_leeway else Decision.BREACH",
        "return Decision.BREACH",
        REFRESH,
    ),
    Control(
        "an ended session has no leeway",
        "app/domain/refresh.py",
        "if token.session_revoked_at is not None or",
        "if",
        "tests/domain/test_refresh.py",
    ),
    Control(
        "the algorithm is fixed",
        "app/core/security.py",
        'self._keys[header["kid"]], [_ALGORITHM])',
        'self._keys[header["kid"]], ["HS256", "HS384", "none"])',
        TOKENS,
    ),
    Control(
        "the type of a token is checked",
        "app/core/security.py",
        'if header.get("typ") != self._typ:',
        "if False:",
        TOKENS,
    ),
    Control(
        "claims are typed strictly",
        "app/core/security.py",
        "ConfigDict(strict=True, frozen=True)",
        "ConfigDict(frozen=True)",
        f"{TOKENS}::test_times_are_whole_numbers",
    ),
    Control(
        "issuer and audience are checked",
        "app/core/security.py",
        "if claims.iss != self._issuer or claims.aud != self._issuer:",
        "if False:",
        TOKENS,
    ),
    Control(
        "tokens from the future are refused",
        "app/core/security.py",
        "if claims.iat > latest_issue or claims.exp > latest_expiry:",
        "if False:",
        TOKENS,
    ),
    Control(
        "tokens expire",
        "app/core/security.py",
        "if claims.exp <= now.timestamp():",
        "if False:",
        AUTH,
    ),
    Control(
        "no key is taken from a token",
        "app/core/security.py",
        'self._keys[header["kid"]]',
        'OctKey.import_key(header["jwk"]) if "jwk" in header else self._keys[header["kid"]]',
        TOKEN_HEADERS,
    ),
    Control(
        "an unknown key id is refused",
        "app/core/security.py",
        'self._keys[header["kid"]]',
        'self._keys.get(header["kid"], next(iter(self._keys.values())))',
        TOKEN_HEADERS,
    ),
    Control(
        "the length of a token is bounded",
        "app/core/security.py",
        "if len(token) > _MAX_TOKEN_LENGTH:",
        "if False:",
        TOKEN_HEADERS,
    ),
    Control(
        "the id of a token is random",
        "app/core/security.py",
        "jti=secrets.token_urlsafe(32)",
        "jti=str(issued_at)",
        TOKEN_HEADERS,
    ),
    Control(
        "refresh tokens are random",
        "app/core/security.py",
        "    return secrets.token_urlsafe(32)",
        "    return secrets.token_urlsafe(2)",
        TOKEN_HEADERS,
    ),
    Control(
        "previous keys still verify",
        "app/core/security.py",
        "            for secret in secret_keys\n",
        "            for secret in secret_keys[:1]\n",
        "tests/api/test_key_rotation.py",
    ),
    Control(
        "clocks may differ by half a minute, no more",
        "app/core/security.py",
        "CLOCK_SKEW = timedelta(seconds=30)",
        "CLOCK_SKEW = timedelta(hours=1)",
        CLOCK,
    ),
    Control(
        "times are in UTC",
        "app/core/clock.py",
        "datetime.now(UTC)",
        "datetime.now().replace(tzinfo=UTC)",
        CLOCK,
    ),
    Control(
        "a refused token is answered with a challenge",
        "app/api/errors.py",
        'headers["WWW-Authenticate"] = _challenge(request, error)',
        "pass",
        TOKENS,
    ),
    Control(
        "the challenge says that a token is wrong",
        "app/api/errors.py",
        'if isinstance(error, InvalidTokenError) and "authorization" in request.headers:',
        "if False:",
        TOKEN_HEADERS,
    ),
]
