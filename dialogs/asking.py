"""Asks for the one thing that is missing, and says that a matter is registered once nothing is.

Pure. At most three questions to a matter, one at a time, of the reporter; anything is accepted as an answer; silence twice
leaves it with the worker as it is. An emergency is asked for its place alone, and only once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.events import Due, Spoken
from dialogs.facts import describe, known, located
from dialogs.finding import declines
from dialogs.manners import House
from dialogs.matters import Case, Matter
from dialogs.sentences import reply, unasked
from dialogs.turns import Action, Flag, Sentence, Timer, Turn


def ask_or_receipt(
    matter: Matter, house: House, *, at: datetime, now: datetime, asked: bool
) -> tuple[Matter, list[Action]]:
    """The next question, or the receipt if there is none; at once if the person talks with the bot (`asked`)."""
    fact = _missing(matter, house)
    if fact is None:
        return matter, [receipt(matter, house, at=at, now=now, asked=asked)]
    matter = replace(matter, awaiting=fact, asked=(*matter.asked, fact))
    key = "private.place" if matter.aside and fact == "place" else f"clarify.{fact}"
    text = house.wording.fill(key, name=house.name(matter))
    id = f"clarify:{len(matter.asked)}"
    unless = (f"answered:{fact}",)
    if asked:
        question = reply(matter, text, id=id, why="clarify", now=now, unless=("ended", *unless))
    else:
        question = unasked(matter, text, house, id=id, why="clarify", at=at, unless=unless)
    return matter, [question, Timer(matter.id, "answer", question.after + _patience(house))]


def receipt(matter: Matter, house: House, *, at: datetime, now: datetime, asked: bool) -> Sentence:
    """That the matter is registered, and under which number."""
    text = _receipt_text(matter, house)
    if asked:
        return reply(matter, text, id="receipt", why="receipt", now=now, unless=("ended",))
    return unasked(matter, text, house, id="receipt", why="receipt", at=at)


def answered(matter: Matter, spoken: Spoken, house: House) -> tuple[Matter, list[Action]]:
    """After an answer: the next question, or the receipt if all is known or the person cannot say."""
    fact = matter.awaiting or ""
    if not known(matter, fact) and not declines(spoken):
        return matter, []
    stop = Timer(matter.id, "answer", None)
    matter = replace(matter, awaiting=None, silences=0)
    if declines(spoken):
        return matter, [stop, receipt(matter, house, at=spoken.at, now=spoken.now, asked=True)]
    matter, actions = ask_or_receipt(matter, house, at=spoken.at, now=spoken.now, asked=True)
    return matter, [stop, *actions]


def unanswered(case: Case, matter: Matter, event: Due, house: House) -> Turn:
    """Nobody answered: it is asked once more, unless staff have taken the talk over; then the matter stays with the worker."""
    fact = matter.awaiting
    if fact is None or not matter.open:
        return Turn()
    once = bool(matter.signal) or matter.aside or _staff_since(case, matter)
    if once or matter.silences or len(matter.asked) >= house.manners.questions:
        return leave_to_worker(matter, reason="unanswered")
    matter = replace(matter, silences=1, asked=(*matter.asked, fact))
    text = house.wording.fill(f"clarify.again.{fact}", name=house.name(matter))
    id = f"clarify:{len(matter.asked)}"
    question = unasked(matter, text, house, id=id, why="clarify", at=event.now, unless=(f"answered:{fact}",))
    return Turn((matter,), (question, Timer(matter.id, "answer", question.after + _patience(house))))


def leave_to_worker(matter: Matter, *, reason: str) -> Turn:
    """The bot asks no more; a worker sees what is known."""
    matter = replace(matter, awaiting=None, silences=2, with_worker=True)
    told = Flag(matter.id, matter.messages, matter.kind, matter.category, matter.confidence, reason)
    return Turn((matter,), (told, Timer(matter.id, "answer", None)))


def _missing(matter: Matter, house: House) -> str | None:
    """The next fact worth a question. Where the place was never in doubt one more is asked; else the place alone."""
    if len(matter.asked) >= house.manners.questions:
        return None
    if matter.signal or matter.aside:
        return "place" if not located(matter) and "place" not in matter.asked else None
    leaf = house.lexicon.leaves.get(matter.category or "")
    questions = leaf.questions if leaf else ("place",)
    missing = [fact for fact in questions if not known(matter, fact) and fact not in matter.asked]
    if "place" in missing:
        return "place"
    return missing[0] if missing and not matter.asked and len(missing) == len(questions) else None


def _receipt_text(matter: Matter, house: House) -> str:
    number, name = matter.number or "", house.name(matter)
    if matter.private:
        return house.wording.fill("private.receipt", number=number)
    place = "" if house.discreet(matter) else _not_ending_in(describe(matter, public=True), name)
    if place:
        return house.wording.fill("receipt.place", name=name, number=number, place=place)
    return house.wording.fill("receipt", name=name, number=number)


def _not_ending_in(place: str, name: str) -> str:
    """The place without an end that only says again what the matter is called, such as the lift of a lift that fails."""
    for length in range(min(len(place), len(name)), 1, -1):
        if place.endswith(name[:length]):
            return place[:-length].rstrip("的那个 ")
    return place


def _staff_since(case: Case, matter: Matter) -> bool:
    return any(message.at >= matter.touched and case.role(message.sender) != "resident" for message in case.recent)


def _patience(house: House) -> timedelta:
    return timedelta(seconds=house.manners.patience)
