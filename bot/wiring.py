"""Puts the house together. The only file that names concrete adapters; optional ones are imported when they are asked for."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.channels.simulator import SimulatorChannel
from adapters.ports import Abilities, Carrier, Channel, Refused, Store, Workshop
from adapters.store.sql import SqlStore
from bot.data import DATA, load_wording
from bot.replay import Emit, Outcome
from bot.runtime import Sink, Walk
from bot.settings import Settings, SettingsError, manners
from dialogs.manners import House, Manners
from nlu import registry
from nlu.linear import Linear, load_reader
from nlu.taxonomy import read_domain
from nlu.understanding import Knowledge, Reader, Surroundings, Understanding

if TYPE_CHECKING:
    from adapters.console.page import Served
    from bot.training import Judgement, Learnt

LIVELY = {
    "quiet": 3,
    "window": 12,
    "staff": 2,
    "patience": 90,
    "survey_pause": 10,
    "progress_batch": 1,
    "posts_per_day": 1000,
    "night_from": 0,
    "night_until": 0,
}
"""The manners of the simulator: the same in kind, in seconds instead of minutes, so that one can watch."""


LEARNING_STEPS = 4
"""How many steps `learn` tells of."""


class NoModel(FileNotFoundError):
    """There is no trained model for this data and code yet."""


def model_cache(settings: Settings) -> Path:
    """Where trained models are kept."""
    return settings.data / "models"


def learn(settings: Settings, *, now: datetime, step: Callable[[str], None]) -> Learnt:
    """Train the shipped corpus. The libraries of training are heavy, so they are imported when they are needed."""
    from bot.training import learn as learn_now

    return learn_now(model_cache(settings), now=now, step=step)


def judged(settings: Settings, data: Path | None, *, now: datetime, against: Path | None = None) -> Judgement:
    """How the model of the shipped data does on the lines of a file or folder, or on the held-out hand; and a rival's folder."""
    from bot.training import judged as judge_now

    return judge_now(_model_folder(settings), data, now=now, against=against)


def evaluation_page() -> Callable[[Judgement, datetime], str]:
    """What makes a page of a judgement. Its pictures need an extra; raises SettingsError without it."""
    try:
        from nlu.evaluation_page import page
    except ImportError as error:
        raise SettingsError(f"--html: its extra is missing ({error.name}): pip install 'linli[charts]'") from error
    return lambda judged, now: page(judged.report, judged.errors, now=now, rival=judged.rival, changes=judged.changes)


def learn_words(files: Sequence[Path], folder: Path) -> int:
    """Learn word vectors from files with a sentence a line; how many words they hold."""
    from bot.training import learn_words as learn_words_now

    return learn_words_now(files, folder)


def reader(settings: Settings) -> Linear:
    """The backend with the model of the shipped data. Raises NoModel if it has not been trained."""
    return load_reader(_model_folder(settings), DATA)


def _model_folder(settings: Settings) -> Path:
    folder = registry.find(model_cache(settings), DATA)
    if folder is None:
        raise NoModel("there is no model for this training data yet: run `linli train` (or `make setup`)")
    return folder


class OnDemand:
    """The backend, read when a text is to be understood: the desk reads none, and needs neither the time nor a model."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.lexicon = read_domain(DATA).lexicon

    @cached_property
    def _mind(self) -> Linear:
        return reader(self._settings)

    @property
    def model(self) -> str:
        """The hash of the model, in short."""
        return self._mind.model

    def triage(self, text: str, around: Surroundings) -> Understanding:
        """The meaning without facts."""
        return self._mind.triage(text, around)

    def understand(self, text: str, around: Surroundings) -> Understanding:
        """The meaning with facts."""
        return self._mind.understand(text, around)

    def answer(self, text: str, at: datetime) -> Knowledge | None:
        """The knowledge that answers this question and is still valid, or None."""
        return self._mind.answer(text, at)


def house(settings: Settings, mind: Reader, *, account: str, secret: str, habits: Manners | None = None) -> House:
    """What every decision goes by."""
    return House(habits or manners(settings), mind.lexicon, load_wording(), account=account, secret=secret)


def store(settings: Settings) -> SqlStore:
    """The store in the data folder."""
    try:
        settings.data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"data: {settings.data} cannot be made ({error.strerror}); name a folder that can be written"
        ) from error
    carriers = ("webhook",) if settings.webhook.url else ()
    return SqlStore(settings.data / "linli.db", carriers=carriers, utc_offset=settings.manners.utc_offset)


def rehearsal(settings: Settings, mind: Linear, emit: Emit) -> tuple[Walk, Outcome]:
    """A walk on a store in memory and the transcript's clock. It knows no secret, so that its numbers are the same everywhere."""
    outcome = Outcome(emit)
    memory = SqlStore(None, utc_offset=settings.manners.utc_offset)
    return Walk(
        store=memory,
        reader=mind,
        house=house(settings, mind, account="replay", secret=""),
        exact=True,
        sink=outcome.told,
    ), outcome


def walk(settings: Settings, mind: Reader, keep: Store, *, account: str, sink: Sink | None = None) -> Walk:
    """The walk of the live service."""
    habits = manners(settings)
    if settings.channel == "simulator" and settings.manners == type(settings.manners)():
        habits = replace(habits, **LIVELY)  # type: ignore[arg-type]
    rules = house(settings, mind, account=account, secret=_secret(settings), habits=habits)
    return Walk(store=keep, reader=mind, house=rules, sink=sink)


def channel(settings: Settings, *, clock: Callable[[], datetime], known: Iterable[str] = ()) -> Channel:
    """The channel that people talk on; `known` are people of whom the store knows that they can be reached in private."""
    return _wechaty(settings, known) if settings.channel == "wechaty" else simulator(settings, clock=clock)


def simulator(settings: Settings, *, clock: Callable[[], datetime]) -> SimulatorChannel:
    """The channel whose other side is the page or the terminal."""
    return SimulatorChannel(clock=clock, media=settings.data / "media")


async def page(settings: Settings, workshop: Workshop, talk: Channel, mind: Linear, habits: Manners) -> Served:
    """The simulator's page, served."""
    from adapters.console.page import make_page, serve

    assert isinstance(talk, SimulatorChannel)
    info = {"quiet": habits.quiet, "staff": habits.staff, "model": mind.model, "version": version("linli")}
    app = make_page(workshop=workshop, channel=talk, lexicon=mind.lexicon, info=info)
    try:
        return await serve(app, settings.page.host, settings.page.port)
    except Refused as error:
        raise SettingsError(str(error)) from error


def carriers(settings: Settings) -> list[Carrier]:
    """The platforms that tickets are carried to."""
    if not settings.webhook.url:
        return []
    secret = settings.webhook_secret.get_secret_value()
    if not secret:
        raise SettingsError("webhook.url is set, but not LINLI_WEBHOOK_SECRET: bodies must be signed")
    from adapters.carriers.webhook import WebhookCarrier

    return [WebhookCarrier(settings.webhook.url, secret, timeout_s=settings.webhook.timeout)]


def _wechaty(settings: Settings, known: Iterable[str]) -> Channel:
    token = settings.wechaty_token.get_secret_value()
    if not token:
        raise SettingsError("channel is wechaty, but LINLI_WECHATY_TOKEN is not set")
    try:
        from adapters.channels.wechaty.channel import WechatyChannel
        from adapters.channels.wechaty.client import Link
        from adapters.channels.wechaty.hearing import Shelf
    except ImportError as error:
        raise SettingsError(
            f"channel is wechaty, but its extra is missing ({error.name}): pip install 'linli[wechaty]'"
        ) from error
    part = settings.wechaty
    try:
        root = part.root.read_bytes() if part.root else None
    except OSError as error:
        raise SettingsError(f"wechaty.root: {part.root} cannot be read ({error.strerror})") from error
    return WechatyChannel(
        Link(endpoint=part.endpoint, token=token, tls=part.tls, name=part.name, root=root, take_over=part.take_over),
        Shelf(folder=settings.data / "media", limit=part.media_limit),
        account=part.account,
        abilities=Abilities(hears=part.hears, posts=part.posts, private=part.private, budget=part.budget),
        known=known,
    )


def _secret(settings: Settings) -> str:
    """What numbers are derived from: the environment's, else one that is made once and kept where only the operator reads."""
    if given := settings.secret.get_secret_value():
        return given
    path = settings.data / "secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def account(settings: Settings) -> str:
    """The name of the account that reads the rooms: ticket numbers depend on it."""
    return settings.wechaty.account if settings.channel == "wechaty" else "simulator"
