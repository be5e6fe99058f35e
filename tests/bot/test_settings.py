"""Settings: a file, the environment over it, and a clear word about whatever cannot be used.

`python tests/bot/test_settings.py` writes docs/settings.md anew.
"""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bot import settings
from bot.settings import SettingsError, load, names, value
from dialogs.manners import Manners

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
HEAD = """# Settings

A TOML file (`--settings FILE`; without it `linli.toml` of the present folder, if there is one), and the environment over it.
A name with a dot stands in its table: `manners.quiet` is `quiet` under `[manners]`. As a variable it is `LINLI_MANNERS__QUIET`:
`LINLI_`, upper case, two underscores for the dot. Secrets come from the environment only; in a file they are refused. An unknown
name is refused too, with the nearest known one. `linli settings` shows what is in force. A room's line, or its entry in the
store, may override each of the manners for that room alone.

This page is written by `python tests/bot/test_settings.py`; a test keeps it true.

| setting | default | what it does |
| --- | --- | --- |
"""


def page() -> str:
    """What docs/settings.md should say."""
    return HEAD + "".join(
        f"| `{name}` | {f'`{default}`' if default else ''} | {told} |\n" for name, default, told in names()
    )


def refused(*, file: Path | None = None, **environment: str) -> list[str]:
    with pytest.raises(SettingsError) as error:
        load(file, environment)
    return str(error.value).splitlines()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "own.toml"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), f"run python {Path(__file__).relative_to(PAGE.parents[1])}"


def test_every_setting_is_described_and_every_manner_is_one() -> None:
    assert all(described for _, _, described in names())
    assert len({name for name, _, _ in names()}) == len(names())
    assert {f"manners.{field.name}" for field in fields(Manners)} == {
        name for name, _, _ in names() if name[:7] == "manners"
    }
    assert settings.manners(load(None, {})) == Manners()


def test_what_is_built_in_needs_no_file() -> None:
    chosen = load(None, {})
    assert (chosen.channel, chosen.data, chosen.manners.quiet) == ("simulator", Path("data"), 90)


def test_the_environment_beats_the_file_and_the_file_what_is_built_in(file: Path) -> None:
    file.write_text('channel = "wechaty"\n[manners]\nquiet = 30\nwindow = 99\n')
    chosen = load(file, {"LINLI_MANNERS__QUIET": "20", "LINLI_MANNERS__MUTED": "true", "LINLI_DATA": "/srv/linli"})
    assert (chosen.manners.quiet, chosen.manners.window, chosen.manners.muted) == (20, 99, True)
    assert (chosen.channel, chosen.data) == ("wechaty", Path("/srv/linli"))


def test_a_file_of_that_name_in_the_present_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "linli.toml").write_text("context = 600\n")
    assert load(None, {}).context == 600


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[manners]\nquite = 3\n", "manners.quite: no setting is called so; did you mean manners.quiet?"),
        ("chanel = 'simulator'\n", "chanel: no setting is called so; did you mean channel?"),
        ("zzzzzz = 1\n", "zzzzzz: no setting is called so; see docs/settings.md for the list"),
        ("channel = 'telegram'\n", "channel: Input should be 'simulator' or 'wechaty'"),
        ("[manners]\nquiet = 0\n", "manners.quiet: Input should be greater than or equal to 1"),
        ("[manners]\nquiet = 'soon'\n", "manners.quiet: Input should be a valid integer"),
        ("[page]\nhost = '0.0.0.0'\n", "page.host: Input should be '127.0.0.1'"),
        ("channel = \n", "Invalid value (at line 1"),
        ("= 1\n", "(at line 1"),
        ("manners = 3\n", "manners: Input should be a valid dictionary"),
        ("secret = 'abc'\n", "secret: a secret does not belong in a file; set LINLI_SECRET"),
        ("wechaty_token = 'abc'\n", "wechaty_token: a secret does not belong in a file; set LINLI_WECHATY_TOKEN"),
        ("webhook_secret = 'abc'\n", "webhook_secret: a secret does not belong in a file; set LINLI_WEBHOOK_SECRET"),
    ],
)
def test_a_file_that_cannot_be_used(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    (line,) = refused(file=file)
    assert line.startswith(f"{file}: ")
    assert told in line
    assert "abc" not in line


def test_a_file_that_is_not_there_or_is_no_text(file: Path, tmp_path: Path) -> None:
    assert refused(file=file) == [f"{file}: there is no such file; leave --settings out to use what is built in"]
    assert "there is no such file" in refused(file=tmp_path)[0]
    file.write_bytes(b"\xff\xfe\x00")
    assert refused(file=file)[0].startswith(f"{file}: ")


@pytest.mark.parametrize(
    ("variable", "given", "told"),
    [
        ("LINLI_MANNERS__QUIET", "x", "LINLI_MANNERS__QUIET: Input should be a valid integer"),
        ("LINLI_PAGE__PORT", "70000", "LINLI_PAGE__PORT: Input should be less than or equal to 65535"),
        ("LINLI_MANERS__QUIET", "1", "LINLI_MANERS__QUIET: no setting is called so; did you mean manners.quiet?"),
        ("LINLI_MANNERS", "{}", "LINLI_MANNERS: no setting is called so; did you mean manners?"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named(variable: str, given: str, told: str) -> None:
    (line,) = refused(**{variable: given})
    assert line.startswith(told)


def test_every_fault_is_told_at_once(file: Path) -> None:
    file.write_text("chanel = 'x'\n[manners]\nquiet = 0\nwindow = 'y'\n")
    assert len(refused(file=file, LINLI_FOO="1")) == 4


def test_a_secret_is_never_shown() -> None:
    chosen = load(None, {"LINLI_WECHATY_TOKEN": "hush", "LINLI_SECRET": "hush"})
    assert chosen.wechaty_token.get_secret_value() == "hush"
    assert "hush" not in repr(chosen)
    shown = {name: value(chosen, name) for name, _, _ in names()}
    assert (shown["wechaty_token"], shown["webhook_secret"]) == ("(set)", "(not set)")
    assert "hush" not in "".join(shown.values())
    assert (shown["manners.quiet"], shown["manners.muted"], shown["wechaty.root"]) == ("90", "false", "")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
