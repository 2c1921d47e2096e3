"""Each protection is switched off in a copy of the service, and its test must fail."""

from pathlib import Path

import pytest

from tests.faults.controls import Control, assert_noticed

CONTROLS = [
    Control(
        "the commit comes before the answer",
        "app/api/dependencies.py",
        'Depends(get_session, scope="function")',
        "Depends(get_session)",
        "faults/test_workers.py::test_killed_workers_lose_nothing_that_was_acknowledged[3-0.03]",
    ),
    Control(
        "a transaction waits for the database for so long",
        "app/application.py",
        "timeout=settings.database_timeout",
        "timeout=None",
        "faults/test_database.py::test_the_pool_is_used_up",
    ),
    Control(
        "a request has a deadline",
        "app/core/middleware/pipeline.py",
        "        Middleware(DeadlineMiddleware, seconds=settings.request_timeout),\n",
        "",
        "faults/test_requests.py::test_a_request_that_takes_too_long_is_cancelled",
    ),
    Control(
        "the client is told that its body came too slowly",
        "app/core/middleware/deadline.py",
        "(SlowBodyError if waiting else DeadlineExceededError)",
        "DeadlineExceededError",
        "faults/test_requests.py::test_bodies_that_do_not_end_are_given_up",
    ),
    Control(
        "so many requests at once",
        "app/core/middleware/concurrency.py",
        "self.running >= self.limit",
        "self.running < 0",
        "faults/test_requests.py::test_more_at_once_than_the_limit_is_refused_at_once",
    ),
    Control(
        "health checks are answered in any crowd",
        "app/core/middleware/concurrency.py",
        ' or scope["path"].startswith(HEALTH_CHECKS)',
        "",
        "faults/test_requests.py::test_more_at_once_than_the_limit_is_refused_at_once",
    ),
    Control(
        "so large a body",
        "app/core/middleware/body_limit.py",
        "            self._check(received)\n",
        "",
        "faults/test_requests.py::test_what_is_too_large_costs_no_memory",
    ),
    Control(
        "the service answers on while balancers learn of its stop",
        "app/application.py",
        "    drain.watch()\n",
        "",
        "faults/test_shutdown.py::test_requests_in_flight_are_answered_and_readiness_says_stop",
    ),
    Control(
        "a second signal means now",
        "app/core/drain.py",
        "server.handle_exit(number, frame)",
        "pass",
        "faults/test_shutdown.py::test_a_second_signal_does_not_wait",
    ),
    Control(
        "the same requests at once have one answer",
        "app/api/idempotency.py",
        "return _replay(answer)",
        "raise",
        "faults/test_idempotency.py::test_a_request_with_a_key_takes_effect_once_whoever_is_killed",
    ),
    Control(
        "a line that cannot be logged stops nobody",
        "app/core/logging.py",
        "with contextlib.suppress(Exception):",
        "with contextlib.suppress(ZeroDivisionError):",
        "faults/test_log.py::test_the_reader_of_the_log_is_gone",
    ),
]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
async def test_its_test_fails_without(control: Control, tmp_path: Path) -> None:
    await assert_noticed(control, tmp_path)
