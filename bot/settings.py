"""All settings, in one documented list: a TOML file, then the environment over it; secrets from the environment only.

An unknown key is refused with the nearest known name. `docs/settings.md` is written from this list and a test keeps it true.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from dialogs.manners import Manners

PREFIX = "LINLI_"
SECRETS = ("secret", "wechaty_token", "webhook_secret")
LONGEST = 10 * 366 * 86400
"""Seconds of any duration at most: far beyond use, and far from where a calendar ends."""


class SettingsError(ValueError):
    """The settings cannot be used. Each line of its text says which, why, and what to do."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MannersSettings(_Part):
    """When the bot may speak; a room may override each. Durations in seconds, hours by the prefecture's clock."""

    quiet: int = Field(default=90, ge=1, le=LONGEST, description="so many quiet seconds close a person's window")
    window: int = Field(default=180, ge=1, le=LONGEST, description="a window is never open longer than this")
    window_messages: int = Field(default=10, ge=1, description="so many messages close a window")
    join: int = Field(
        default=600, ge=0, le=LONGEST, description="so long a later message of the same person joins their open matter"
    )
    support: int = Field(default=7200, ge=0, le=LONGEST, description="so long a bare “+1” still binds")
    stale: int = Field(
        default=600,
        ge=0,
        le=LONGEST,
        description="an older message is never answered unasked, only flagged or attached",
    )
    staff: int = Field(
        default=180, ge=0, le=LONGEST, description="quiet seconds without staff before the bot speaks unasked"
    )
    posts_per_day: int = Field(default=6, ge=0, description="unasked posts in one room a day")
    night_from: int = Field(default=22, ge=0, le=23, description="quiet hours begin")
    night_until: int = Field(default=7, ge=0, le=23, description="quiet hours end")
    questions: int = Field(default=3, ge=0, le=3, description="questions to one matter at most")
    patience: int = Field(default=600, ge=1, le=LONGEST, description="so long a question waits for an answer")
    survey_pause: int = Field(default=1800, ge=0, le=LONGEST, description="the survey follows “done” after this")
    unrated: int = Field(
        default=259200, ge=1, le=LONGEST, description="a ticket nobody rates is closed as unrated after this"
    )
    guarantee: int = Field(default=604800, ge=0, le=LONGEST, description="so long after closing “broken again” reopens")
    progress_batch: int = Field(
        default=120, ge=0, le=LONGEST, description="progress waits this long for newer progress"
    )
    utc_offset: int = Field(default=8, ge=-12, le=14, description="the prefecture's clock, in hours from UTC")
    muted: bool = Field(default=False, description="the kill switch: nothing but emergencies is said anywhere")


class PageSettings(_Part):
    """The simulator's page."""

    host: Literal["127.0.0.1", "localhost", "::1"] = Field(
        default="127.0.0.1", description="it has no login, so it stays on this machine"
    )
    port: int = Field(default=8700, ge=0, le=65535, description="0 takes a free one")


class WechatySettings(_Part):
    """The puppet service. Its token is LINLI_WECHATY_TOKEN."""

    endpoint: str = Field(default="127.0.0.1:8788", description="host:port of the puppet service")
    tls: bool = Field(default=True, description="off only for a service on this machine or a private network")
    name: str = Field(default="", description="what the server's certificate says, where that differs from the host")
    root: Path | None = Field(default=None, description="a file with the root certificate, for a server with its own")
    take_over: bool = Field(default=False, description="end another client's event stream: we are the elected holder")
    hears: Literal["all", "mentions"] = Field(default="all", description="what the puppet lets us read")
    posts: Literal["self", "tap", "never"] = Field(
        default="self", description="whether it posts by itself, by a human's tap, or never"
    )
    private: bool = Field(default=True, description="whether it has private messages")
    budget: int = Field(default=20, ge=1, description="posts per room and minute at most")
    media_limit: int = Field(default=10 << 20, ge=0, description="bytes of a picture or a voice that are kept")
    account: str = Field(default="wechaty", description="a name for the account: ticket numbers depend on it")


class WebhookSettings(_Part):
    """The carrier that posts tickets to a platform, signed with LINLI_WEBHOOK_SECRET."""

    url: str = Field(default="", description="where tickets are posted; empty for none")
    timeout: float = Field(default=10.0, gt=0, description="seconds to wait for an answer")


class Settings(BaseSettings):
    """Everything that can be set."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    data: Path = Field(default=Path("data"), description="the folder of the operator: database, model, media, overlays")
    channel: Literal["simulator", "wechaty"] = Field(default="simulator", description="where people talk")
    context: int = Field(
        default=1800, ge=60, description="seconds after which words that belong to no matter are erased"
    )
    manners: MannersSettings = MannersSettings()
    page: PageSettings = PageSettings()
    wechaty: WechatySettings = WechatySettings()
    webhook: WebhookSettings = WebhookSettings()
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="what ticket numbers are derived from; made and kept in the data folder if empty",
    )
    wechaty_token: SecretStr = Field(default=SecretStr(""), description="the token of the puppet service")
    webhook_secret: SecretStr = Field(default=SecretStr(""), description="what webhook bodies are signed with")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given by hand (`load` hands in the environment), then the file."""
        file = cls.model_config.get("toml_file")
        return (init_settings, *((TomlConfigSettingsSource(settings_cls, file),) if file else ()))


def load(file: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of a file (default: linli.toml, if there is one) and the environment. Raises SettingsError."""
    environment = os.environ if environment is None else environment
    if file is not None and not file.is_file():
        raise SettingsError(f"{file}: there is no such file; leave --settings out to use what is built in")
    file = file or (Path("linli.toml") if Path("linli.toml").is_file() else None)
    problems = _unknown_variables(environment)
    chosen: type[Settings] = type(
        "Settings", (Settings,), {"model_config": {**Settings.model_config, "toml_file": file}}
    )
    try:
        settings = chosen(**_given(environment))
        told = TomlConfigSettingsSource(chosen, file)() if file else {}
    except ValidationError as error:
        problems += [_problem(fault, file, environment) for fault in error.errors()]
    except ValueError as error:
        problems.append(f"{file}: {error}")
    else:
        problems += [
            f"{file}: {name}: a secret does not belong in a file; set {PREFIX}{name.upper()}"
            for name in SECRETS
            if name in told
        ]
        if not problems:
            return settings
    raise SettingsError("\n".join(problems))


def names() -> list[tuple[str, str, str]]:
    """Every setting as (name, default, what it does), in the order of the list; a secret has its variable for a default."""
    rows = []
    for name, info in Settings.model_fields.items():
        part = info.default
        if isinstance(part, _Part):
            for inner, field in type(part).model_fields.items():
                rows.append((f"{name}.{inner}", _shown(field.default), field.description or ""))
        else:
            rows.append(
                (name, f"(${PREFIX}{name.upper()})" if name in SECRETS else _shown(part), info.description or "")
            )
    return rows


def manners(settings: Settings) -> Manners:
    """The manners of the core."""
    return Manners(**{field.name: getattr(settings.manners, field.name) for field in fields(Manners)})


def overrides(given: Mapping[str, Any]) -> dict[str, Any]:
    """A room's own manners out of what its line says; what is no manner is left out. Raises SettingsError for a bad value."""
    known = {name: value for name, value in given.items() if name in MannersSettings.model_fields}
    try:
        part = MannersSettings.model_validate(known, strict=True)
    except ValidationError as error:
        raise SettingsError("; ".join(_problem(fault, None, {}) for fault in error.errors())) from error
    return {name: getattr(part, name) for name in known}


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _nearest(name: str) -> str:
    known = [row[0] for row in names()] + [row[0].split(".")[0] for row in names()]
    near = difflib.get_close_matches(name, known, 1, 0.5) or difflib.get_close_matches(
        name.split(".")[-1], known, 1, 0.4
    )
    return f"; did you mean {near[0]}?" if near else "; see docs/settings.md for the list"


def _variable(name: str) -> str:
    return PREFIX + name.upper().replace(".", "__")


def _given(environment: Mapping[str, str]) -> dict[str, Any]:
    """What the environment sets, nested as the settings are."""
    given: dict[str, Any] = {}
    for name in (name for name, _, _ in names() if _variable(name) in environment):
        part, _, inner = name.rpartition(".")
        (given.setdefault(part, {}) if part else given)[inner] = environment[_variable(name)]
    return given


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = {_variable(name) for name, _, _ in names()}
    given = [name for name in environment if name.startswith(PREFIX) and name not in known]
    return [f"{name}: no setting is called so{_nearest(_dotted(name))}" for name in sorted(given)]


def _dotted(variable: str) -> str:
    return variable.removeprefix(PREFIX).lower().replace("__", ".")


def _problem(fault: Mapping[str, Any], file: Path | None, environment: Mapping[str, str]) -> str:
    name = ".".join(str(piece) for piece in fault["loc"])
    if _variable(name) in environment:
        return f"{_variable(name)}: {fault['msg']}"
    where = f"{file}: " if file else ""
    if fault["type"] == "extra_forbidden":
        return f"{where}{name}: no setting is called so{_nearest(name)}"
    return f"{where}{name}: {fault['msg']}"


def value(settings: Settings, name: str) -> str:
    """What is in force for a setting, as text; of a secret only whether it is set."""
    part: Any = settings
    for piece in name.split("."):
        part = getattr(part, piece)
    if isinstance(part, SecretStr):
        return "(set)" if part.get_secret_value() else "(not set)"
    return _shown(part)
