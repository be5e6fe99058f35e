"""What happens after filing: progress told, the survey, ratings in words, a matter that comes back, one taken back.

Pure. Unrated stays unrated. Dissatisfied reopens once; after that it is for a person above.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialogs.events import Due, Moved, Spoken
from dialogs.facts import absorb
from dialogs.intake import flag, joined_by
from dialogs.manners import House
from dialogs.matters import Matter, Rating
from dialogs.sentences import reply, report
from dialogs.turns import Action, Flag, Rated, Step, Timer, Turn
from nlu.understanding import Score

NOTE_LIMIT = 60


def moved(matter: Matter, event: Moved, house: House) -> Turn:
    """The desk moved the ticket: whom it concerns is told what is new to them, once."""
    before = matter.status
    accepted = matter.accepted or event.move in ("accepted", "assigned", "in_progress", "done")
    matter = replace(matter, status=event.status, accepted=accepted)
    actions: list[Action] = []
    if event.status in ("awaiting_rating", "refused", "assigned", "in_progress", "open") and matter.awaiting:
        matter = replace(matter, awaiting=None)
        actions.append(Timer(matter.id, "answer", None))
    if event.move == "done":
        actions.append(Timer(matter.id, "survey", event.now + timedelta(seconds=house.manners.survey_pause)))
        actions.append(Timer(matter.id, "unrated", event.now + timedelta(seconds=house.manners.unrated)))
    if event.move != "overdue" and (event.status != before or event.note) and (key := _told(event)):
        note = event.note.strip()[:NOTE_LIMIT]
        text = house.wording.fill(key, name=house.name(matter), number=matter.number or "", note=note)
        after = event.now + timedelta(seconds=house.manners.progress_batch)
        # The instant tells two rounds of the same move apart: a ticket may be done, reopened and done again.
        id = f"progress:{event.move}:{event.at:%Y%m%dT%H%M%S}"
        actions.append(report(matter, text, id=id, why="progress", after=after, unless=(f"status:{event.status}",)))
    return Turn((matter,), tuple(actions))


def surveyed(matter: Matter, event: Due, house: House) -> Turn:
    """The pause after `done` is over: reporter and supporters are asked once."""
    if matter.status != "awaiting_rating" or matter.reporter is None:
        return Turn()
    text = house.wording.fill("survey", name=house.name(matter), number=matter.number or "")
    id = f"survey:{matter.reopened}"
    return Turn((), (report(matter, text, id=id, why="survey", after=event.now, unless=("rated",)),))


def unrated(matter: Matter) -> Turn:
    """Nobody rated: the ticket closes, and counts as unrated."""
    if matter.status != "awaiting_rating":
        return Turn()
    return Turn((replace(matter, status="closed"),), (Step(matter.id, "close", "bot", "unrated"),))


def spoken_of(matter: Matter, spoken: Spoken, house: House) -> Turn | None:
    """What reporter or supporter says about a filed matter as such; None if it is about its facts."""
    intent = spoken.meaning.intent
    if matter.number is None:
        return None
    if intent == "withdrawal" and spoken.sender == matter.reporter and matter.open:
        return _withdrawn(matter, spoken, house)
    if intent == "progress_query":
        return _status(matter, spoken, house)
    if matter.status in ("awaiting_rating", "closed"):
        return _rated(matter, spoken, house)
    if intent in ("follow_up", "fixed", "rating"):
        matter = joined_by(matter, spoken)
        step = Step(matter.id, "amend", spoken.sender, intent)
        note = _flag(matter, spoken, reason=intent)
        told = _status(matter, spoken, house).actions if spoken.addressed else ()
        return Turn((matter,), (step, note, *told))
    return None


def _rated(matter: Matter, spoken: Spoken, house: House) -> Turn | None:
    meaning = spoken.meaning
    if meaning.score is None and meaning.solved is None:
        return None
    score: Score = meaning.score or ("satisfied" if meaning.solved else "dissatisfied")
    rating = Rating(spoken.sender, spoken.at, meaning.solved, score, comment=meaning.text[:200])
    matter = joined_by(replace(matter, ratings=(*matter.ratings, rating)), spoken)
    actions: list[Action] = [Rated(matter.id, matter.number or "", rating), Timer(matter.id, "survey", None)]
    if score == "dissatisfied" or meaning.solved is False:
        return _back(matter, spoken, actions, house)
    if matter.status == "awaiting_rating":
        matter = replace(matter, status="closed")
        actions += [Step(matter.id, "close", spoken.sender, score), Timer(matter.id, "unrated", None)]
    return Turn((matter,), tuple(actions))


def _back(matter: Matter, spoken: Spoken, actions: list[Action], house: House) -> Turn:
    """Not solved, or broken again: reopened once, then passed upward."""
    number = matter.number or ""
    id = f"back:{spoken.ids[-1]}"
    if matter.reopened:
        text = house.wording.fill("answer.again", number=number)
        actions += [_flag(matter, spoken, reason="dissatisfied", to="leader")]
    else:
        matter = replace(absorb(matter, spoken), status="reopened", reopened=matter.reopened + 1)
        text = house.wording.fill("answer.reopened", number=number)
        actions += [Step(matter.id, "reopen", spoken.sender, "dissatisfied"), Timer(matter.id, "unrated", None)]
    actions.append(reply(matter, text, id=id, why="answer", now=spoken.now))
    return Turn((matter,), tuple(actions))


def _withdrawn(matter: Matter, spoken: Spoken, house: House) -> Turn:
    text = house.wording.fill("answer.withdrawn", number=matter.number or "")
    if matter.supporters:
        return flag(joined_by(matter, spoken), reason="withdrawal")
    matter = replace(joined_by(matter, spoken), status="withdrawn", awaiting=None)
    said = reply(matter, text, id=f"withdrawn:{spoken.ids[-1]}", why="answer", now=spoken.now)
    return Turn(
        (matter,), (Step(matter.id, "withdraw", spoken.sender, "reporter"), said, Timer(matter.id, "answer", None))
    )


def _status(matter: Matter, spoken: Spoken, house: House) -> Turn:
    status = house.wording.word(f"status.{matter.status}")
    text = house.wording.fill("answer.status", name=house.name(matter), number=matter.number or "", status=status)
    said = reply(matter, text, id=f"status:{spoken.ids[-1]}", why="answer", now=spoken.now)
    return Turn((joined_by(matter, spoken),), (replace(said, to=(spoken.sender,)),))


def _told(event: Moved) -> str | None:
    """The sentence for a move; none for one that only the desk cares about."""
    if event.move == "done":
        return "progress.done" if event.note.strip() else "progress.done.bare"
    if event.status == "refused":
        return "progress.refused"
    if event.move in ("in_progress",):
        return "progress.in_progress"
    if event.move == "accepted" and event.note.strip():
        return "progress.open"
    return None


def _flag(matter: Matter, spoken: Spoken, *, reason: str, to: str = "worker") -> Flag:
    return Flag(matter.id, spoken.ids, matter.kind, matter.category, matter.confidence, reason, to)  # type: ignore[arg-type]
