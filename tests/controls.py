"""Protections of the service, and how to switch each one off.

A test that stays green without the protection it is for proves nothing.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Control:
    """A protection: with `old` in `path` replaced by `new`, one of `tests` must fail."""

    name: str
    path: str
    old: str
    new: str
    tests: str


AUTH = "tests/api/test_auth.py"
ERRORS = "tests/api/test_errors.py"
HEADERS = "tests/api/test_headers.py"
INPUT = "tests/api/test_input.py"
RACES = "tests/api/test_races.py"
REPOSITORY = "tests/repositories/test_user.py"
REFRESH = "tests/api/test_refresh.py"
TOKENS = "tests/api/test_access_tokens.py"
TRANSACTIONS = "tests/api/test_transactions.py"
USERS = "tests/api/test_users.py"

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
        "a replay ends the session",
        "app/services/auth.py",
        "await self.sessions.end(session.id, now)\n            self",
        "self",
        REFRESH,
    ),
    Control(
        "a replay's revocation is committed",
        "app/services/auth.py",
        "            await self.session.commit()\n            raise",
        "            raise",
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
        "a session has an absolute end",
        "app/services/auth.py",
        "expires_at=now + self.lifetimes.session)",
        "expires_at=now + self.lifetimes.session * 2)",
        REFRESH,
    ),
    Control(
        "the session of an access token is checked",
        "app/repositories/user.py",
        "                UserSession.revoked_at.is_(None),\n",
        "",
        AUTH,
    ),
    Control(
        "disabled users are out",
        "app/repositories/user.py",
        "                User.is_active,\n",
        "",
        USERS,
    ),
    Control(
        "an address is one account in any spelling",
        "app/services/user.py",
        "email_canonical=canonical_email(email)",
        "email_canonical=email",
        USERS,
    ),
    Control(
        "the unique index decides, and its error is translated",
        "app/repositories/user.py",
        "except IntegrityError:\n            raise EmailTakenError from None",
        "except IntegrityError:\n            raise",
        RACES,
    ),
    Control(
        "common passwords are refused",
        "app/domain/password.py",
        "or password.casefold() in _common_passwords()",
        "",
        AUTH,
    ),
    Control(
        "hashing is bounded to the cores",
        "app/core/passwords.py",
        "CapacityLimiter(os.cpu_count() or 1)",
        "CapacityLimiter(40)",
        "tests/core/test_passwords.py",
    ),
    Control(
        "the event loop does not hash",
        "app/core/passwords.py",
        """return await to_thread.run_sync(
            self._hasher.hash, password, limiter=self._limiter
        )""",
        "return self._hasher.hash(password)",
        "tests/core/test_passwords.py",
    ),
    Control(
        "an unknown user costs a verification",
        "app/core/passwords.py",
        "stored or self._nobody",
        'stored or ""',
        "tests/core/test_passwords.py",
    ),
    Control(
        "the commit comes before the answer",
        "app/api/dependencies.py",
        'Depends(get_session, scope="function")',
        "Depends(get_session)",
        TRANSACTIONS,
    ),
    Control(
        "no connection is held while a password is hashed",
        "app/core/database.py",
        '''        """
        await self.commit()''',
        '''        """''',
        TRANSACTIONS,
    ),
    Control(
        "events of a rollback are forgotten",
        "app/core/database.py",
        "        self._events.clear()\n",
        "",
        "tests/core/test_events.py",
    ),
    Control(
        "SQLite transactions begin at their first write",
        "app/core/sqlite.py",
        """        return
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        cursor.execute("BEGIN IMMEDIATE")
""",
        """        pass
    driver = connection.connection.driver_connection
    if driver is not None and not driver.in_transaction:
        cursor.execute("BEGIN")
""",
        "tests/core/test_sqlite.py",
    ),
    Control(
        "SQLite migrations keep the rows that refer to a table",
        "app/core/sqlite.py",
        "    migrating=_without_foreign_keys,\n",
        "",
        "tests/test_migrations.py",
    ),
    Control(
        "SQLite's settings are made on each connection",
        "app/core/sqlite.py",
        '    event.listen(engine.sync_engine, "connect", _set_pragmas)\n',
        "",
        "tests/core/test_sqlite.py",
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
    Control(
        "undeclared routes stop the start",
        "app/application.py",
        "        check_access(app)\n",
        "",
        "tests/api/test_access.py",
    ),
    Control(
        "a permission is required",
        "app/api/access.py",
        "if self.permission not in user.permissions:",
        "if False:",
        "tests/api/test_access.py",
    ),
    Control(
        "unknown members are refused",
        "app/schemas/base.py",
        'extra="forbid"',
        'extra="ignore"',
        "tests/api/test_mass_assignment.py",
    ),
    Control(
        "pages are bounded",
        "app/schemas/pagination.py",
        "Query(ge=1, le=100)",
        "Query(ge=1)",
        USERS,
    ),
    Control(
        "wildcards of a search are escaped",
        "app/repositories/user.py",
        "User.email.icontains(text, autoescape=True)",
        "User.email.icontains(text)",
        USERS,
    ),
    Control(
        "passwords hold no unpaired surrogates",
        "app/schemas/base.py",
        "    AfterValidator(_check_secret_text),\n",
        "",
        INPUT,
    ),
    Control(
        "NUL is refused",
        "app/schemas/base.py",
        'NO_NUL = r"^[^\\x00]*$"',
        'NO_NUL = r"^"',
        f"{INPUT} {USERS}",
    ),
    Control(
        "nothing leaves the application as an exception",
        "app/core/middleware/error_boundary.py",
        "            if started:\n                raise\n",
        "            raise\n",
        ERRORS,
    ),
    Control(
        "validation errors do not quote the input",
        "app/api/errors.py",
        'return {"type": code, "loc": location,',
        'return {"input": item["input"], "type": code, "loc": location,',
        ERRORS,
    ),
    Control(
        "405 names every method",
        "app/api/errors.py",
        '        headers["Allow"] = ", ".join(sorted(_allowed_methods(request)))\n',
        "        pass\n",
        ERRORS,
    ),
    Control(
        "bodies are bounded when their size is declared",
        "app/core/middleware/body_limit.py",
        "        self._check(int(declared[:20]))\n",
        "",
        ERRORS,
    ),
    Control(
        "bodies are bounded when their size is not declared",
        "app/core/middleware/body_limit.py",
        "            self._check(received)\n",
        "",
        ERRORS,
    ),
    Control(
        "foreign hosts are refused",
        "app/core/middleware/host.py",
        "if len(hosts) != 1 or not self._is_allowed(_host_name(hosts[0])):",
        "if False:",
        HEADERS,
    ),
    Control(
        "production wants HTTPS",
        "app/core/middleware/pipeline.py",
        "https_only=strict",
        "https_only=False",
        HEADERS,
    ),
    Control(
        "security headers are on every answer",
        "app/core/middleware/request_context.py",
        "                for name, value in self.headers.items():\n"
        "                    headers.setdefault(name, value)\n",
        "",
        HEADERS,
    ),
    Control(
        "a caller's request id is kept only when it is harmless",
        "app/core/middleware/request_context.py",
        "offered if _REQUEST_ID.fullmatch(offered) else uuid4().hex",
        "offered or uuid4().hex",
        HEADERS,
    ),
    Control(
        "documentation is off outside of development",
        "app/application.py",
        'openapi_url = "/openapi.json" if settings.is_development else None',
        'openapi_url = "/openapi.json"',
        HEADERS,
    ),
    Control(
        "the environment is production when unset",
        "app/core/config.py",
        "environment: Environment = Environment.PRODUCTION",
        "environment: Environment = Environment.DEVELOPMENT",
        "tests/core/test_config.py",
    ),
    Control(
        "unsafe settings stop the start",
        "app/core/config.py",
        "        refuse(unsafe_settings(settings))\n",
        "        pass\n",
        "tests/core/test_config.py",
    ),
    Control(
        "a sign-in does not outlive a change of its password",
        "app/services/auth.py",
        "if not await self.users.hold_password(user, stored):",
        "if False:",
        RACES,
    ),
    Control(
        "times come back aware",
        "app/models/base.py",
        "return value.replace(tzinfo=UTC) if value.tzinfo is None else value",
        "return value",
        REPOSITORY,
    ),
    Control(
        "a change of a deleted row is a conflict",
        "app/repositories/base.py",
        "except StaleDataError:",
        "except ZeroDivisionError:",
        REPOSITORY,
    ),
    Control(
        "a password is replaced only if nobody else did",
        "app/repositories/user.py",
        ", User.password_hash == old_hash)",
        ")",
        REPOSITORY,
    ),
]
