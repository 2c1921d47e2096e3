"""Signing in: what it takes beside Argon2, and what many at once leave to others."""

import threading
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor, wait
from statistics import median

from benchmarks.machine import cpu_seconds, on_server_core
from benchmarks.parts import Row, Say, row
from benchmarks.services import ADMIN, PROXIED, Installed, Running, installed

LOGINS = 100
PARALLEL = 60

# The hash of a service at its default settings, verified again and again.
ARGON2 = """
import time
from pwdlib.hashers.argon2 import Argon2Hasher
hasher = Argon2Hasher(memory_cost=19456, time_cost=2, parallelism=1)
hashed = hasher.hash("correct horse battery")
started = time.process_time()
for _ in range({count}):
    assert hasher.verify("correct horse battery", hashed)
print((time.process_time() - started) / {count})
"""

# Each signs in for themselves: logins of one account wait for each other.
SAME_PASSWORD = """
UPDATE users
SET password_hash = (SELECT password_hash FROM users WHERE email_canonical = '{email}')
"""


def measure(say: Say) -> list[Row]:
    """Compare a login with its Argon2 alone; watch /live while many log in."""
    with installed("postgresql") as service, service.serving() as running:
        running.sign_in()
        shares = []
        for number in range(5):
            argon2 = _argon2_seconds(service)
            started = cpu_seconds(running.pid)
            for _ in range(LOGINS):
                running.sign_in()
            login = (cpu_seconds(running.pid) - started) / LOGINS
            shares.append(1 - argon2 / login)
            say(f"login {login * 1000:.1f} ms, Argon2 {argon2 * 1000:.1f} ms ({number + 1} of 5)")
        service.database.execute(SAME_PASSWORD.format(email=ADMIN))
        worst = _worst_live(running)
    return [
        row(
            "login outside Argon2",
            median(shares) * 100,
            "% of the whole",
            spread=(min(shares) * 100, max(shares) * 100),
            goal="<= 10",
        ),
        row(f"/live beside {PARALLEL} logins, worst", worst, "s", goal="< 1"),
    ]


def _argon2_seconds(service: Installed) -> float:
    command = on_server_core(["uv", "run", "python", "-c", ARGON2.format(count=LOGINS)])
    return float(service.service.run(*command))


def _worst_live(running: Running) -> float:
    """The slowest answer of /live, asked all the time, while logins go on."""
    done = threading.Event()

    def ask() -> float:
        worst = 0.0
        while not done.is_set():
            started = time.monotonic()
            request = urllib.request.Request(f"{running.url}/health/live", headers=PROXIED)
            urllib.request.urlopen(request, timeout=30).read()
            worst = max(worst, time.monotonic() - started)
        return worst

    with ThreadPoolExecutor(PARALLEL + 1) as pool:
        asked = pool.submit(ask)
        emails = [f"user{number + 1}@example.com" for number in range(PARALLEL)]
        logins = [pool.submit(running.sign_in, email) for email in emails]
        wait(logins)
        done.set()
        for login in logins:
            login.result()
        return asked.result()
