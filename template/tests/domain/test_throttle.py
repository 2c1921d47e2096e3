from datetime import UTC, datetime, timedelta

from app.domain.throttle import Throttle, count_attempt

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FRESH = Throttle(failures=0, blocked_until=None, expires_at=NOW)


def after(attempts: int) -> Throttle:
    throttle = FRESH
    for _ in range(attempts):
        throttle = count_attempt(throttle, NOW)
    return throttle


def test_nine_failures_cost_nothing() -> None:
    assert after(9).remaining(NOW) == timedelta(0)


def test_from_the_tenth_on_the_wait_doubles_up_to_an_hour() -> None:
    waits = [after(attempts).remaining(NOW) for attempts in range(10, 18)]
    assert [wait.total_seconds() / 60 for wait in waits] == [
        1, 2, 4, 8, 16, 32, 60, 60,
    ]  # fmt: skip
    assert after(10_000).remaining(NOW) == timedelta(hours=1)


def test_all_is_forgotten_an_hour_after_the_last_wait() -> None:
    throttle = after(10)
    assert throttle.expires_at == NOW + timedelta(hours=1, minutes=1)
    assert count_attempt(throttle, throttle.expires_at).failures == 1
    just_before = throttle.expires_at - timedelta(seconds=1)
    assert count_attempt(throttle, just_before).failures == 11
