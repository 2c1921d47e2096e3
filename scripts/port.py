"""Refuse a port that is in use, before anything is installed: needs nothing but Python."""

import socket
import sys

HOST = "127.0.0.1"


def problem(value: str) -> str | None:
    """Why ``value`` is no port to serve on, with the remedy; None when it is one."""
    if not value.isascii() or not value.isdigit() or not 1 <= int(value) <= 65535:
        return f"PORT={value} is no port: choose one from 1 to 65535, as in: make demo PORT=8001"
    with socket.socket() as probe:
        # Only a listener counts as busy, not the connections an earlier server left closing.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(value)))
        except PermissionError:
            return f"port {value} needs privileges: choose another, as in: make demo PORT=8001"
        except OSError:
            return (
                f"port {value} is in use: stop what listens there, "
                f"or choose another, as in: make demo PORT={8001 if value == '8000' else 8000}"
            )
    return None


if __name__ == "__main__":
    if message := problem(sys.argv[1]):
        sys.exit(f"error: {message}")
