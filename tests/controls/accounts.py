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
        "expires_at=now + self.lifetimes.session,",
        "expires_at=now + self.lifetimes.session * 2,",
        REFRESH,
    ),
    Control(
        "the session of an access token is checked",
        "app/repositories/user.py",
        "    _sessions.revoked_at.is_(None),\n",
        "",
        AUTH,
    ),
    Control(
        "a session that is too old is over",
        "app/services/auth.py",
        " or found.session_expires_at <= utc_now()",
        "",
        "tests/api/test_clock.py",
    ),
    Control(
        "disabled users are out",
        "app/repositories/user.py",
        "    _users.is_active,\n",
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
        f"{RACES}::test_of_many_registrations_of_one_address_one_makes_an_account",
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
        "cores = os.cpu_count() or 1",
        "cores = 40",
        "tests/core/test_passwords.py",
    ),
    Control(
        "the event loop does not hash",
        "app/core/passwords.py",
        "return await to_thread.run_sync(work, *arguments, limiter=self._threads)",
        "return work(*arguments)",
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
        "an unknown user costs as much as a known one",
        "app/core/passwords.py",
        '.replace("m=8,t=1", cost)',
        "",
        "tests/core/test_passwords.py",
    ),
    Control(
        "wildcards of a search are escaped",
        "app/repositories/user.py",
        "User.email.icontains(text, autoescape=True)",
        "User.email.icontains(text)",
        "tests/api/test_pagination.py",
    ),
    Control(
        "a sign-in does not outlive a change of its password",
        "app/services/password_sign_in.py",
        "if await self._hold_password(user, stored, update):",
        "if True:",
        f"{RACES}::test_sign_in_with_the_old_password_does_not_outlive_its_change",
    ),
    Control(
        "a password is replaced only if nobody else did",
        "app/repositories/user.py",
        " User.password_hash == old_hash,",
        "",
        REPOSITORY,
    ),
    Control(
        "hashes of another cost or scheme are replaced",
        "app/services/password_sign_in.py",
        "return await self.users.replace_password(user, old_hash=stored, new_hash=update)",
        "return await self.users.hold_password(user, stored)",
        "tests/api/test_password_upgrade.py",
    ),
    Control(
        "nobody waits for ever for a core",
        "app/core/passwords.py",
        "move_on_after(self._patience)",
        "move_on_after(60)",
        "tests/core/test_passwords.py",
    ),
    Control(
        "passwords close to the account are refused",
        "app/services/password.py",
        "words=[email, local_part, NAME, SLUG]",
        "words=[]",
        "tests/api/test_recovery.py::test_password_close_to_the_address_is_refused_and_the_link_lives",
    ),
    Control(
        "the last administrator stays",
        "app/services/user.py",
        "if is_administrator and not await self.users.has_administrator_beside(\n"
        "            leaving.id\n        ):",
        "if False:",
        "tests/api/test_administrators.py",
    ),
    Control(
        "administrators leave one after the other",
        "app/services/user.py",
        # On SQLite the hold of one user keeps out everybody else too.
        """        await self.users.hold_administrators()
        await self.users.hold(leaving.id)
""",
        "",
        "tests/api/test_administrators.py",
    ),
    Control(
        "nobody grants or manages more than they may do",
        "app/services/user.py",
        "if actor is not None and not permissions <= actor.permissions:",
        "if False:",
        "tests/api/test_administrators.py",
    ),
    Control(
        "who is disabled or loses a role is signed out",
        "app/services/user.py",
        "        if disabled or before - after:\n",
        "        if False:\n",
        "tests/api/test_sessions.py",
    ),
    Control(
        "an administrator can sign somebody out",
        "app/services/user.py",
        "        await self.sessions.end_all(user.id, utc_now())\n"
        "        self.record(SessionsEnded",
        "        self.record(SessionsEnded",
        "tests/api/test_sessions.py",
    ),
    Control(
        "one ends only sessions of one's own",
        "app/repositories/session.py",
        "            statement = statement.where(UserSession.user_id == user_id)\n",
        "            pass\n",
        "tests/api/test_sessions.py",
    ),
    Control(
        "failed sign-ins are in the audit log",
        "app/services/password_sign_in.py",
        "        await self.session.commit()\n        raise WrongCredentialsError",
        "        raise WrongCredentialsError",
        "tests/api/test_audit.py",
    ),
    Control(
        "where verification is required, one signs in only after it",
        "app/services/password_sign_in.py",
        " and (user.email_verified or not self.verified_only)",
        "",
        "tests/api/test_verification.py",
    ),
    Control(
        "expired tokens are purged",
        "app/repositories/session.py",
        "RefreshToken.expires_at <= now, limit)",
        "RefreshToken.id.is_(None), limit)",
        "tests/test_purge.py",
    ),
    Control(
        "ended sessions are purged",
        "app/repositories/session.py",
        "            UserSession.revoked_at.is_not(None),\n",
        "",
        "tests/test_purge.py",
    ),
    Control(
        "sessions that nobody can refresh are purged",
        "app/repositories/session.py",
        "            ~tokens.exists(),\n",
        "",
        "tests/test_purge.py",
    ),
    Control(
        "the running service purges",
        "app/application.py",
        "        await stack.enter_async_context(periodically(purge, every=_PURGE_INTERVAL))\n",
        "",
        "tests/test_purge.py::test_the_running_service_purges",
    ),
    Control(
        "a sign-in does not outlive the disabling of its user",
        "app/repositories/user.py",
        ", User.is_active.is_(True))",
        ")",
        f"{RACES}::test_sign_in_does_not_outlive_the_disabling_of_its_user",
    ),
    Control(
        "sign-ins that meet an old hash both succeed",
        "app/services/password_sign_in.py",
        "for _ in range(_CHECKS):",
        "for _ in range(1):",
        f"{RACES}::test_two_sign_ins_with_an_old_hash_both_succeed",
    ),
    Control(
        "a user is deleted once",
        "app/repositories/user.py",
        "            raise NotFoundError from None\n",
        "            raise\n",
        f"{RACES}::test_of_many_deletions_of_one_user_one_succeeds",
    ),
    Control(
        "a row is deleted once",
        "app/repositories/base.py",
        "        if deleted is None:\n            raise NotFoundError\n",
        "",
        "tests/repositories/test_user.py",
    ),
]
