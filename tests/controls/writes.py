"""Writes that are sent again, or to what has changed meanwhile."""

from controls.base import Control

CORS = "tests/api/test_cors.py"
ETAG = "tests/api/test_etag.py"
KEYS = "tests/api/test_idempotency.py"
RACES = "tests/api/test_idempotency_races.py"

CONTROLS = [
    Control(
        "an answer is given again",
        "app/api/idempotency.py",
        "    if answer is not None:\n        raise _AnsweredError(answer)\n    request",
        "    request",
        KEYS,
    ),
    Control(
        "a key belongs to one request",
        "app/services/idempotency.py",
        "            raise IdempotencyKeyReusedError",
        "            pass",
        KEYS,
    ),
    Control(
        "a request is its query too",
        "app/api/idempotency.py",
        'request.scope["query_string"] + b"\\n" + await request.body()',
        "await request.body()",
        KEYS,
    ),
    Control(
        "a key belongs to one user",
        "app/domain/idempotency.py",
        "{self.user_id}\\n{self.method}",
        "{self.method}",
        KEYS,
    ),
    Control(
        "a key belongs to one route",
        "app/domain/idempotency.py",
        "\\n{self.path}\\n",
        "\\n",
        KEYS,
    ),
    Control(
        "what met a conflict is undone, its events too",
        "app/services/idempotency.py",
        "        await self.session.rollback()\n        return await self.find(request)",
        "        return await self.find(request)",
        RACES,
    ),
    Control(
        "the winner's answer is everybody's",
        "app/api/idempotency.py",
        "                if answer is None:\n                    raise",
        "                raise",
        RACES,
    ),
    Control(
        "a duplicate key is a conflict",
        "app/repositories/idempotency.py",
        "            raise ConflictError(message) from None",
        "            raise",
        RACES,
    ),
    Control(
        "a key is kept in the transaction of its write",
        "app/services/idempotency.py",
        "        await self.keys.replace(row, now)",
        "        await self.session.commit()\n        await self.keys.replace(row, now)",
        RACES,
    ),
    Control(
        "an expired key is free",
        "app/repositories/idempotency.py",
        "IdempotencyKey.expires_at > now",
        "IdempotencyKey.id.is_not(None)",
        KEYS,
    ),
    Control(
        "an expired key that is still there makes room",
        "app/repositories/idempotency.py",
        "                IdempotencyKey.expires_at <= now,\n",
        "                IdempotencyKey.expires_at < IdempotencyKey.expires_at,\n",
        KEYS,
    ),
    Control(
        "expired keys are purged",
        "app/services/purge.py",
        "            keys.purge_expired,\n",
        "",
        "tests/test_purge.py",
    ),
    Control(
        "permissions come before an answer is given again",
        "app/api/idempotency.py",
        "[*(dependencies or ()), Depends(_begin)]",
        "[Depends(_begin), *(dependencies or ())]",
        KEYS,
    ),
    Control(
        "fingerprints are keyed",
        "app/core/security.py",
        'return hmac.digest(key, content, "sha256").hex()',
        "return hashlib.sha256(content).hexdigest()",
        RACES,
    ),
    Control(
        "former secret keys still match",
        "app/core/security.py",
        "[derive_key(secret, purpose) for secret in secret_keys]",
        "[derive_key(secret, purpose) for secret in secret_keys[:1]]",
        RACES,
    ),
    Control(
        "the body of a form is fingerprinted",
        "app/api/idempotency.py",
        "            await _read_body(request)\n",
        "",
        RACES,
    ),
    Control(
        "keys are bounded",
        "app/api/idempotency.py",
        ', max_length=255, pattern="^[!-~]+$"',
        "",
        KEYS,
    ),
    Control(
        "a write makes another version",
        "app/models/base.py",
        'return {"version_id_col": cls.version}',
        'return {"version_id_col": cls.version, "version_id_generator": lambda _: 1}',
        ETAG,
    ),
    Control(
        "a new password makes another version",
        "app/repositories/user.py",
        "version=User.version + 1, ",
        "",
        ETAG,
    ),
    Control(
        "a change is made to what was seen",
        "app/services/user.py",
        "        check_version(user, if_match)\n        had_roles",
        "        had_roles",
        ETAG,
    ),
    Control(
        "what was seen is deleted",
        "app/services/user.py",
        "        check_version(user, if_match)\n        await self.users.delete",
        "        await self.users.delete",
        ETAG,
    ),
    Control(
        "who is to be deleted does not change meanwhile",
        "app/services/user.py",
        "        await self.users.hold(leaving.id)\n",
        "",
        ETAG,
    ),
    Control(
        "weak tags match nothing",
        "app/api/etag.py",
        " if not weak",
        "",
        ETAG,
    ),
    Control(
        "scripts of other origins may read the tag",
        "app/core/middleware/cors.py",
        '                "ETag",\n',
        "",
        CORS,
    ),
]
