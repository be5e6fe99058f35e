"""Finds the matter that an utterance belongs to: the quoted one, one's own, or the neighbour's that is being talked about.

Pure. To find none is a good answer: it is better to open nothing than to put one person's words into another's matter.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from dialogs.events import Spoken
from dialogs.manners import House
from dialogs.matters import Case, Matter
from nlu.understanding import NO_FACTS

ABOUT_OWN = ("follow_up", "progress_query", "fixed", "rating", "withdrawal", "correction")
_MATTERS = ("complaint", "dispute", "emergency", "follow_up")
_UNKNOWING = re.compile(r"不(?:知道|晓得|清楚|记得)|搞不清|随便|你们自己看|自己来看|冇数|讲不清|说不清")
_SELLING = re.compile(r"接龙|扣\s*1|要的|团购|拼单|一?份|[斤罐盒箱板袋]")


def target(case: Case, spoken: Spoken, house: House) -> Matter | None:
    """The matter that this utterance continues, or None."""
    if (quoted := case.matter(spoken.quoted)) is not None and quoted.live:
        return quoted
    mine = [matter for matter in _latest(case) if matter.reporter == spoken.sender]
    for matter in mine:
        if matter.awaiting and answers(matter, spoken):
            return matter
    if (own := _own(mine, spoken, house)) is not None:
        return own
    joined = [matter for matter in _latest(case) if spoken.sender in matter.supporters]
    if spoken.meaning.intent in ABOUT_OWN or spoken.meaning.score:
        for matter in joined:
            if _rateable(matter, spoken.at, house):
                return matter
    return None


def neighbour(case: Case, spoken: Spoken, house: House) -> Matter | None:
    """The public matter of somebody else that this utterance supports, or voices again in other words; or None."""
    if spoken.private:
        return None
    since = spoken.at - timedelta(seconds=house.manners.support)
    candidates = [
        matter
        for matter in _latest(case)
        if matter.reporter != spoken.sender
        and not matter.private
        and matter.kind == "complaint"
        and matter.touched >= since
        and (matter.number is None or matter.open)
    ]
    for matter in candidates:
        if spoken.meaning.category and matter.category == spoken.meaning.category and spoken.meaning.intent in _MATTERS:
            return None if _elsewhere(matter, spoken) else matter
    if spoken.meaning.intent == "support" and candidates and not _selling(case, candidates[0], spoken):
        return candidates[0]
    return None


def answers(matter: Matter, spoken: Spoken) -> bool:
    """Whether the reporter's utterance can be the answer that a matter waits for."""
    meaning = spoken.meaning
    if spoken.addressed or meaning.facts != NO_FACTS or declines(spoken):
        return True
    return meaning.intent in ("inform", "correction", "withdrawal", "handoff")


def declines(spoken: Spoken) -> bool:
    """Whether somebody says that they do not know or do not care."""
    return bool(_UNKNOWING.search(spoken.meaning.text)) and len(spoken.meaning.text) <= 20


def _own(mine: list[Matter], spoken: Spoken, house: House) -> Matter | None:
    meaning = spoken.meaning
    recent = spoken.at - timedelta(seconds=house.manners.join)
    for matter in mine:
        if (meaning.intent in ABOUT_OWN or meaning.score) and _rateable(matter, spoken.at, house):
            return matter
    for matter in mine:
        if matter.status in ("closed", "awaiting_rating"):
            continue
        if meaning.category == matter.category and meaning.category and meaning.answer != "silent":
            return matter
        if matter.touched >= recent and _continues(matter, spoken):
            return matter
        if spoken.private and (matter.private or matter.signal):
            return matter
    return None


def _continues(matter: Matter, spoken: Spoken) -> bool:
    meaning = spoken.meaning
    if not meaning.text.strip():
        return any(message.media for message in spoken.messages)
    if meaning.intent in _MATTERS and meaning.category and meaning.answer == "speak":
        return meaning.category[:2] == (matter.category or "")[:2]
    if meaning.answer != "silent" or meaning.intent in ("inform", "correction"):
        return True
    return bool(meaning.facts.place or meaning.facts.since or meaning.facts.when) and meaning.intent != "notice"


def _rateable(matter: Matter, at: datetime, house: House) -> bool:
    if matter.status == "closed":
        return matter.touched >= at - timedelta(seconds=house.manners.guarantee)
    return matter.number is not None


def _elsewhere(matter: Matter, spoken: Spoken) -> bool:
    said = spoken.meaning.facts.element("building")
    kept = matter.facts.get("building")
    return bool(said and kept and said.text != kept.text and (matter.category or "").startswith("01"))


def _selling(case: Case, matter: Matter, spoken: Spoken) -> bool:
    """Whether a bare "+1" more likely answers an offer made after the matter was last talked about."""
    if _SELLING.search(spoken.meaning.text):
        return True
    return any(
        message.at > matter.touched and _SELLING.search(message.text) and message.id not in spoken.ids
        for message in case.recent
        if message.sender != spoken.sender
    )


def _latest(case: Case) -> list[Matter]:
    return sorted(
        (matter for matter in case.matters if matter.live), key=lambda matter: (matter.touched, matter.id), reverse=True
    )
