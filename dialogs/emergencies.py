"""Emergencies: the numbers and one safety sentence at once, an alert, a ticket of the highest urgency.

Pure. Those that are quiet (a person's own despair, violence at home) are never spoken of in the group. Nothing is promised:
the bot never says that it has called somebody.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialogs.events import Spoken
from dialogs.facts import absorb, lend, located
from dialogs.intake import GOING_ON, filed, flag, joined_by, opened
from dialogs.manners import House
from dialogs.matters import Case, Matter
from dialogs.sentences import reply
from dialogs.turns import Action, Alert, Sentence, Step, Timer, Turn
from nlu.understanding import SIGNALS, Signal

LIKELY = 0.6
"""So likely must the leaf be that the words name; else an emergency is filed under its signal's own."""
_CATEGORY = {
    "fire": "0901",
    "gas": "0704",
    "drowning": "0906",
    "violence": "0905",
    "domestic_violence": "D02",
    "suicide": "1404",
    "electric": "0703",
    "fall": "0503",
    "trapped": "0103",
    "medical": "1303",
    "flood": "0603",
    "missing": "1404",
    "poisoning": "1304",
    "fraud": "0905",
    "explosion": "0901",
}
"""The leaf that an emergency is filed under when the words name none for sure."""


HOME = ("D01", "D02")
"""Quarrels and violence in a family."""


def raised(case: Case, spoken: Spoken, house: House) -> Turn:
    """A sure emergency: joined to the same one of the last hour in this room, or begun."""
    signal = _said_of_home(spoken) or spoken.meaning.emergency or ""
    going_on = next((matter for matter in case.matters if _same(matter, signal, spoken)), None)
    return _added(going_on, spoken, house) if going_on is not None else _begun(case, spoken, house, signal)


def suspected(case: Case, spoken: Spoken, house: House) -> Turn:
    """An emergency that is not sure: a flag that shows no numbers."""
    signal = next(name for name in spoken.meaning.signals if name in SIGNALS)
    matter = opened(case, spoken, house, kind="complaint", category=spoken.meaning.category or _CATEGORY[signal])
    quiet = house.signal(signal).quiet
    return flag(replace(matter, private=matter.private or quiet), reason=f"signal:{signal}")


def _begun(case: Case, spoken: Spoken, house: House, name: str) -> Turn:
    signal = house.signal(name)
    kind = "dispute" if name == "domestic_violence" else "complaint"
    likely = (house.lexicon.leaves.get(code) for code, chance in spoken.meaning.categories[:1] if chance >= LIKELY)
    told = next((leaf.code for leaf in likely if leaf and leaf.kind == "complaint" and not signal.quiet), None)
    matter = opened(case, spoken, house, kind=kind, category=told or _CATEGORY[name])
    matter = replace(matter, urgency="P0", signal=name, quiet=signal.quiet, private=signal.quiet)
    matter, step = filed(matter, house, spoken=spoken, attempt=case.attempt)
    if not signal.quiet and not located(matter):
        matter = replace(matter, awaiting="place", asked=("place",))
    actions: list[Action] = [step, Alert(matter.id, name, matter.messages), _numbers(matter, spoken, house, signal)]
    if matter.awaiting:
        actions.append(Timer(matter.id, "answer", spoken.now + timedelta(seconds=house.manners.patience)))
    return Turn((matter,), tuple(actions))


def _added(matter: Matter, spoken: Spoken, house: House) -> Turn:
    """Others say the same: all the messages go to whoever is alerted, and the numbers stand in the group already."""
    person = spoken.sender
    had_place = located(matter)
    matter = joined_by(matter, spoken)
    matter = absorb(matter, spoken) if person == matter.reporter else lend(matter, spoken)
    if person != matter.reporter and person not in matter.supporters and not matter.aside:
        matter = replace(matter, supporters=(*matter.supporters, person))
    actions: list[Action] = [
        Alert(matter.id, matter.signal or "", matter.messages),
        Step(matter.id, "amend", person, "more"),
    ]
    if located(matter) and not had_place and matter.awaiting == "place":
        matter = replace(matter, awaiting=None)
        actions.append(Timer(matter.id, "answer", None))
    if spoken.private:  # Nobody who goes on telling of such things in private is met with silence.
        text = house.wording.fill("private.listening")
        actions.append(reply(matter, text, id=f"listening:{spoken.ids[-1]}", why="private", now=spoken.now))
    return Turn((matter,), tuple(actions))


def _said_of_home(spoken: Spoken) -> str | None:
    """A brawl that the words place in a family is not the group's to read."""
    home = spoken.meaning.category in HOME and spoken.meaning.emergency == "violence"
    return "domestic_violence" if home else None


def _numbers(matter: Matter, spoken: Spoken, house: House, signal: Signal) -> Sentence:
    numbers = "、".join(signal.numbers)
    if signal.quiet:
        key = "emergency.quiet" if signal.code == "suicide" else "emergency.quiet.danger"
        text = house.wording.fill(key, numbers=numbers)
    else:
        key = "emergency" if matter.awaiting else "emergency.placed"
        text = house.wording.fill(key, numbers=numbers, safety=signal.safety)
    late = spoken.now - spoken.at > timedelta(seconds=house.manners.stale)
    sentence = reply(matter, text, id="emergency", why="emergency", now=spoken.now)
    return replace(sentence, to=() if sentence.room else sentence.to, stale=spoken.at if late else None)


def _same(matter: Matter, signal: str, spoken: Spoken) -> bool:
    if matter.signal != signal or not matter.open or spoken.at - matter.touched > GOING_ON:
        return False
    return not matter.aside or matter.reporter == spoken.sender
