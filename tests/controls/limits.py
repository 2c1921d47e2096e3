"""Rate limits and throttled sign-ins."""

from controls.base import Control

ACCESS = "tests/api/test_access.py"
CREDENTIALS = "tests/api/test_credential_limits.py"
LIMITER = "tests/core/test_rate_limit.py"
LIMITS = "tests/api/test_rate_limits.py"

CONTROLS = [
    Control(
        "a forgotten limit stops the start",
        "app/api/access.py",
        "if not reads_only and not any(call in _BOUNDS for call in calls):",
        "if False:",
        f"{ACCESS}::test_unlimited_route_stops_the_start",
    ),
    Control(
        "every route is limited",
        "app/core/middleware/pipeline.py",
        "        Middleware(RateLimitMiddleware),\n",
        "",
        LIMITS,
    ),
    Control(
        "health checks are not limited",
        "app/core/middleware/rate_limit.py",
        ' and not scope["path"].startswith(HEALTH_CHECKS)',
        "",
        LIMITS,
    ),
    Control(
        "each route that takes a credential has its own limit",
        "app/api/limits.py",
        'request.scope["route"].path',
        '"credentials"',
        CREDENTIALS,
    ),
    Control(
        "password changes are limited",
        "app/api/v1/endpoints/user.py",
        "dependencies=[CREDENTIALS, *own]",
        "dependencies=own",
        CREDENTIALS,
    ),
    Control(
        "sign-ins of all clients together are limited",
        "app/api/v1/endpoints/auth.py",
        "[CREDENTIALS, SIGN_INS]",
        "[CREDENTIALS]",
        CREDENTIALS,
    ),
    Control(
        "hits are atomic",
        "app/core/rate_limit.py",
        "            return False\n",
        '            return False\n        await __import__("asyncio").sleep(0)\n',
        f"{LIMITER} {LIMITS}",
    ),
    Control(
        "no header names the client",
        "app/core/rate_limit.py",
        '(scope.get("client") or ("",))[0]',
        """dict(scope["headers"])
            .get(b"x-forwarded-for", b"127.0.0.1")
            .decode()
            .partition(",")[0]""",
        "tests/test_proxies.py",
    ),
    Control(
        "an IPv6 network is one client",
        "app/core/rate_limit.py",
        "int(address) >> 64 << 64",
        "int(address)",
        f"{LIMITER} {LIMITS}",
    ),
    Control(
        "an IPv4 address is one client over IPv6 too",
        "app/core/rate_limit.py",
        "if address.ipv4_mapped is not None:",
        "if False:",
        LIMITER,
    ),
    Control(
        "unknown clients share no limit",
        "app/core/rate_limit.py",
        "    except ValueError:\n        return None\n",
        '    except ValueError:\n        return "unknown"\n',
        f"{LIMITER} {LIMITS}",
    ),
    Control(
        "windows that are over are forgotten",
        "app/core/rate_limit.py",
        " or not ends or ends[-1] <= now",
        "",
        LIMITER,
    ),
    Control(
        "the number of windows is bounded",
        "app/core/rate_limit.py",
        "len(self._windows) >= MAX_WINDOWS or ",
        "",
        LIMITER,
    ),
    Control(
        "windows in use are kept",
        "app/core/rate_limit.py",
        "        self._windows.move_to_end(key)\n",
        "",
        LIMITER,
    ),
    Control(
        "refusals do not fill the log",
        "app/core/rate_limit.py",
        'if await self._windows.hit(_LOGGED, "log", name, client):',
        "if True:",
        LIMITS,
    ),
    Control(
        "a refused client is told to wait",
        "app/core/rate_limit.py",
        "max(1, wait)",
        "wait",
        LIMITER,
    ),
    Control(
        "a refusal names the limit",
        "app/core/rate_limit.py",
        "raise RateLimitError(retry_after, headers)",
        "raise RateLimitError(retry_after)",
        LIMITS,
    ),
    Control(
        "scripts of other origins may read the limits",
        "app/core/middleware/cors.py",
        '                "RateLimit",\n',
        "",
        LIMITS,
    ),
    Control(
        "limits can be switched off",
        "app/core/rate_limit.py",
        "if client is None or not self._enabled:",
        "if client is None:",
        LIMITS,
    ),
    Control(
        "odd rates are refused",
        "app/core/setting_types.py",
        "if _RATE.fullmatch(value) is None:",
        "if False:",
        "tests/core/test_config.py",
    ),
    Control(
        "guesses at an account are counted",
        "app/services/password_sign_in.py",
        "        await self.throttle.begin(name)\n",
        "",
        "tests/api/test_throttle.py",
    ),
    Control(
        "guesses at the current password are counted",
        "app/services/password.py",
        "        await self.throttle.begin(user.email_canonical)\n",
        "",
        "tests/api/test_throttle.py::test_guesses_at_the_current_password_count_too",
    ),
    Control(
        "a wait that was not kept is refused",
        "app/services/throttle.py",
        "        if wait > 0:\n",
        "        if False:\n",
        "tests/api/test_throttle.py",
    ),
    Control(
        "a sign-in starts the count again",
        "app/services/password_sign_in.py",
        "        await self.throttle.forget(name)\n",
        "",
        "tests/api/test_throttle.py",
    ),
    Control(
        "a new password by mail starts the count again",
        "app/services/password.py",
        "        await self.throttle.forget(user.email_canonical)\n"
        "        await self.sessions.end_all(user.id, utc_now())\n"
        "        self.record(PasswordReset",
        "        await self.sessions.end_all(user.id, utc_now())\n"
        "        self.record(PasswordReset",
        "tests/api/test_recovery.py::test_new_password_by_mail_ends_the_wait_after_failures",
    ),
    Control(
        "every spelling of an address is one name",
        "app/domain/email.py",
        "        return canonical_email(text)\n    except ValueError:",
        "        return text\n    except ValueError:",
        "tests/api/test_throttle.py",
    ),
    Control(
        "waits double",
        "app/domain/throttle.py",
        "FIRST_WAIT * 2**doublings",
        "FIRST_WAIT",
        "tests/api/test_throttle.py",
    ),
    Control(
        "of a name only the hash is stored",
        "app/services/throttle.py",
        "name_hash, now = hash_token(name), utc_now()",
        "name_hash, now = name[:64], utc_now()",
        "tests/api/test_throttle.py",
    ),
]
