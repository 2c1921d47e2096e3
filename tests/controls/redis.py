"""What is kept in Redis, and what happens without it."""

from controls.base import Control

CACHE = "tests/redis/test_cache.py"
CONTENTS = "tests/redis/test_contents.py"
FRESHNESS = "tests/redis/test_freshness.py"
OUTAGE = "tests/redis/test_outage.py"
LIMITS = "tests/redis/test_limits.py"
STORE = "app/core/cache/store.py"

CONTROLS = [
    Control(
        "an entry is sealed for its tokens",
        "app/core/cache/seal.py",
        '*(token.decode("latin-1") for token in tokens)',
        "",
        f"{CACHE} {FRESHNESS}",
    ),
    Control(
        "an entry is sealed for its key",
        "app/core/cache/seal.py",
        "[key, *(",
        "[*(",
        f"{CONTENTS}::test_an_entry_counts_nowhere_else",
    ),
    Control(
        "an entry is sealed",
        "app/core/cache/seal.py",
        "if hmac.compare_digest(mac, _mac(secret, key, tokens, end, value)):",
        "if secret:",
        CONTENTS,
    ),
    Control(
        "every argument is in the key",
        "app/core/cache/decorator.py",
        "{_plain(name, given)}",
        "{list(given)[:1]}",
        CACHE,
    ),
    Control(
        "the shape is in the key",
        "app/core/cache/decorator.py",
        "{name}:{version}:",
        "{name}:",
        CACHE,
    ),
    Control(
        "a herd makes one, in many processes",
        STORE,
        "taken = await self.link.call(take)",
        "taken = True",
        CACHE,
    ),
    Control(
        "what is too large is not kept",
        STORE,
        "if len(value) <= MAX_BYTES:",
        "if value:",
        CACHE,
    ),
    Control(
        "what happens to a user is told to the cache",
        "app/services/invalidation.py",
        '        yield f"user:{event.user_id}"\n',
        "",
        FRESHNESS,
    ),
    Control(
        "what happens to a user is told to pages",
        "app/services/invalidation.py",
        '        yield "users"\n',
        "",
        FRESHNESS,
    ),
    Control(
        "an ended session is denied",
        "app/services/invalidation.py",
        "denied=ended, ",
        "",
        CONTENTS,
    ),
    Control(
        "who writes sees the database",
        "app/api/redis.py",
        '_READING = {"GET", "HEAD"}',
        '_READING = {"GET", "HEAD", "PATCH"}',
        FRESHNESS,
    ),
    Control(
        "the hash of the password is not kept",
        "app/repositories/cached_user.py",
        'without=["password_hash"]',
        "without=[]",
        CONTENTS,
    ),
    Control(
        "a commit in doubt is told",
        "app/core/database.py",
        "                self._tell(self._events)\n",
        "                pass\n",
        "tests/core/test_events.py",
    ),
    Control(
        "what could not be made void is not used",
        STORE,
        "            self.link.owe()\n",
        "",
        f"{OUTAGE}::test_what_cannot_be_made_void_is_not_used",
    ),
    Control(
        "the breaker opens",
        "app/core/cache/link.py",
        "        self.is_up = False\n        self._answered = 0\n",
        "        self._answered = 0\n",
        f"{OUTAGE}::test_hanging_it_costs_a_moment_once",
    ),
    Control(
        "windows are shared",
        "app/api/redis.py",
        "            rate_limit_storage=SharedWindows(\n"
        "                cache.backend.client, cache.link, prefix=SLUG\n"
        "            ),\n",
        "",
        LIMITS,
    ),
    Control(
        "without Redis a process counts",
        "app/core/cache/windows.py",
        "            return await super().acquire_entry(key, limit, expiry, amount)",
        "            return True",
        LIMITS,
    ),
    Control(
        "what is missing degrades",
        "app/api/redis.py",
        '            aids={"redis": cache.link.check},\n',
        "",
        OUTAGE,
    ),
    Control(
        "a personal answer is not kept",
        "app/api/caching.py",
        "if personal or varies",
        "if varies",
        "tests/api/test_caching.py",
    ),
    Control(
        "an answer for one header is not kept",
        "app/api/caching.py",
        "if personal or varies",
        "if personal",
        "tests/api/test_caching.py",
    ),
    Control(
        "the query is in the key",
        "app/api/caching.py",
        "?{urlencode(sorted(query))}",
        "",
        "tests/redis/test_answers.py",
    ),
    Control(
        "a call to Redis ends in time",
        "app/core/cache/link.py",
        "            async with asyncio.timeout(SECONDS):\n                return await work()",
        "            async with asyncio.timeout(3 * SECONDS):\n                return await work()",
        f"{OUTAGE}::test_hanging_it_costs_a_moment_once",
    ),
    Control(
        "a herd in a process waits for one of it",
        STORE,
        "return await self._flights.run((key, *tokens), only_here)",
        "return await only_here()",
        CACHE,
    ),
    Control(
        "production has a Redis",
        "app/core/cache/settings.py",
        "if strict and self.redis_url is None:",
        "if False:",
        "tests/core/test_redis_settings.py",
    ),
]
