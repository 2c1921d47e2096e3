"""Where settings come from: `APP_*` variables of the environment and `.env`, and files."""

from difflib import get_close_matches
from pathlib import Path

from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
)

PREFIX = "APP_"


def variable(field: str) -> str:
    """The name of the variable that holds the setting `field`."""
    return PREFIX + field.upper()


class Unusable(str):
    """In place of a value that cannot be had: the reason."""

    __slots__ = ()


def _contents(name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").removesuffix("\n")
    except (OSError, ValueError) as error:
        # Not the path: somebody may have put the secret itself there.
        reason = getattr(error, "strerror", None) or "it is no text"
        return Unusable(f"the file that {name} names cannot be read: {reason}")


class FileSource(EnvSettingsSource):
    """Takes `APP_NAME` from the file that `APP_NAME_FILE` names, less one newline.

    The `sources`, the strongest last, say which variables there are. What cannot be had
    is `Unusable`.
    """

    def __init__(
        self, settings_cls: type[BaseSettings], *sources: PydanticBaseSettingsSource
    ) -> None:
        super().__init__(settings_cls)
        given: dict[str, str | None] = {}
        for source in sources:
            if isinstance(source, EnvSettingsSource):
                given |= source.env_vars
        values: dict[str, str | None] = {}
        for name in map(variable, settings_cls.model_fields):
            path = given.get(f"{name}_FILE".lower())
            if path is not None and name.lower() in given:
                reason = f"given twice, by {name}_FILE too; keep one"
                values[name.lower()] = Unusable(reason)
            elif path is not None:
                values[name.lower()] = _contents(f"{name}_FILE", path)
        self.env_vars = values


def unknown_variables(settings_cls: type[BaseSettings]) -> list[str]:
    """A line for each variable with our prefix that is no setting of this class."""
    fields = settings_cls.model_fields
    known = {variable(field) + end for field in fields for end in ("", "_FILE")}
    sources = (
        DotEnvSettingsSource(settings_cls, env_ignore_empty=False),
        EnvSettingsSource(settings_cls, env_ignore_empty=False),
    )
    given = {name.upper() for source in sources for name in source.env_vars}
    ours = {name for name in given if name.startswith(PREFIX)}
    return [f"{name}: unknown; {_advice(name, known)}" for name in sorted(ours - known)]


def _advice(name: str, known: set[str]) -> str:
    endings = {each.removeprefix(PREFIX) for each in known}
    close = get_close_matches(name.removeprefix(PREFIX), endings, n=1)
    return f"did you mean {PREFIX}{close[0]}?" if close else "remove it."
