"""Takes a matter in: opens it, flags it or files it, joins what else is said of it, and obeys a worker's verdict.

Pure. A matter is filed at once when it is sure; what is private is filed unseen, and the talk goes on in private.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from dialogs.asking import answered, ask_or_receipt, receipt
from dialogs.events import Decided, Spoken, Visited
from dialogs.facts import PICTURE, absorb, known, lend, located, say_place, summary
from dialogs.finding import declines, late_answer, second_piece, vague
from dialogs.manners import House
from dialogs.matters import Case, Fact, Matter
from dialogs.numbers import number_for
from dialogs.sentences import reply, told, whisper
from dialogs.turns import Action, Alert, Flag, Sentence, Step, Timer, Turn
from nlu.understanding import Understanding

DISCIPLINE = "1402"
"""Misconduct of officials never becomes an ordinary ticket: it goes to discipline inspection."""
SURE = 0.97
"""So sure must a private matter be to be filed before a worker has looked: its words alone never make the bot speak up."""
GOING_ON = timedelta(hours=1)
"""So long an emergency is going on: whatever is added goes to those who were alerted."""


def opened(case: Case, spoken: Spoken, house: House, *, kind: str, category: str | None) -> Matter:
    """A new matter from an utterance and the pictures that went before it, not filed yet."""
    before = _pictures(case, spoken, house)
    matter = Matter(
        id=spoken.ids[0],
        room=case.room.id,
        opened=spoken.at,
        touched=spoken.at,
        kind=kind,
        category=category,
        urgency=house.urgency(category),
        reporter=spoken.sender,
        messages=(*(id for id, _ in before), *spoken.ids),
        media=(*(name for _, names in before for name in names), *_media(spoken)),
        confidence=round(spoken.meaning.matter, 4),
        private=is_private(category, "sensitive" in spoken.meaning.signals, house) or (spoken.private and not category),
        source="private" if spoken.private else "group",
    )
    matter = replace(matter, facts={"what": Fact(summary(spoken) or PICTURE, spoken.ids[0])})
    return absorb(matter, spoken)


def is_private(category: str | None, sensitive: bool, house: House) -> bool:
    """Whether a category, with or without sensitive words, must stay out of the group."""
    leaf = house.lexicon.leaves.get(category or "")
    if leaf is None:
        return sensitive
    return leaf.private == "always" or (leaf.private == "by_words" and sensitive)


def certain(meaning: Understanding, house: House) -> bool:
    """Whether a meaning is sure enough to be filed without a worker's look."""
    if meaning.kind not in ("complaint", "dispute") or meaning.stance != "now":
        return False
    private = is_private(meaning.category, "sensitive" in meaning.signals, house)
    return meaning.answer == "speak" or (meaning.answer == "flag" and private and meaning.matter >= SURE)


def filed(matter: Matter, house: House, *, spoken: Spoken, attempt: int = 0) -> tuple[Matter, Step]:
    """The matter as a ticket of what was said. Its number comes from its first message."""
    return _numbered(matter, house, at=spoken.at, by=spoken.sender, attempt=attempt)


def begin(case: Case, spoken: Spoken, house: House) -> Turn:
    """A new matter that is sure enough: filed at once, and the first question or the receipt in the same breath."""
    meaning = spoken.meaning
    matter = opened(case, spoken, house, kind=meaning.kind or "complaint", category=meaning.category)
    return _taken_in(case, matter, spoken, house)


def flag(matter: Matter, *, reason: str, to: str = "worker") -> Turn:
    """The matter before a worker, and not a word in the group."""
    to = "discipline" if matter.category == DISCIPLINE else to
    matter = replace(matter, flagged=True)
    return Turn((matter,), (_flag(matter, reason=reason, to=to),))


def consider(case: Case, spoken: Spoken, house: House) -> Turn:
    """A new matter that may be one: a flag."""
    meaning = spoken.meaning
    kind = meaning.kind or ("consultation" if meaning.intent == "consultation" else "complaint")
    to = "leader" if "escalation" in meaning.signals else "worker"
    return flag(opened(case, spoken, house, kind=kind, category=meaning.category), reason="unsure", to=to)


def go_on(case: Case, matter: Matter, spoken: Spoken, house: House) -> Turn:
    """More from the reporter: facts are taken in, an unsure matter may become sure, the next question is asked."""
    correcting = spoken.meaning.intent == "correction"
    awaited, before, late = matter.awaiting, matter.touched, late_answer(matter, spoken)
    more = second_piece(matter, spoken, house) and "landmark" not in matter.facts
    matter = joined_by(matter, spoken)
    matter = absorb(matter, spoken, correcting=correcting or awaited is not None)
    if more and "landmark" not in matter.facts and _worded(spoken):
        matter = say_place(matter, spoken)
    if awaited == "place" and not located(matter) and not declines(spoken) and _worded(spoken):
        matter = say_place(matter, spoken)
    if matter.number is None:
        return _surer(case, matter, spoken, house)
    actions: list[Action] = [Step(matter.id, "amend", spoken.sender, "correction" if correcting else "more")]
    if matter.signal and spoken.at - before <= GOING_ON:
        actions.append(Alert(matter.id, matter.signal, matter.messages))
    if awaited is not None:
        matter, next_actions = answered(matter, spoken, house)
        actions += next_actions
    elif spoken.private and matter.private:
        actions.append(
            _confided(matter, spoken, house, anew=spoken.at - before > timedelta(seconds=house.manners.join))
        )
    elif spoken.addressed:
        key = "answer.corrected" if correcting else "answer.noted"
        actions.append(told(matter, spoken, house.wording.fill(key), id="noted"))
    elif late and known(matter, matter.asked[-1]):
        actions.append(receipt(matter, house, at=spoken.at, now=spoken.now, asked=False))
    return Turn((matter,), tuple(actions))


def supported(matter: Matter, spoken: Spoken, house: House) -> Turn:
    """A neighbour says that it is so for them too. Their facts only fill what is missing."""
    person = spoken.sender
    asked = matter.awaiting
    matter = lend(joined_by(matter, spoken), spoken)
    if person not in matter.supporters:
        matter = replace(matter, supporters=(*matter.supporters, person))
    actions: list[Action] = [Step(matter.id, "amend", person, "support")] if matter.number else []
    if asked == "place" and known(matter, asked) and matter.number:
        matter = replace(matter, awaiting=None)
        actions += [
            Timer(matter.id, "answer", None),
            receipt(matter, house, at=spoken.at, now=spoken.now, asked=False),
        ]
    if spoken.addressed:
        key = "answer.joined" if matter.number else "answer.noted"
        values = {"name": house.name(matter), "number": matter.number} if matter.number else {}
        actions.append(told(matter, spoken, house.wording.fill(key, **values), id="joined"))
    return Turn((matter,), tuple(actions))


def decided(case: Case, matter: Matter, event: Decided, house: House) -> Turn:
    """A worker's verdict: accepted becomes a ticket, rejected is closed, and a filed one that is rejected is withdrawn."""
    if event.verdict == "reject":
        if matter.open:
            rejected = replace(matter, status="withdrawn", awaiting=None)
            stop = Timer(matter.id, "answer", None)
            return Turn((rejected,), (Step(matter.id, "withdraw", event.by, "rejected"), stop))
        return Turn((replace(matter, rejected=True, flagged=False),)) if matter.number is None else Turn()
    category = event.category or matter.category
    kind = event.kind or matter.kind
    if matter.number is not None and (kind, category) == (matter.kind, matter.category):
        return Turn()  # Accepted before: saying it again changes nothing.
    private = matter.private or is_private(category, sensitive=False, house=house)
    matter = replace(matter, kind=kind, category=category, private=private)
    if event.category and not matter.signal:
        matter = replace(matter, urgency=house.urgency(category))
    if matter.number is None:
        matter, step = _numbered(matter, house, at=event.at, by=event.by, attempt=case.attempt)
        return Turn((matter,), (step,))
    return Turn((matter,), (Step(matter.id, "amend", event.by, "reclassified"),))


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
    matter, step = _numbered(matter, house, at=event.at, by=event.by, attempt=attempt)
    return Turn((matter,), (step,))


def joined_by(matter: Matter, spoken: Spoken) -> Matter:
    """The matter with an utterance's messages and media, and talked about now."""
    new = tuple(id for id in spoken.ids if id not in matter.messages)
    media = tuple(name for name in _media(spoken) if name not in matter.media)
    return replace(
        matter, messages=matter.messages + new, media=matter.media + media, touched=max(matter.touched, spoken.at)
    )


def _taken_in(case: Case, matter: Matter, spoken: Spoken, house: House) -> Turn:
    """A sure matter: to discipline inspection, before a worker when it is too late to speak, or filed and spoken of."""
    if matter.category == DISCIPLINE:
        return _to_discipline(matter, spoken, house)
    if spoken.now - spoken.at > timedelta(seconds=house.manners.stale) and not spoken.addressed:
        return flag(matter, reason="late")
    matter, step = filed(matter, house, spoken=spoken, attempt=case.attempt)
    if matter.private:
        return _privately(matter, step, spoken, house)
    matter, actions = ask_or_receipt(matter, house, at=spoken.at, now=spoken.now, asked=spoken.addressed)
    return Turn((matter,), (step, *actions))


def _surer(case: Case, matter: Matter, spoken: Spoken, house: House) -> Turn:
    """A flagged matter of which more was said: filed if that alone makes it sure, otherwise the flag grows."""
    meaning = spoken.meaning
    private = matter.private or is_private(meaning.category, "sensitive" in meaning.signals, house)
    matter = replace(matter, private=private, confidence=max(matter.confidence, round(meaning.matter, 4)))
    if meaning.intent == "withdrawal":
        return Turn((replace(matter, rejected=True, flagged=False),))
    if matter.category == DISCIPLINE or not certain(meaning, house):
        to = "leader" if "escalation" in meaning.signals else "worker"
        turn = flag(matter, reason="unsure", to=to)
        noted = told(matter, spoken, house.wording.fill("answer.noted"), id="noted")
        return turn + Turn((), (noted,)) if spoken.addressed else turn
    matter = replace(
        matter, kind=meaning.kind or matter.kind, category=meaning.category, urgency=house.urgency(meaning.category)
    )
    return _taken_in(case, matter, spoken, house)


def _numbered(matter: Matter, house: House, *, at: datetime, by: str, attempt: int) -> tuple[Matter, Step]:
    """The matter with its number; `attempt` is how many numbers were taken."""
    number = number_for(house.secret, house.account, matter.id, attempt, at.astimezone(house.manners.zone).date())
    return replace(matter, number=number, status="open", flagged=False), Step(matter.id, "file", by)


def _privately(matter: Matter, step: Step, spoken: Spoken, house: House) -> Turn:
    """A private matter is filed, the talk goes on in private, and the group reads at most one sentence without content."""
    first = reply(matter, house.wording.fill("private.first"), id="private", why="private", now=spoken.now)
    if not spoken.addressed:
        first = replace(first, unless=("ended", "night:wait"))
    actions: list[Action] = [step, first]
    if spoken.addressed and not spoken.private:
        group = house.wording.fill("private.group")
        actions.append(replace(reply(matter, group, id="aside", why="private", now=spoken.now), room=matter.room))
    return Turn((matter,), tuple(actions))


def _confided(matter: Matter, spoken: Spoken, house: House, *, anew: bool) -> Sentence:
    """What somebody hears who goes on in private: once under which number it is kept, and anew whenever they come back."""
    if anew:
        text, id = house.wording.fill("answer.noted"), f"noted:{spoken.ids[-1]}"
    elif matter.quiet:
        text, id = house.wording.fill("private.listening"), "listening"
    else:
        text, id = house.wording.fill("private.receipt", number=matter.number or ""), "receipt"
    return reply(matter, text, id=id, why="private", now=spoken.now)


def _to_discipline(matter: Matter, spoken: Spoken, house: House) -> Turn:
    turn = flag(replace(matter, private=True), reason="official")
    text = house.wording.fill("private.discipline")
    id = f"{matter.id}:discipline"
    said = whisper(spoken.sender, text, id=id, why="private", about=matter.messages, now=spoken.now, matter=matter)
    return turn + Turn((), (said if spoken.addressed else replace(said, unless=("night:wait",)),))


def _flag(matter: Matter, *, reason: str, to: str = "worker") -> Flag:
    return Flag(matter.id, matter.messages, matter.kind, matter.category, matter.confidence, reason, to)  # type: ignore[arg-type]


def _worded(spoken: Spoken) -> bool:
    """Whether the words themselves are taken for the answer, since no grammar found it in them: never sensitive ones."""
    return (spoken.meaning.intent == "inform" or vague(spoken)) and "sensitive" not in spoken.meaning.signals


def _media(spoken: Spoken) -> tuple[str, ...]:
    return tuple(name for message in spoken.messages for name in message.media)


def _pictures(case: Case, spoken: Spoken, house: House) -> list[tuple[str, tuple[str, ...]]]:
    """The pictures without words that the same person sent shortly before and that belong to no matter yet."""
    since = spoken.messages[0].at - timedelta(seconds=house.manners.join)
    known_ids = {id for matter in case.matters for id in matter.messages} | set(spoken.ids)
    before = [
        message
        for message in case.recent
        if message.sender == spoken.sender and since <= message.at <= spoken.at and message.id not in known_ids
    ]
    return [(message.id, message.media) for message in before if message.media and not message.text.strip()]
