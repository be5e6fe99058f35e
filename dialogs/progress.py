"""What happens after filing: progress told, the survey, ratings in words, a matter that comes back, one taken back.

Pure. Unrated stays unrated. Dissatisfied reopens once; after that it is for a person above.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from dialogs.events import Due, Moved, Spoken
from dialogs.facts import absorb, lend, masked
from dialogs.intake import joined_by
from dialogs.manners import House, is_night, morning
from dialogs.matters import Matter, Rating
from dialogs.sentences import report, told, unasked
from dialogs.turns import Action, Flag, Rated, Sentence, Step, Timer, Turn
from nlu.understanding import Score

NOTE_LIMIT = 60
_EMPTY = re.compile(
    r"^\W*(?:(?:已(?:经)?)?(?:收到|受理|派单|接单|签收|处理中|办理中|办结|完成)|(?:正在|在)?(?:处理|办理)(?:中)?|不(?:予)?受理)(?:\W+|$)"
)
"""How a note begins that only says what the sentence around it says already."""


def moved(matter: Matter, event: Moved, house: House) -> Turn:
    """The desk moved the ticket: whom it concerns is told what is new to them, once."""
    accepted = matter.accepted or event.move in ("accepted", "assigned", "in_progress", "done")
    matter = replace(matter, status=event.status, accepted=accepted)
    actions: list[Action] = []
    if event.move != "overdue" and matter.awaiting:
        matter = replace(matter, awaiting=None)
        actions.append(Timer(matter.id, "answer", None))
    if event.move == "done":
        actions.append(Timer(matter.id, "survey", event.now + timedelta(seconds=house.manners.survey_pause)))
        actions.append(Timer(matter.id, "unrated", event.now + timedelta(seconds=house.manners.unrated)))
    heard = matter.reporter is not None or not matter.aside
    if heard and (text := _news(matter, event, house)):
        after = event.now + timedelta(seconds=house.manners.progress_batch)
        # The instant tells two rounds of the same move apart: a ticket may be done, reopened and done again.
        id = f"progress:{event.move}:{event.at:%Y%m%dT%H%M%S}"
        actions.append(report(matter, text, id=id, why="progress", after=after, unless=(f"status:{event.status}",)))
    return Turn((matter,), tuple(actions))


def surveyed(matter: Matter, event: Due, house: House) -> Turn:
    """The pause after `done` is over: reporter and supporters are asked once, but never how an emergency pleased them."""
    if matter.status != "awaiting_rating" or matter.reporter is None or matter.signal:
        return Turn()
    if is_night(house.manners, event.now):
        pause = timedelta(seconds=house.manners.survey_pause)
        return Turn((), (Timer(matter.id, "survey", morning(house.manners, event.now) + pause),))
    text = house.wording.fill("survey", name=house.name(matter), number=matter.number or "")
    id = f"survey:{event.at:%Y%m%dT%H%M%S}"
    return Turn((), (report(matter, text, id=id, why="survey", after=event.now, unless=("rated",)),))


def unrated(matter: Matter, event: Due) -> Turn:
    """Nobody rated: the ticket closes, and counts as unrated."""
    if matter.status != "awaiting_rating":
        return Turn()
    closed = replace(matter, status="closed", touched=max(matter.touched, event.at))
    return Turn((closed,), (Step(matter.id, "close", "bot", "unrated"),))


def spoken_of(matter: Matter, spoken: Spoken, house: House) -> Turn | None:
    """What reporter or supporter says about a filed matter as such; None if it is about its facts."""
    intent = spoken.meaning.intent
    if matter.number is None:
        return None
    if intent == "withdrawal" and matter.open:
        return _withdrawn(matter, spoken, house)
    if intent == "progress_query":
        return status(matter, spoken, house)
    if matter.status in ("awaiting_rating", "closed"):
        return _rated(matter, spoken, house)
    if intent in ("follow_up", "fixed", "rating"):
        matter = joined_by(matter, spoken)
        step = Step(matter.id, "amend", spoken.sender, intent)
        escalates = "escalation" in spoken.meaning.signals
        note = _flag(matter, spoken, reason=intent, to="leader" if escalates else "worker")
        said = (_status_told(matter, spoken, house),) if spoken.addressed else ()
        return Turn((matter,), (step, note, *said))
    return None


def status(matter: Matter, spoken: Spoken, house: House) -> Turn:
    """How it goes with a matter, told to who asks: at once, or after staff had time to answer if nobody asked the bot."""
    said = _status_told(matter, spoken, house)
    if not spoken.addressed:
        waiting = unasked(matter, said.text, house, id=f"status:{spoken.ids[-1]}", why="answer", at=spoken.at)
        said = replace(waiting, to=said.to, unless=tuple(name for name in waiting.unless if name != "ended"))
    concerned = matter.concerns(spoken.sender)
    return Turn((joined_by(matter, spoken),) if concerned else (), (said,))


def _rated(matter: Matter, spoken: Spoken, house: House) -> Turn | None:
    meaning = spoken.meaning
    if meaning.score is None and meaning.solved is None:
        complains = meaning.intent in ("complaint", "dispute", "emergency", "follow_up") and meaning.answer != "silent"
        return _back(joined_by(matter, spoken), spoken, _unsaid(matter, spoken), house) if complains else None
    score: Score = meaning.score or ("satisfied" if meaning.solved else "dissatisfied")
    rating = Rating(spoken.sender, spoken.at, meaning.solved, score, comment=masked(spoken)[:200])
    matter = joined_by(replace(matter, ratings=(*matter.ratings, rating)), spoken)
    actions: list[Action] = [Rated(matter.id, matter.number or "", rating), Timer(matter.id, "survey", None)]
    if score == "dissatisfied" or meaning.solved is False:
        return _back(matter, spoken, actions, house)
    if matter.status == "awaiting_rating":
        matter = replace(matter, status="closed")
        actions += [Step(matter.id, "close", spoken.sender, score), Timer(matter.id, "unrated", None)]
    if spoken.addressed:
        actions.append(told(matter, spoken, house.wording.fill("answer.rated"), id="rated"))
    return Turn((matter,), tuple(actions))


def _unsaid(matter: Matter, spoken: Spoken) -> list[Action]:
    """The rating that lies in complaining anew while a rating is waited for; after closing it is just a matter come back."""
    if matter.status != "awaiting_rating":
        return []
    rating = Rating(spoken.sender, spoken.at, False, "dissatisfied", comment=masked(spoken)[:200])
    return [Rated(matter.id, matter.number or "", rating), Timer(matter.id, "survey", None)]


def _back(matter: Matter, spoken: Spoken, actions: list[Action], house: House) -> Turn:
    """Not solved, or broken again: reopened once, then passed upward."""
    rated = tuple(action.rating for action in actions if isinstance(action, Rated))
    matter = replace(matter, ratings=(*matter.ratings, *(one for one in rated if one not in matter.ratings)))
    number = matter.number or ""
    if matter.reopened:
        text = house.wording.fill("answer.again", number=number)
        actions += [_flag(matter, spoken, reason="dissatisfied", to="leader")]
    else:
        matter = absorb(matter, spoken) if spoken.sender == matter.reporter else lend(matter, spoken)
        matter = replace(matter, status="reopened", reopened=matter.reopened + 1)
        text = house.wording.fill("answer.reopened", number=number)
        actions += [Step(matter.id, "reopen", spoken.sender, "dissatisfied"), Timer(matter.id, "unrated", None)]
    actions.append(told(matter, spoken, text, id="back"))
    return Turn((matter,), tuple(actions))


def _withdrawn(matter: Matter, spoken: Spoken, house: House) -> Turn:
    """Taken back by who reported it; where neighbours stand behind it, it goes on without them."""
    person, number = spoken.sender, matter.number or ""
    matter = joined_by(matter, spoken)
    if person != matter.reporter or matter.supporters:
        matter = replace(matter, supporters=tuple(other for other in matter.supporters if other != person))
        said = told(matter, spoken, house.wording.fill("answer.withdrawn.shared", number=number), id="withdrawn")
        step = Step(matter.id, "amend", person, "withdrawal")
        return Turn((matter,), (step, _flag(matter, spoken, reason="withdrawal"), said))
    matter = replace(matter, status="withdrawn", awaiting=None)
    said = told(matter, spoken, house.wording.fill("answer.withdrawn", number=number), id="withdrawn")
    return Turn((matter,), (Step(matter.id, "withdraw", person, "reporter"), said, Timer(matter.id, "answer", None)))


def _status_told(matter: Matter, spoken: Spoken, house: House) -> Sentence:
    word = house.wording.word(f"status.{matter.status}")
    text = house.wording.fill("answer.status", name=house.name(matter), number=matter.number or "", status=word)
    return told(matter, spoken, text, id="status")


def _news(matter: Matter, event: Moved, house: House) -> str:
    """What is told of a move: that it is done or refused, and how it goes if that says anything; taking it up is no news."""
    note = "" if house.discreet(matter) and not matter.aside else _EMPTY.sub("", event.note).strip()[:NOTE_LIMIT]
    values = {"name": house.name(matter), "number": matter.number or ""}
    if event.move == "done":
        done = house.wording.fill("progress.done", **values, note=note)
        return done if note else house.wording.fill("progress.done.bare", **values)
    if event.status == "refused":
        return house.wording.fill("progress.refused", **values, note=note)
    if event.move == "in_progress" and note:
        return house.wording.fill("progress.in_progress", **values, note=note)
    return ""


def _flag(matter: Matter, spoken: Spoken, *, reason: str, to: str = "worker") -> Flag:
    return Flag(matter.id, spoken.ids, matter.kind, matter.category, matter.confidence, reason, to)  # type: ignore[arg-type]
