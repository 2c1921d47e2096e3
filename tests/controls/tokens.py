"""Access tokens, refresh tokens and sessions."""

from controls.base import Control

AUTH = "tests/api/test_auth.py"
RACES = "tests/api/test_races.py"
REFRESH = "tests/api/test_refresh.py"
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
        'if header.get("typ") != _ACCESS_TYPE:',
        "if False:",
        TOKENS,
    ),
    Control(
        "claims are typed strictly",
        "app/core/security.py",
        "ConfigDict(strict=True, frozen=True)",
        "ConfigDict(frozen=True)",
        TOKENS,
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
]
