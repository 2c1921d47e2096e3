"""Passwords, signing in, accounts."""

from controls.base import Control

AUTH = "tests/api/test_auth.py"
RACES = "tests/api/test_races.py"
REPOSITORY = "tests/repositories/test_user.py"
REFRESH = "tests/api/test_refresh.py"
USERS = "tests/api/test_users.py"

CONTROLS = [
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
        "wildcards of a search are escaped",
        "app/repositories/user.py",
        "User.email.icontains(text, autoescape=True)",
        "User.email.icontains(text)",
        USERS,
    ),
    Control(
        "a sign-in does not outlive a change of its password",
        "app/services/auth.py",
        "if not await self.users.hold_password(user, stored):",
        "if False:",
        RACES,
    ),
    Control(
        "a password is replaced only if nobody else did",
        "app/repositories/user.py",
        ", User.password_hash == old_hash)",
        ")",
        REPOSITORY,
    ),
]
