"""The door of the core: all events go through `step`, which says what changes and what is to be done.

Pure: no input or output, no clock, no chance. The same case and event always give the same turn.
"""

from __future__ import annotations

from dataclasses import replace
from functools import singledispatch

from dialogs import emergencies, facts, finding, intake, progress
from dialogs.asking import leave_to_worker, unanswered
from dialogs.events import Decided, Due, Event, Moved, Recalled, Settled, Spoken, Visited
from dialogs.manners import House, for_room
from dialogs.matters import Case, Matter
from dialogs.sentences import respond, told
from dialogs.turns import SILENCE, Flag, Step, Timer, Turn
from nlu.understanding import SIGNALS

LIKELY = 0.5
"""What somebody tells the bot itself goes to a worker if it is as likely as not a matter, understood or not."""


def step(case: Case, event: Event, house: House) -> Turn:
    """The turn that an event brings about."""
    return _decide(event, case, for_room(house, dict(case.room.settings)))


def idle(event: Spoken) -> bool:
    """Whether an utterance brings about nothing wherever no matter lives, so that its case need not be loaded."""
    meaning = event.meaning
    return meaning.answer == "silent" and not meaning.signals and not meaning.sure and not event.addressed


@singledispatch
def _decide(event: Event, case: Case, house: House) -> Turn:
    raise TypeError(f"no decision for {type(event).__name__}")


@_decide.register
def _spoken(event: Spoken, case: Case, house: House) -> Turn:
    if case.role(event.sender) != "resident":
        return SILENCE  # Staff never report and never trigger; that they spoke is seen in the recent talk.
    if event.meaning.emergency:
        return emergencies.raised(case, event, house)
    if (matter := finding.target(case, event, house)) is not None:
        return _of_matter(case, matter, event, house)
    if (other := finding.neighbour(case, event, house)) is not None:
        return intake.supported(other, event, house)
    if event.meaning.answer != "silent" and any(name in SIGNALS for name in event.meaning.signals):
        turn = emergencies.suspected(case, event, house)
        return turn + _say(case, event, house, "answer.noted") if event.addressed else turn
    if event.addressed:
        return _addressed(case, event, house)
    if event.meaning.kind in ("complaint", "dispute") and event.meaning.answer != "silent":
        sure = intake.certain(event.meaning, house)
        return intake.begin(case, event, house) if sure else intake.consider(case, event, house)
    return SILENCE


def _of_matter(case: Case, matter: Matter, event: Spoken, house: House) -> Turn:
    if (turn := progress.spoken_of(matter, event, house)) is not None:
        return turn
    if event.meaning.intent == "handoff":
        said = told(matter, event, house.wording.fill("answer.handoff"), id="handoff")
        return leave_to_worker(intake.joined_by(matter, event), reason="handoff") + Turn((), (said,))
    if event.sender != matter.reporter:
        return intake.supported(matter, event, house)
    return intake.go_on(case, matter, event, house)


def _addressed(case: Case, event: Spoken, house: House) -> Turn:
    """Somebody spoke to the bot about no matter of their own: nobody who did so goes without an answer."""
    meaning = event.meaning
    if meaning.intent == "handoff":
        return intake.consider(case, event, house) + _say(case, event, house, "answer.handoff")
    if event.knowledge is not None and meaning.intent not in ("complaint", "dispute"):
        knowledge = event.knowledge
        text = house.wording.fill("answer.knowledge", answer=knowledge.answer, source=knowledge.source)
        return Turn((), (respond(event, case.room.id, text),))
    if meaning.kind in ("complaint", "dispute") and meaning.answer != "silent":
        return intake.begin(case, event, house)
    if "sensitive" in meaning.signals:
        return intake.begin(case, replace(event, meaning=replace(meaning, kind="dispute")), house)
    if meaning.matter >= LIKELY and not (meaning.intent == "chat" and meaning.probability >= LIKELY):
        return intake.consider(case, event, house) + _say(case, event, house, "answer.noted")
    if meaning.intent in ("progress_query", "follow_up") and (asked := _quoted(case, event)) is not None:
        return progress.status(asked, event, house)
    if meaning.intent in ("progress_query", "withdrawal", "rating", "follow_up", "fixed"):
        return _say(case, event, house, "answer.no_matter")
    if meaning.intent == "consultation":
        return intake.consider(case, event, house) + _say(case, event, house, "answer.unknown")
    return _say(case, event, house, "answer.welcome" if meaning.intent == "praise" else "answer.nothing")


def _quoted(case: Case, event: Spoken) -> Matter | None:
    """The public ticket that somebody quotes whom it does not concern."""
    matter = case.matter(event.quoted)
    return matter if matter is not None and matter.number and not matter.aside else None


@_decide.register
def _recalled(event: Recalled, case: Case, house: House) -> Turn:
    del house
    turn = SILENCE
    for matter in case.matters:
        if event.message in matter.messages:
            turn += _without(matter, event)
    return turn


def _without(matter: Matter, event: Recalled) -> Turn:
    """What a matter is without a recalled message. Its id stays where the desk has taken the ticket up already."""
    matter = facts.without(matter, event.message, event.text)
    media = tuple(name for name in matter.media if name not in event.media)
    matter = replace(matter, media=media)
    if matter.accepted:
        matter = replace(matter, masked=(*matter.masked, event.message))
        return Turn((matter,), (Step(matter.id, "amend", event.sender, "recall"),))
    messages = tuple(id for id in matter.messages if id != event.message)
    matter = replace(matter, messages=messages)
    if messages:
        return Turn((matter,), (Step(matter.id, "amend", event.sender, "recall"),) if matter.number else ())
    if matter.number is None:
        return Turn((replace(matter, rejected=True, flagged=False),))
    withdrawn = replace(matter, status="withdrawn", awaiting=None)
    return Turn((withdrawn,), (Step(matter.id, "withdraw", event.sender, "recall"), Timer(matter.id, "answer", None)))


@_decide.register
def _moved(event: Moved, case: Case, house: House) -> Turn:
    matter = case.matter(event.matter)
    return progress.moved(matter, event, house) if matter is not None else SILENCE


@_decide.register
def _decided(event: Decided, case: Case, house: House) -> Turn:
    matter = case.matter(event.matter)
    return intake.decided(case, matter, event, house) if matter is not None and matter.live else SILENCE


@_decide.register
def _due(event: Due, case: Case, house: House) -> Turn:
    matter = case.matter(event.matter)
    if matter is None or not matter.live:
        return SILENCE
    if event.timer == "answer":
        return unanswered(case, matter, event, house)
    if event.timer == "survey":
        return progress.surveyed(matter, event, house)
    return progress.unrated(matter, event)


@_decide.register
def _settled(event: Settled, case: Case, house: House) -> Turn:
    """A sentence that could not be said goes to a person: nobody waits for words that never came."""
    del house
    matter = case.matter(event.matter)
    if event.outcome == "sent" or matter is None:
        return SILENCE
    if event.why == "clarify" and matter.awaiting and event.sentence.endswith(f":clarify:{len(matter.asked)}"):
        matter = replace(matter, awaiting=None, with_worker=True)
        return Turn((matter,), (Timer(matter.id, "answer", None),)) + _note(matter, event)
    return _note(matter, event)


def _note(matter: Matter, event: Settled) -> Turn:
    """A note to the worker of what the manners let go and the channel did not carry."""
    if event.outcome == "dropped":
        return SILENCE
    reason = "unreachable" if event.outcome == "refused" and event.private else "undelivered"
    matter = replace(matter, with_worker=True)
    flag = Flag(matter.id, matter.messages, matter.kind, matter.category, matter.confidence, reason)
    return Turn((matter,), (flag,))


@_decide.register
def _visited(event: Visited, case: Case, house: House) -> Turn:
    return intake.visited(event, case.room.id, house, attempt=case.attempt)


def _say(case: Case, event: Spoken, house: House, key: str) -> Turn:
    return Turn((), (respond(event, case.room.id, house.wording.fill(key), key=key),))
