"""When the bot may speak, asked twice: when a sentence is made, and again under the room's lock when it leaves.

Pure. `still` is the only door: no sentence leaves the house without it, and it says why one stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta, timezone

from dialogs.matters import ENDED, Case, Matter
from dialogs.turns import Sentence
from dialogs.wording import Wording
from nlu.understanding import Lexicon, Signal


@dataclass(frozen=True, slots=True)
class Manners:
    """The habits of the bot, all of them settings. Durations in seconds, hours by the clock of `utc_offset` hours."""

    quiet: int = 90
    window: int = 180
    window_messages: int = 10
    join: int = 600
    support: int = 7200
    stale: int = 600
    staff: int = 180
    posts_per_day: int = 6
    night_from: int = 22
    night_until: int = 7
    questions: int = 3
    patience: int = 600
    survey_pause: int = 1800
    unrated: int = 259200
    guarantee: int = 604800
    progress_batch: int = 120
    utc_offset: int = 8
    muted: bool = False

    @property
    def zone(self) -> timezone:
        """The zone of the prefecture's clock."""
        return timezone(timedelta(hours=self.utc_offset))


@dataclass(frozen=True, slots=True)
class House:
    """What every decision goes by and no event changes: manners, the domain, the sentences, and the secret behind numbers."""

    manners: Manners
    lexicon: Lexicon
    wording: Wording
    account: str = "bot"
    secret: str = ""

    def name(self, matter: Matter) -> str:
        """What a matter is called to a resident; where the name itself would tell too much it is what they said."""
        if matter.signal and not matter.private:
            return self.signal(matter.signal).name
        leaf = self.lexicon.leaves.get(matter.category or "")
        return leaf.name if leaf and not matter.private and not self.discreet(matter) else "您说"

    def discreet(self, matter: Matter) -> bool:
        """Whether nothing but "your matter" is said of it: people are at odds, or its kind is private by its words."""
        leaf = self.lexicon.leaves.get(matter.category or "")
        return self.at_odds(matter) or (leaf is not None and leaf.private != "never")

    def at_odds(self, matter: Matter) -> bool:
        """Whether it lies between people, so that nobody may pile on: what many have against a firm is a dispute and no such."""
        leaf = self.lexicon.leaves.get(matter.category or "")
        return leaf.kind == "dispute" if leaf else matter.kind == "dispute"

    def signal(self, name: str) -> Signal:
        """What is shown for an emergency; one that the lexicon does not know is quiet, with the number for all."""
        return self.lexicon.signals.get(name) or Signal(name, "您说", ("110",), "", quiet=True)

    def urgency(self, category: str | None) -> str:
        """How urgent a category ordinarily is."""
        leaf = self.lexicon.leaves.get(category or "")
        return leaf.urgency if leaf else "P3"


def for_room(house: House, overrides: dict[str, object]) -> House:
    """The house with a room's own manners; whatever is no manner, or of another type, is left out."""
    own = {
        name: value
        for name, value in overrides.items()
        if name in Manners.__dataclass_fields__ and type(value) is type(getattr(house.manners, name))
    }
    return replace(house, manners=replace(house.manners, **own)) if own else house  # type: ignore[arg-type]


def is_night(manners: Manners, now: datetime) -> bool:
    """Whether it is a quiet hour."""
    hour = now.astimezone(manners.zone).hour
    if manners.night_from <= manners.night_until:
        return manners.night_from <= hour < manners.night_until
    return hour >= manners.night_from or hour < manners.night_until


def morning(manners: Manners, now: datetime) -> datetime:
    """The end of the present quiet hours."""
    local = now.astimezone(manners.zone)
    end = datetime.combine(local.date(), time(manners.night_until), manners.zone)
    return end if end > local else end + timedelta(days=1)


def still(sentence: Sentence, case: Case, manners: Manners, now: datetime) -> str | datetime | None:
    """None: it may leave now. An instant: it waits until then. A word: it is dropped, and that is why."""
    if case.muted and sentence.why != "emergency":
        return "muted"
    if sentence.stale is not None and now > sentence.stale:
        return "stale"
    matter = case.matter(sentence.matter)
    for condition in sentence.unless:
        name, _, detail = condition.partition(":")
        if (kept := CONDITIONS[name](detail, sentence, case, matter, manners, now)) is not None:
            return kept
    return None


Check = Callable[[str, Sentence, Case, Matter | None, Manners, datetime], "str | datetime | None"]


def _staff(_: str, sentence: Sentence, case: Case, __: Matter | None, ___: Manners, now: datetime) -> str | None:
    since = sentence.since or now
    answered = any(message.at >= since and case.role(message.sender) != "resident" for message in case.recent)
    return "staff" if answered else None


def _night(
    how: str, _: Sentence, __: Case, ___: Matter | None, manners: Manners, now: datetime
) -> str | datetime | None:
    if not is_night(manners, now):
        return None
    return morning(manners, now) if how == "wait" else "night"


def _budget(_: str, __: Sentence, case: Case, ___: Matter | None, manners: Manners, ____: datetime) -> str | None:
    return "budget" if case.posts_today >= manners.posts_per_day else None


def _ended(_: str, __: Sentence, ___: Case, matter: Matter | None, ____: Manners, _____: datetime) -> str | None:
    return "ended" if matter is None or not matter.live or matter.status in ENDED else None


def _answered(fact: str, _: Sentence, __: Case, matter: Matter | None, ___: Manners, ____: datetime) -> str | None:
    return "answered" if matter is None or matter.awaiting != fact else None


def _status(other: str, _: Sentence, __: Case, matter: Matter | None, ___: Manners, ____: datetime) -> str | None:
    return "superseded" if matter is None or matter.status != other else None


def _rated(_: str, __: Sentence, ___: Case, matter: Matter | None, ____: Manners, _____: datetime) -> str | None:
    return "rated" if matter is None or matter.status != "awaiting_rating" else None


CONDITIONS: dict[str, Check] = {
    "staff": _staff,
    "night": _night,
    "budget": _budget,
    "ended": _ended,
    "answered": _answered,
    "status": _status,
    "rated": _rated,
}
"""The conditions a sentence may carry, as `name` or `name:detail`."""
