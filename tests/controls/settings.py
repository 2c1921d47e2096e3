"""What the service refuses to start with."""

from controls.base import Control

CONFIG = "app/core/config.py"
DEPLOY = "app/core/deploy.py"
STARTUP = "app/core/startup.py"
TYPES = "app/core/setting_types.py"
VARIABLES = "app/core/variables.py"


def rule(name: str, condition: str, path: str = DEPLOY) -> Control:
    """A rule whose `condition` never holds."""
    tests = "tests/core/test_deploy.py" if path == DEPLOY else "tests/core/test_config.py"
    return Control(name, path, f"if {condition}:", "if False:", tests)


CONTROLS = [
    Control(
        "the environment is production when unset",
        CONFIG,
        "environment: Environment = Environment.PRODUCTION",
        "environment: Environment = Environment.DEVELOPMENT",
        "tests/core/test_startup.py",
    ),
    Control(
        "unsafe settings stop the start",
        STARTUP,
        "refuse([*problems, *_judge(settings, deploy)])",
        "refuse(problems)",
        "tests/core/test_startup.py",
    ),
    Control(
        "a refused configuration ends the process with 78",
        STARTUP,
        "raise SystemExit(EX_CONFIG)",
        "raise SystemExit(1)",
        "tests/core/test_startup.py",
    ),
    Control(
        "check --deploy judges by the rules of production",
        "app/__main__.py",
        "load_settings(SETTINGS, deploy=deploy)",
        "load_settings(SETTINGS)",
        "tests/test_cli.py",
    ),
    Control(
        "check refuses a URL of another database",
        "app/__main__.py",
        "    create_engine(settings, DIALECT)  # refuses",
        "    # refuses",
        "tests/test_cli.py",
    ),
    Control(
        "wrong settings do not hide the unsafe ones",
        STARTUP,
        ", *others",
        "",
        "tests/core/test_startup.py",
    ),
    Control(
        "unknown variables stop the start",
        STARTUP,
        "problems = unknown_variables(settings_cls)",
        "problems: list[str] = []",
        "tests/core/test_variables.py",
    ),
    Control(
        "unknown variables in .env count",
        VARIABLES,
        "        DotEnvSettingsSource(settings_cls, env_ignore_empty=False),\n",
        "",
        "tests/core/test_variables.py",
    ),
    Control(
        "settings come from files",
        CONFIG,
        "return init_settings, files, env_settings",
        "return init_settings, env_settings",
        "tests/core/test_variables.py",
    ),
    Control(
        "an unusable file is refused, not its reason taken for the value",
        CONFIG,
        "if isinstance(value, Unusable):",
        "if False:",
        "tests/core/test_variables.py",
    ),
    Control(
        "a setting and its file together are refused",
        VARIABLES,
        "if path is not None and name.lower() in given:",
        "if False:",
        "tests/core/test_variables.py",
    ),
    Control(
        "the path of a file is not shown",
        VARIABLES,
        'reason = getattr(error, "strerror", None) or "it is no text"',
        "reason = str(error)",
        "tests/core/test_variables.py",
    ),
    Control(
        "validation errors do not show what they refuse",
        CONFIG,
        "hide_input_in_errors=True",
        "hide_input_in_errors=False",
        "tests/core/test_config.py",
    ),
    rule("short secret keys are refused", "len(secret.get_secret_value()) < 32", TYPES),
    Control(
        "the public URL holds no credentials",
        TYPES,
        "(url.username, url.password, url.query, url.fragment)",
        "()",
        "tests/core/test_config.py",
    ),
    Control(
        "the mail URL is one",
        TYPES,
        "    create_transport(url.get_secret_value())\n",
        "",
        "tests/core/test_config.py",
    ),
    rule("the sender is one address", "len(header.addresses) != 1 or header.defects", TYPES),
    Control(
        "the sender has an address",
        TYPES,
        "        check_email(address.addr_spec)\n",
        "        pass\n",
        "tests/core/test_config.py",
    ),
    Control(
        "addresses are verified outside of development",
        CONFIG,
        "return not self.is_development\n        return self.require",
        "return False\n        return self.require",
        "tests/core/test_config.py",
    ),
    Control(
        "few characters are guessable",
        "app/domain/secret.py",
        "has_few or is_placeholder(secret)",
        "is_placeholder(secret)",
        "tests/domain/test_secret.py",
    ),
    Control(
        "placeholders are guessable",
        "app/domain/secret.py",
        "has_few or is_placeholder(secret)",
        "has_few",
        "tests/domain/test_secret.py",
    ),
    Control(
        "what repeats or counts up is guessable",
        "app/domain/secret.py",
        " or _is_regular(secret)",
        "",
        "tests/domain/test_secret.py",
    ),
    rule("guessable secret key", "is_guessable(settings.secret_key.get_secret_value())"),
    rule("guessable previous key", "any(map(is_guessable, previous))"),
    rule("placeholder in the database URL", '"change-me" in database'),
    rule("default password of the database", "url is not None and _has_default_password(url)"),
    rule("placeholder in the mail URL", "mail is not None and is_placeholder(_password(mail))"),
    rule("equal secrets", "secret and owner != name"),
    rule("little memory for a hash", "settings.argon2_memory_kib < MIN_ARGON2_MEMORY_KIB"),
    rule("few rounds for a hash", "settings.argon2_time_cost < MIN_ARGON2_TIME_COST"),
    rule("any host", '"*" in settings.allowed_hosts'),
    rule("any origin", 'any("*" in origin or origin == "null" for origin in origins)'),
    rule("origins in clear", 'any(origin.lower().startswith("http:") for origin in origins)'),
    rule("limits off", "not settings.rate_limit_enabled"),
    rule("debug log", 'settings.log_level == "DEBUG"'),
    rule("public URL in clear", 'site is not None and site.scheme != "https"'),
    rule("no host to link to", "site is None and all(map(_is_pattern, settings.allowed_hosts))"),
    rule("mail that goes nowhere", "mail is not None and not _is_server(mail)"),
]
