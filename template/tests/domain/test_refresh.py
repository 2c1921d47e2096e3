from datetime import UTC, datetime, timedelta

import pytest

from app.domain.refresh import Decision, TokenState, decide

NOW = datetime(2026, 6, 1, tzinfo=UTC)
LEEWAY = timedelta(seconds=10)
DAY = timedelta(days=1)


def state(**changes: datetime | None) -> TokenState:
    values: dict[str, datetime | None] = {
        "expires_at": NOW + DAY,
        "rotated_at": None,
        "session_expires_at": NOW + DAY,
        "session_revoked_at": None,
    }
    return TokenState(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("token", "decision"),
    [
        (state(), Decision.ROTATE),
        (state(expires_at=NOW), Decision.REFUSE),
        (state(session_expires_at=NOW), Decision.REFUSE),
        (state(session_revoked_at=NOW - DAY), Decision.REFUSE),
        (state(rotated_at=NOW), Decision.REFUSE),
        (state(rotated_at=NOW - LEEWAY), Decision.REFUSE),
        (state(rotated_at=NOW - LEEWAY * 1.1), Decision.BREACH),
        # Expired meanwhile, but used before: still somebody's copy.
        (state(rotated_at=NOW - DAY, expires_at=NOW), Decision.BREACH),
        # A breach was answered already; nothing revives the session, or raises it again.
        (state(rotated_at=NOW, session_revoked_at=NOW), Decision.REFUSE),
        (state(rotated_at=NOW - DAY, session_revoked_at=NOW), Decision.REFUSE),
    ],
)
def test_decision(token: TokenState, decision: Decision) -> None:
    assert decide(token, now=NOW, leeway=LEEWAY) is decision


def test_leeway_can_be_nothing() -> None:
    token = state(rotated_at=NOW - timedelta(microseconds=1))
    assert decide(token, now=NOW, leeway=timedelta()) is Decision.BREACH
