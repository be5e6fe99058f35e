"""Finds the matter that an utterance belongs to: the quoted one, one's own, or the neighbour's that is being talked about.

Pure. To find none is a good answer: it is better to open nothing than to put one person's words into another's matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from dialogs.events import Spoken
from dialogs.facts import known, located
from dialogs.manners import House
from dialogs.matters import Case, Matter
from nlu.understanding import MATTERS, NO_FACTS, URGED, Facts, Understanding

ABOUT_OWN = ("follow_up", "progress_query", "fixed", "rating", "withdrawal", "correction")
_MATTERS = (*MATTERS, URGED)
_NO_ANSWER = ("notice", "consultation", "progress_query", "rating", "praise", "support")
_UNKNOWING = re.compile(r"不(?:知道|晓得|清楚|记得)|搞不清|随便|你们自己看|自己来看|冇数|讲不清|说不清")
_SELLING = re.compile(r"接龙|扣\s*1|回复?\s*1|报名|投票|拼车|要的|团购|拼单|一?份|[斤罐盒箱板袋]")
_BARE = 4
"""Fewer characters has a "+1" that says nothing of what it is about."""
_WIDE = ("03", "06", "07")
"""Groups of the taxonomy whose matters reach further than the place of the one who tells of them: noise, floods, supply."""
_APART = ("village", "group", "road", "estate", "building")
_ALIKE = 0.25
"""So likely must a runner-up be to count as the same kind of matter."""
_CHATTING = 0.9
_VAGUE = 0.6
_FEW_WORDS = 20
_HINTED = 0.3
_LATE = timedelta(days=1)


def target(case: Case, spoken: Spoken, house: House) -> Matter | None:
    """The matter that this utterance of somebody whom it concerns continues, or None."""
    if (quoted := case.matter(spoken.quoted)) is not None and quoted.live and quoted.concerns(spoken.sender):
        return quoted
    mine = [matter for matter in _latest(case) if matter.reporter == spoken.sender]
    joined = [matter for matter in _latest(case) if spoken.sender in matter.supporters]
    numbers = {span.text.upper() for span in spoken.meaning.facts.ticket_no}
    named = next((matter for matter in (*mine, *joined) if matter.number in numbers), None)
    if named is not None:
        return named
    for matter in mine:
        if matter.awaiting and answers(matter, spoken):
            return matter
    if (handled := _handled((*mine, *joined), case, spoken, house)) is not None:
        return handled
    return _own(mine, spoken, house)


def neighbour(case: Case, spoken: Spoken, house: House) -> Matter | None:
    """The public matter of somebody else that this utterance supports, or voices again in other words; or None."""
    if spoken.private:
        return None
    meaning = spoken.meaning
    voiced = meaning.intent in _MATTERS
    quoted = case.matter(spoken.quoted)
    if quoted is not None and _supportable(quoted, spoken, house) and (meaning.intent == "support" or voiced):
        return quoted
    since = spoken.at - timedelta(seconds=house.manners.support)
    near = [matter for matter in _latest(case) if _supportable(matter, spoken, house) and matter.touched >= since]
    if meaning.intent != "support":
        same = (matter for matter in near if alike(matter, meaning) and not elsewhere(matter, meaning.facts))
        found = next(same, None) if voiced else None
        return found or next((matter for matter in near if _hinted(matter, spoken, house)), None)
    here = [matter for matter in near if not elsewhere(matter, meaning.facts)] or near
    chosen = next((matter for matter in here if _shares_place(matter, meaning.facts)), here[0] if here else None)
    return None if chosen is None or _selling(case, chosen.touched, spoken) else chosen


def answers(matter: Matter, spoken: Spoken) -> bool:
    """Whether the reporter's utterance can be the answer that a matter waits for."""
    meaning = spoken.meaning
    if meaning.intent in _NO_ANSWER or meaning.stance == "advert" or _another(matter, meaning):
        return False
    if declines(spoken) or meaning.intent in ("inform", "correction", "withdrawal", "handoff"):
        return True
    if spoken.addressed and (spoken.quoted == matter.id or meaning.facts != NO_FACTS):
        return True
    return _tells(matter.awaiting, meaning.facts) or vague(spoken)


def second_piece(matter: Matter, spoken: Spoken, house: House) -> bool:
    """Whether a few more words follow at once upon the answer to where it is."""
    told = matter.asked[-1:] == ("place",) and matter.awaiting is None and not matter.with_worker
    meaning = spoken.meaning
    few = vague(spoken) or (
        meaning.intent == "inform" and len(meaning.text) <= _FEW_WORDS and meaning.facts == NO_FACTS
    )
    return told and few and spoken.at - matter.touched <= timedelta(seconds=house.manners.window)


def vague(spoken: Spoken) -> bool:
    """Whether nobody can tell what a few words are about: from who was just asked, they are the answer."""
    meaning = spoken.meaning
    few = 0 < len(meaning.text.strip()) <= _FEW_WORDS and meaning.answer == "silent"
    return few and meaning.probability < _VAGUE and meaning.stance == "now"


def declines(spoken: Spoken) -> bool:
    """Whether somebody says that they do not know or do not care."""
    return bool(_UNKNOWING.search(spoken.meaning.text)) and len(spoken.meaning.text) <= 20


def alike(matter: Matter, meaning: Understanding) -> bool:
    """Whether an utterance voices the same kind of matter, as far as its kind can be told."""
    if matter.category is None:
        return False
    return meaning.category == matter.category or any(
        code == matter.category and chance >= _ALIKE for code, chance in meaning.categories
    )


def elsewhere(matter: Matter, facts: Facts) -> bool:
    """Whether facts name another place than the matter's, where the place makes it another matter."""
    if (matter.category or "")[:2] in _WIDE:
        return False
    for name in _APART:
        said, kept = facts.element(name), matter.facts.get(name)
        if said is not None and kept is not None and _differ(said.text, kept.text):
            return True
    return False


def _elsewhere_now(matter: Matter, meaning: Understanding) -> bool:
    return meaning.intent != "correction" and elsewhere(matter, meaning.facts)


def late_answer(matter: Matter, spoken: Spoken) -> bool:
    """Whether this tells what was asked in vain, hours ago."""
    if not (matter.with_worker and matter.open and matter.asked and spoken.at - matter.touched <= _LATE):
        return False
    asked = matter.asked[-1]
    return not known(matter, asked) and _tells(asked, spoken.meaning.facts) and _plain(spoken.meaning)


def _handled(matters: Iterable[Matter], case: Case, spoken: Spoken, house: House) -> Matter | None:
    """The filed matter that a word of how it goes belongs to: one waiting to be rated, else an open one, else a closed one."""
    order = {"awaiting_rating": 0, "closed": 2}
    for matter in sorted(matters, key=lambda matter: order.get(matter.status or "", 1)):
        if matter.number is None or _elsewhere_now(matter, spoken.meaning):
            continue
        if matter.status == "awaiting_rating" and _tells_outcome(matter, case, spoken):
            return matter
        if matter.status == "closed" and _reopens(matter, spoken, house):
            return matter
        if matter.open and matter.status != "awaiting_rating" and _tells_open(matter, spoken, house):
            return matter
    return None


def _tells_outcome(matter: Matter, case: Case, spoken: Spoken) -> bool:
    meaning = spoken.meaning
    if meaning.score is not None and len(meaning.text.strip()) == 1 and _selling(case, matter.touched, spoken):
        return False
    told = meaning.intent in ABOUT_OWN or meaning.score is not None or meaning.solved is not None
    return told or _again(matter, meaning)


def _reopens(matter: Matter, spoken: Spoken, house: House) -> bool:
    """Whether a word after closing still counts: "broken again" within the guarantee, a first rating within a day."""
    meaning, age = spoken.meaning, spoken.at - matter.touched
    if age > timedelta(seconds=house.manners.guarantee):
        return False
    if meaning.intent == "progress_query" or _again(matter, meaning):
        return True
    if meaning.solved is False or meaning.score == "dissatisfied":
        return True
    rated = any(rating.by == spoken.sender for rating in matter.ratings)
    return meaning.score is not None and not rated and age <= _LATE


def _tells_open(matter: Matter, spoken: Spoken, house: House) -> bool:
    meaning = spoken.meaning
    if meaning.intent == "rating":
        return spoken.addressed
    if meaning.intent == "correction":
        near = spoken.at - matter.touched <= timedelta(seconds=house.manners.support)
        return spoken.addressed or (near and matter.reporter == spoken.sender)
    if meaning.intent == "handoff":
        return spoken.addressed
    return meaning.intent in ABOUT_OWN


def _again(matter: Matter, meaning: Understanding) -> bool:
    """Whether somebody complains anew of what is said to be done."""
    return meaning.intent in _MATTERS and meaning.answer != "silent" and alike(matter, meaning)


def _own(mine: list[Matter], spoken: Spoken, house: House) -> Matter | None:
    meaning = spoken.meaning
    recent = spoken.at - timedelta(seconds=house.manners.join)
    today = spoken.at - timedelta(seconds=house.manners.support)
    for matter in mine:
        if matter.status in ("closed", "awaiting_rating") or _elsewhere_now(matter, meaning):
            continue
        held = matter.open or matter.touched >= today
        if held and alike(matter, meaning) and meaning.answer != "silent":
            return matter
        if matter.touched >= recent and _continues(matter, spoken):
            return matter
        if second_piece(matter, spoken, house):
            return matter
        if late_answer(matter, spoken):
            return matter
        near = matter.private or matter.signal or matter.touched >= recent
        if spoken.private and held and near and _confides(matter, meaning):
            return matter
    return None


def _continues(matter: Matter, spoken: Spoken) -> bool:
    meaning = spoken.meaning
    if not meaning.text.strip():
        return any(message.media for message in spoken.messages)
    if meaning.intent in _MATTERS and meaning.category and meaning.answer == "speak":
        return not _another(matter, meaning)
    if meaning.intent in ("inform", "correction", "withdrawal"):
        return True
    if meaning.intent in ("notice", "consultation", "support") or not _plain(meaning):
        return False
    return meaning.answer != "silent" or bool(meaning.facts.place or meaning.facts.since or meaning.facts.when)


def _confides(matter: Matter, meaning: Understanding) -> bool:
    return meaning.intent not in ("consultation", "notice", "progress_query") and not _another(matter, meaning)


def _another(matter: Matter, meaning: Understanding) -> bool:
    """Whether an utterance is surely a matter of its own, of another group of the taxonomy."""
    if meaning.intent not in _MATTERS or meaning.answer != "speak" or not meaning.category:
        return False
    return meaning.category[:2] != (matter.category or "")[:2] and not alike(matter, meaning)


def _plain(meaning: Understanding) -> bool:
    """Whether an utterance is not surely idle talk."""
    return not (meaning.intent == "chat" and meaning.probability >= _CHATTING) and meaning.intent != "notice"


def _tells(fact: str | None, facts: Facts) -> bool:
    if fact == "place":
        return bool(facts.place)
    if fact in ("when", "since"):
        return bool(facts.when or facts.since)
    return bool(getattr(facts, fact, ())) if fact in ("people", "subject") else False


def _supportable(matter: Matter, spoken: Spoken, house: House) -> bool:
    mine = matter.reporter == spoken.sender
    if mine or matter.aside or matter.kind == "consultation" or house.at_odds(matter) or not matter.live:
        return False
    return matter.number is None or matter.status in ("open", "assigned", "in_progress", "reopened")


def _hinted(matter: Matter, spoken: Spoken, house: House) -> bool:
    """Whether words of which the kind is unclear name the very place of a matter while it is being talked about."""
    meaning = spoken.meaning
    if not (meaning.matter >= _HINTED and meaning.probability < _VAGUE and meaning.stance == "now"):
        return False
    fresh = spoken.at - matter.touched <= timedelta(seconds=house.manners.join)
    return fresh and _shares_place(matter, meaning.facts)


def _shares_place(matter: Matter, facts: Facts) -> bool:
    kept = {fact.text for name, fact in matter.facts.items() if name in (*_APART, "landmark")}
    return located(matter) and any(span.text in kept for span in facts.place)


def _differ(said: str, kept: str) -> bool:
    """Whether two names of a kind are two places. A number in figures and one in words cannot be compared."""
    digits = [re.sub(r"\D", "", text) for text in (said, kept)]
    if all(digits):
        return digits[0] != digits[1]
    return not any(digits) and said not in kept and kept not in said


def _selling(case: Case, touched: datetime, spoken: Spoken) -> bool:
    """Whether a bare "+1" more likely answers an offer made after the matter was last talked about."""
    text = spoken.meaning.text.strip()
    if _SELLING.search(text):
        return True
    if len(text) >= _BARE:
        return False
    return any(
        message.at > touched and _SELLING.search(message.text) and message.id not in spoken.ids
        for message in case.recent
        if message.sender != spoken.sender
    )


def _latest(case: Case) -> list[Matter]:
    return sorted(
        (matter for matter in case.matters if matter.live), key=lambda matter: (matter.touched, matter.id), reverse=True
    )
