"""The connection to Redis, or to what speaks its protocol, such as Valkey."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from redis.asyncio import BlockingConnectionPool, Redis, RedisCluster, Sentinel
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

SECONDS = 0.5
"""How long one call to Redis may take, whatever goes wrong."""

_MAX_CONNECTIONS = 50
_PORTS = {"": 6379, "cluster": 6379, "sentinel": 26379}

Client = Redis | RedisCluster


@dataclass(frozen=True, kw_only=True)
class RedisAddress:
    """What a URL says: which servers, and as whom."""

    kind: str
    """`""` for one server, `cluster` or `sentinel`."""
    tls: bool
    hosts: list[tuple[str, int]]
    path: str
    username: str | None
    password: str | None
    query: dict[str, str] = field(default_factory=dict)


def parse_url(url: str) -> RedisAddress:
    """Read a URL; raises `ValueError` with what it should look like.

    `redis://[user:password@]host[:port][/number]`, `unix:///path`, and for several servers
    `redis+cluster://host:port,host:port` and `redis+sentinel://host:port,host:port/service`.
    With `rediss` instead of `redis`, over TLS. The password is that of the servers; those of
    sentinels are `?sentinel_username=...&sentinel_password=...`.
    """
    parts = urlsplit(url)
    scheme, _, kind = parts.scheme.partition("+")
    if scheme == "unix" and not kind and parts.path:
        hosts = []
    elif scheme in {"redis", "rediss"} and kind in _PORTS and parts.netloc:
        listed = parts.netloc.rpartition("@")[2].split(",")
        hosts = [_host(each, _PORTS[kind]) for each in listed]
    else:
        message = (
            "write redis://, rediss://, unix://, redis+cluster:// or "
            "redis+sentinel://, as app/core/cache/client.py shows"
        )
        raise ValueError(message)
    if kind == "sentinel" and not parts.path.strip("/"):
        message = "name the service behind the sentinels: redis+sentinel://host/service"
        raise ValueError(message)
    if len(hosts) > 1 and not kind:
        message = "several hosts are redis+cluster:// or redis+sentinel://"
        raise ValueError(message)
    return RedisAddress(
        kind=kind,
        tls=scheme == "rediss",
        hosts=hosts,
        path=parts.path.strip("/"),
        username=parts.username and unquote(parts.username),
        password=parts.password and unquote(parts.password),
        query={name: values[-1] for name, values in parse_qs(parts.query).items()},
    )


def connect(url: str) -> Client:
    """Make the client of a URL; nothing is connected yet."""
    address = parse_url(url)
    options: dict[str, Any] = {
        # None for answers: `Link` ends each call in time, and here each would be a task.
        "socket_timeout": None,
        "socket_connect_timeout": SECONDS,
        # A connection that the server has closed meanwhile is opened again, at once.
        "retry": Retry(NoBackoff(), 1, (RedisConnectionError,)),
    }
    if not address.kind:
        pool = BlockingConnectionPool.from_url(
            url, max_connections=_MAX_CONNECTIONS, timeout=SECONDS, **options
        )
        return Redis.from_pool(pool)
    login = {"username": address.username, "password": address.password}
    options |= login | {"ssl": address.tls}
    if address.kind == "cluster":
        nodes = [ClusterNode(host, port) for host, port in address.hosts]
        return RedisCluster(startup_nodes=nodes, **options)
    sentinel: Any = Sentinel(  # type: ignore[no-untyped-call] # it has no types
        address.hosts,
        sentinel_kwargs={
            "username": address.query.get("sentinel_username"),
            "password": address.query.get("sentinel_password"),
            "ssl": address.tls,
            "socket_timeout": SECONDS,
            "socket_connect_timeout": SECONDS,
        },
        **options,
    )
    service, _, number = address.path.partition("/")
    master: Redis = sentinel.master_for(service, db=int(number or 0))
    return master


def _host(text: str, default: int) -> tuple[str, int]:
    parts = urlsplit(f"//{text}")
    return parts.hostname or "localhost", parts.port or default
