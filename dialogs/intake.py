"""Takes a matter in: opens it, flags it or files it, and asks for the one thing that is missing.

Pure. At most three questions to a matter, one at a time, of the reporter; anything is accepted as an answer; silence twice
leaves it with the worker as it is.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.events import Decided, Due, Spoken, Visited
from dialogs.facts import absorb, describe, known, located, say_place, summary
from dialogs.finding import declines
from dialogs.manners import House
from dialogs.matters import Case, Fact, Matter
from dialogs.numbers import number_for
from dialogs.sentences import reply, unasked, whisper
from dialogs.turns import Action, Flag, Step, Timer, Turn

DISCIPLINE = "1402"
"""Misconduct of officials never becomes an ordinary ticket: it goes to discipline inspection."""


def opened(case: Case, spoken: Spoken, house: House, *, kind: str, category: str | None) -> Matter:
    """A new matter from an utterance, not filed yet."""
    matter = Matter(
        id=spoken.ids[0],
        room=case.room.id,
        opened=spoken.at,
        touched=spoken.at,
        kind=kind,
        category=category,
        urgency=house.urgency(category),
        reporter=spoken.sender,
        messages=spoken.ids,
        media=_media(spoken),
        confidence=round(spoken.meaning.matter, 4),
        private=spoken.private or is_private(category, "sensitive" in spoken.meaning.signals, house),
        source="private" if spoken.private else "group",
    )
    matter = replace(matter, facts={"what": Fact(summary(spoken) or "（图片）", spoken.ids[0])})
    return absorb(matter, spoken)


def is_private(category: str | None, sensitive: bool, house: House) -> bool:
    """Whether a category, with or without sensitive words, must stay out of the group."""
    leaf = house.lexicon.leaves.get(category or "")
    if leaf is None:
        return sensitive
    return leaf.private == "always" or (leaf.private == "by_words" and sensitive)


def filed(matter: Matter, house: House, *, at: datetime, by: str, attempt: int = 0) -> tuple[Matter, Step]:
    """The matter as a ticket. Its number comes from its first message; `attempt` is how many numbers were taken."""
    number = number_for(house.secret, house.account, matter.id, attempt, at.astimezone(house.manners.zone).date())
    return replace(matter, number=number, status="open", flagged=False), Step(matter.id, "file", by)


def begin(case: Case, spoken: Spoken, house: House) -> Turn:
    """A new matter that is sure enough: filed at once, and the first question or the receipt in the same breath."""
    meaning = spoken.meaning
    matter = opened(case, spoken, house, kind=meaning.kind or "complaint", category=meaning.category)
    if matter.category == DISCIPLINE:
        return _to_discipline(matter, spoken, house)
    if spoken.now - spoken.at > timedelta(seconds=house.manners.stale) and not spoken.addressed:
        return flag(matter, reason="late")
    matter, step = filed(matter, house, at=spoken.at, by=spoken.sender, attempt=case.attempt)
    if matter.private:
        return _privately(matter, step, spoken, house)
    matter, actions = _ask_or_receipt(matter, house, at=spoken.at, now=spoken.now, asked=spoken.addressed)
    return Turn((matter,), (step, *actions))


def flag(matter: Matter, *, reason: str) -> Turn:
    """The matter before a worker, and not a word in the group."""
    to = "discipline" if matter.category == DISCIPLINE else "worker"
    matter = replace(matter, flagged=True)
    return Turn((matter,), (_flag(matter, reason=reason, to=to),))


def consider(case: Case, spoken: Spoken, house: House) -> Turn:
    """A new matter that may be one: a flag."""
    meaning = spoken.meaning
    kind = meaning.kind or ("consultation" if meaning.intent == "consultation" else "complaint")
    return flag(opened(case, spoken, house, kind=kind, category=meaning.category), reason="unsure")


def go_on(case: Case, matter: Matter, spoken: Spoken, house: House) -> Turn:
    """More from the reporter: facts are taken in, an unsure matter may become sure, the next question is asked."""
    correcting = spoken.meaning.intent == "correction"
    awaited = matter.awaiting
    matter = joined_by(matter, spoken)
    matter = absorb(matter, spoken, correcting=correcting or awaited is not None)
    if awaited == "place" and not located(matter) and not declines(spoken) and spoken.meaning.intent == "inform":
        matter = say_place(matter, spoken)
    if matter.number is None:
        return _surer(case, matter, spoken, house)
    actions: list[Action] = [Step(matter.id, "amend", spoken.sender, "correction" if correcting else "more")]
    if awaited is not None:
        matter, more = _answered(matter, spoken, house)
        actions += more
    elif correcting and spoken.addressed:
        text = house.wording.fill("answer.corrected")
        actions.append(reply(matter, text, id=f"corrected:{spoken.ids[-1]}", why="answer", now=spoken.now))
    return Turn((matter,), tuple(actions))


def supported(matter: Matter, spoken: Spoken) -> Turn:
    """A neighbour says that it is so for them too. Their facts only fill what is missing."""
    person = spoken.sender
    matter = joined_by(matter, spoken)
    matter = absorb(matter, spoken)
    if person not in matter.supporters:
        matter = replace(matter, supporters=(*matter.supporters, person))
    actions = (Step(matter.id, "amend", person, "support"),) if matter.number else ()
    return Turn((matter,), actions)


def decided(case: Case, matter: Matter, event: Decided, house: House) -> Turn:
    """A worker's verdict: accepted becomes a ticket, rejected is closed, and a filed one that is rejected is withdrawn."""
    if event.verdict == "reject":
        if matter.open:
            rejected = replace(matter, status="withdrawn", awaiting=None)
            return Turn((rejected,), (Step(matter.id, "withdraw", event.by, "rejected"), *_stop_asking(matter)))
        return Turn((replace(matter, rejected=True, flagged=False),))
    category = event.category or matter.category
    kind = event.kind or matter.kind
    private = matter.private or is_private(category, sensitive=False, house=house)
    matter = replace(matter, kind=kind, category=category, private=private)
    if event.category:
        matter = replace(matter, urgency=house.urgency(category))
    if matter.number is None:
        matter, step = filed(matter, house, at=event.at, by=event.by, attempt=case.attempt)
        return Turn((matter,), (step,))
    return Turn((matter,), (Step(matter.id, "amend", event.by, "reclassified"),))


def unanswered(matter: Matter, event: Due, house: House) -> Turn:
    """Nobody answered a question: it is asked once more, then the matter stays with the worker as it is."""
    fact = matter.awaiting
    if fact is None or not matter.open:
        return Turn()
    if matter.silences == 0 and len(matter.asked) < house.manners.questions:
        matter = replace(matter, silences=1, asked=(*matter.asked, fact))
        text = house.wording.fill(f"clarify.again.{fact}", name=house.name(matter))
        question = unasked(
            matter,
            text,
            house,
            id=f"clarify:{len(matter.asked)}",
            why="clarify",
            at=event.now,
            unless=(f"answered:{fact}",),
        )
        return Turn((matter,), (question, Timer(matter.id, "answer", event.now + _patience(house))))
    return leave_to_worker(matter, reason="unanswered")


def leave_to_worker(matter: Matter, *, reason: str) -> Turn:
    """The bot asks no more; a worker sees what is known."""
    matter = replace(matter, awaiting=None, silences=2, with_worker=True)
    return Turn((matter,), (_flag(matter, reason=reason), *_stop_asking(matter)))


def visited(event: Visited, room: str, house: House, *, attempt: int) -> Turn:
    """A matter that a worker files by hand."""
    facts = {"what": Fact(event.what, event.id)} | ({"landmark": Fact(event.place, event.id)} if event.place else {})
    matter = Matter(
        id=event.id,
        room=room,
        opened=event.at,
        touched=event.at,
        kind=event.kind,
        category=event.category,
        urgency=house.urgency(event.category),
        reporter=event.reporter,
        messages=(event.id,),
        confidence=1.0,
        private=event.private or is_private(event.category, sensitive=False, house=house),
        source=event.source,
        facts=facts,
    )
    matter, step = filed(matter, house, at=event.at, by=event.by, attempt=attempt)
    return Turn((matter,), (step,))


def joined_by(matter: Matter, spoken: Spoken) -> Matter:
    """The matter with an utterance's messages and media, and talked about now."""
    new = tuple(id for id in spoken.ids if id not in matter.messages)
    media = tuple(name for name in _media(spoken) if name not in matter.media)
    return replace(
        matter, messages=matter.messages + new, media=matter.media + media, touched=max(matter.touched, spoken.at)
    )


def _surer(case: Case, matter: Matter, spoken: Spoken, house: House) -> Turn:
    """A flagged matter of which more was said: filed if that alone makes it sure, otherwise the flag grows."""
    meaning = spoken.meaning
    matter = replace(matter, confidence=max(matter.confidence, round(meaning.matter, 4)))
    if meaning.answer != "speak" or meaning.kind not in ("complaint", "dispute") or matter.category == DISCIPLINE:
        return Turn((matter,), (_flag(matter, reason="unsure"),))
    matter = replace(matter, kind=meaning.kind, category=meaning.category, urgency=house.urgency(meaning.category))
    matter, step = filed(matter, house, at=spoken.at, by=spoken.sender, attempt=case.attempt)
    matter, actions = _ask_or_receipt(matter, house, at=spoken.at, now=spoken.now, asked=spoken.addressed)
    return Turn((matter,), (step, *actions))


def _answered(matter: Matter, spoken: Spoken, house: House) -> tuple[Matter, list[Action]]:
    """After an answer: the next question, or the receipt if all is known or the person cannot say."""
    fact = matter.awaiting or ""
    if not known(matter, fact) and not declines(spoken):
        return matter, []
    stop = [Timer(matter.id, "answer", None)]
    matter = replace(matter, awaiting=None, silences=0)
    if declines(spoken):
        return matter, [*stop, *_receipt(matter, house, now=spoken.now)]
    matter, actions = _ask_or_receipt(matter, house, at=spoken.at, now=spoken.now, asked=True)
    return matter, [*stop, *actions]


def _ask_or_receipt(
    matter: Matter, house: House, *, at: datetime, now: datetime, asked: bool
) -> tuple[Matter, list[Action]]:
    fact = _missing(matter, house)
    if fact is None:
        if asked:
            return matter, _receipt(matter, house, now=now)
        return matter, [unasked(matter, _receipt_text(matter, house), house, id="receipt", why="receipt", at=at)]
    matter = replace(matter, awaiting=fact, asked=(*matter.asked, fact))
    text = house.wording.fill(f"clarify.{fact}", name=house.name(matter))
    id = f"clarify:{len(matter.asked)}"
    if asked:
        question = reply(matter, text, id=id, why="clarify", now=now, unless=(f"answered:{fact}", "ended"))
    else:
        question = unasked(matter, text, house, id=id, why="clarify", at=at, unless=(f"answered:{fact}",))
    return matter, [question, Timer(matter.id, "answer", question.after + _patience(house))]


def _missing(matter: Matter, house: House) -> str | None:
    """The next fact worth a question. Where the place was never in doubt one more is asked; else the place alone."""
    leaf = house.lexicon.leaves.get(matter.category or "")
    questions = leaf.questions if leaf else ("place",)
    if len(matter.asked) >= house.manners.questions:
        return None
    missing = [fact for fact in questions if not known(matter, fact) and fact not in matter.asked]
    if "place" in missing:
        return "place"
    return missing[0] if missing and not matter.asked and len(missing) == len(questions) else None


def _receipt(matter: Matter, house: House, *, now: datetime) -> list[Action]:
    return [reply(matter, _receipt_text(matter, house), id="receipt", why="receipt", now=now, unless=("ended",))]


def _receipt_text(matter: Matter, house: House) -> str:
    if matter.private:
        return house.wording.fill("private.receipt", number=matter.number or "")
    place = describe(matter, public=True)
    if place:
        return house.wording.fill("receipt.place", name=house.name(matter), number=matter.number or "", place=place)
    return house.wording.fill("receipt", name=house.name(matter), number=matter.number or "")


def _privately(matter: Matter, step: Step, spoken: Spoken, house: House) -> Turn:
    """A private matter is filed, the talk goes on in private, and the group reads at most one sentence without content."""
    text = house.wording.fill("private.first")
    actions: list[Action] = [step, reply(matter, text, id="private", why="private", now=spoken.now)]
    if spoken.addressed and not spoken.private:
        group = house.wording.fill("private.group")
        actions.append(replace(reply(matter, group, id="aside", why="private", now=spoken.now), room=matter.room))
    return Turn((matter,), tuple(actions))


def _to_discipline(matter: Matter, spoken: Spoken, house: House) -> Turn:
    turn = flag(replace(matter, private=True), reason="official")
    text = house.wording.fill("private.discipline")
    told = whisper(
        spoken.sender,
        text,
        id=f"{matter.id}:discipline",
        why="private",
        about=matter.messages,
        now=spoken.now,
        matter=matter,
    )
    return turn + Turn((), (told,))


def _flag(matter: Matter, *, reason: str, to: str = "worker") -> Flag:
    return Flag(matter.id, matter.messages, matter.kind, matter.category, matter.confidence, reason, to)  # type: ignore[arg-type]


def _stop_asking(matter: Matter) -> tuple[Timer, ...]:
    return (Timer(matter.id, "answer", None),)


def _media(spoken: Spoken) -> tuple[str, ...]:
    return tuple(name for message in spoken.messages for name in message.media)


def _patience(house: House) -> timedelta:
    return timedelta(seconds=house.manners.patience)
