"""The linear backend: a `Reader` over arrays. Law: no training library, no file and no clock once it is loaded; lean, for it reads
every message of every group.

What is cheap is decided for all: intent, the words of emergencies. What is dear, such as the category, is asked only where
something may be the matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from nlu.facts import find_facts
from nlu.knowledge import Shelf, look_up, shelf
from nlu.model import Floats, Head, Model, ask, odds_of, score, see, straightened, tempered, weigh
from nlu.places import Gazetteer, load_gazetteer
from nlu.registry import ModelError, load
from nlu.spelling import spell
from nlu.taxonomy import read_domain
from nlu.understanding import (
    MATTERS,
    SIGNALS,
    URGED,
    Answer,
    Kind,
    Knowledge,
    Lexicon,
    Score,
    Stance,
    Surroundings,
    Understanding,
)
from nlu.vectors import Vectors, pool, read_vectors
from nlu.verdict import judge
from nlu.watch import Raised, Watcher, said_by, watcher
from nlu.words import Cutter, parts, read_words

SILENT_KINDS = frozenset({"note", "red_packet", "system", "sticker"})
KINDS: tuple[Kind, ...] = ("complaint", "dispute", "consultation")
#: Chances of a matter: from one on a sensitive word may mean something, a text is looked at closer, a category is told.
PLAUSIBLE, WORTH_A_LOOK, LIKELY = 0.05, 0.25, 0.3
#: So likely idle talk is surely nothing else: words like 可以 in it are no verdict.
IDLE = 0.7
ALIKE = "chat hard"
#: A question is one from this share of the likeliest matter's chance on: on unseen hands both are then about equally well told.
ASKS = 0.5
SCORES: tuple[Score, ...] = ("satisfied", "fair", "dissatisfied")
LIKELIEST = 5
#: So much of the heat names an emergency beside the words, and so likely a text is sensitive; so likely a stance stands.
HINTED, STANDS = 0.5, 0.3
#: A text longer than this many characters is read by its sentences too, at most so many; what one of them says alone counts less.
LONG, SENTENCES, SHORTEST_SENTENCE, PRICE = 100, 12, 8, 1.0
_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]|[^。！？\n]+$")


@dataclass(frozen=True, slots=True)
class Linear:
    """The backend; `load_reader` sets all of it.

    `learnt` is the model, `index` leads from a feature to its row, `gather` (sense, intent) adds senses up to intents;
    `voiced` are the senses of matters, and the same with those that urge one; `alarms` are the places of the emergencies among
    the senses, `alike` that of the look-alikes, `ratings` those of the ratings; `disputes` says which categories are kinds of
    disputes.
    """

    learnt: Model
    lexicon: Lexicon
    cutter: Cutter
    watcher: Watcher
    shelf: Shelf
    gazetteer: Gazetteer
    index: Mapping[str, int]
    intents: tuple[str, ...]
    gather: Floats
    voiced: tuple[NDArray[np.bool_], NDArray[np.bool_]]
    alarms: tuple[int, ...]
    alike: int | None
    disputes: NDArray[np.bool_]
    ratings: Mapping[Score, int]
    vectors: Vectors | None = None
    model: str = ""

    def triage(self, text: str, around: Surroundings) -> Understanding:
        """The meaning without facts."""
        spelt = "" if around.kind in SILENT_KINDS else spell(text)
        if not spelt:
            return Understanding(text, "chat", probability=1.0, matter=0.0, answer="silent", model=self.model)
        meaning, look = self._listen(text, spelt, around.kind)
        if around.kind == "link":
            meaning = replace(meaning, stance="reported")
        look = replace(look, raised=self.watcher.raised(spelt))
        if meaning.intent == "chat" and meaning.matter < WORTH_A_LOOK and not look.raised:
            return meaning
        return self._closer(meaning, spelt, look)

    def _glance(self, text: str, spelt: str, kind: str) -> tuple[Understanding, _Look]:
        """What is cheap to say of some words of a text, and what was seen of them."""
        names, words = parts(spelt, self.cutter, kind)
        rows, weights = weigh(names, self.index, self.learnt.idf, self.learnt.unknown)
        head = self.learnt.heads["sense"]
        scores = score(head, rows, weights)
        senses = tempered(scores, head.temperature)
        chances = senses @ self.gather
        warm = tempered(scores, self.learnt.warmth)
        best = int(chances.argmax())
        odds = odds_of(float(warm[self.counted(best)].sum()))
        if self.learnt.sight is not None and self.vectors is not None:
            odds += see(self.learnt.sight, pool(self.vectors, words))
        idle = self.intents[best] == "chat" and float(chances[best]) >= IDLE
        verdict = judge(spelt, self.intents[best], idle=idle)
        meaning = Understanding(
            text=text,
            intent=self.intents[best],
            probability=round(float(chances[best]), 4),
            matter=round(straightened(odds, *self.learnt.matter), 6),
            answer="silent",
            stance=self._stance(rows, weights, senses),
            score=verdict.score or self._rating(self.intents[best], senses),
            solved=verdict.solved,
            model=self.model,
        )
        return meaning, _Look(spelt, ((rows, weights),), senses, warm, chances)

    def counted(self, best: int) -> NDArray[np.bool_]:
        """The senses that say "a matter" where this intent is the likeliest: what is voiced as one may be one that came back."""
        return self.voiced[self.intents[best] in MATTERS]

    def heard(self, spelt: str) -> tuple[str, float]:
        """What decides of a spelt text, the whole or a sentence, and what the log odds of a matter lose for that."""
        _, look = self._listen(spelt, spelt, "text")
        return look.part, look.price

    def _listen(self, text: str, spelt: str, kind: str) -> tuple[Understanding, _Look]:
        """A long text may hold its matter in one sentence: that sentence decides, if it says so more surely than the whole.

        What it is about is read from the whole, from that sentence, and from the first one, where most people name it.
        """
        meaning, look = self._glance(text, spelt, kind)
        if len(spelt) <= LONG:
            return meaning, look
        glances = [self._glance(text, part, kind) for part in sentences(spelt)]
        best, seen = max(glances, key=lambda glance: glance[0].matter)
        readings = (*look.readings, *glances[0][1].readings, *seen.readings)
        lessened = round(straightened(odds_of(best.matter), 1.0, -PRICE), 6)
        if lessened <= meaning.matter:
            return meaning, replace(look, readings=readings)
        return replace(best, matter=lessened), replace(seen, readings=readings, price=PRICE)

    def understand(self, text: str, around: Surroundings) -> Understanding:
        """The meaning with facts."""
        meaning = self.triage(text, around)
        return replace(meaning, facts=find_facts(text, around, self.gazetteer))

    def answer(self, text: str, at: datetime) -> Knowledge | None:
        """The knowledge that answers this question and is still valid, or None."""
        return look_up(text, at, self.shelf, self.cutter)

    def _closer(self, meaning: Understanding, spelt: str, look: _Look) -> Understanding:
        """The meaning with what only matters have: stance, category, signals, and the answer that follows."""
        heat = float(look.warm[np.array(self.alarms, dtype=np.intp)].sum())
        alarm = self.learnt.alarm.chance(heat, said_by(look.raised))
        signals, sure = self._emergencies(look, alarm, meaning.matter)
        kind, categories = self._categories(look)
        leaf = self.lexicon.leaves.get(categories[0][0]) if categories else None
        held = self._is_sensitive(spelt, look) or (leaf is not None and leaf.private == "always")
        if held and (signals or meaning.matter >= PLAUSIBLE):
            signals = (*signals, "sensitive")
        if self.watcher.escalation is not None and self.watcher.escalation.search(spelt):
            signals = (*signals, "escalation")
        if meaning.stance == "reported":
            sure = ()
        meaning = replace(meaning, signals=signals, sure=sure)
        asked = self._chance("consultation", look) >= self.learnt.marks.ask
        heeded = alarm >= self.learnt.marks.heed
        meaning = replace(meaning, answer=self._answer(meaning, noted=heeded or asked, discreet=held))
        if meaning.answer != "silent" or meaning.matter >= LIKELY or meaning.intent in (*MATTERS, "consultation"):
            code = categories[0][0] if categories else None
            return replace(meaning, kind=kind, category=code, categories=categories)
        return replace(meaning, categories=categories)

    def _answer(self, meaning: Understanding, *, noted: bool, discreet: bool) -> Answer:
        """What the manners would do with a fresh message of this meaning; of what is discreet nothing is said before others."""
        marks = self.learnt.marks
        if meaning.stance == "reported":
            return "silent"
        emergencies = [name for name in meaning.signals if name in SIGNALS]
        if meaning.sure:
            return "flag" if any(self._quiet(name) for name in meaning.sure) else "speak"
        if emergencies:
            return "flag"
        if meaning.matter >= marks.speak and meaning.stance == "now" and not discreet:
            return "speak"
        return "flag" if meaning.matter >= marks.flag or noted else "silent"

    def _stance(self, rows: NDArray[np.intp], weights: Floats, senses: Floats) -> Stance:
        """The stance: now, save where nothing is likelier than a look-alike; then the likeliest of those."""
        head = self.learnt.heads.get("stance")
        if head is None or self.alike is None or int(senses.argmax()) != self.alike:
            return "now"
        chances = ask(head, rows, weights)
        best = int(chances.argmax())
        return cast(Stance, head.classes[best]) if float(chances[best]) >= STANDS else "now"

    def _emergencies(self, look: _Look, chance: float, matter: float) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The emergencies that words and model together point at with this chance, and those of them that are sure.

        What the words raise is named; without them, or where nearly all of the model's heat lies elsewhere, what the model names.
        """
        if not self.alarms:
            return (), ()
        heats = look.warm[np.array(self.alarms)]
        raised = tuple(found.code for found in look.raised if not found.calm)
        quiet = (
            any(map(self._quiet, raised)) and matter >= self.learnt.marks.flag
        )  # told as a quarrel it is a danger too
        if chance < self.learnt.marks.name and not quiet:
            return (), ()
        hottest = self.learnt.heads["sense"].classes[self.alarms[int(heats.argmax())]].split()[-1]
        found = raised or (hottest,)
        if hottest not in found and float(heats.max()) >= HINTED * float(heats.sum()):
            found = (*found, hottest)
        # Without words that raise it nobody is told numbers: a worker looks. What sounds of home is never shouted as a brawl.
        home = any(self._quiet(seen.code) for seen in look.raised)
        sure = tuple(code for code in raised if not home or self._quiet(code))
        return found, sure if chance >= self.learnt.marks.sure else ()

    def _categories(self, look: _Look) -> tuple[Kind | None, tuple[tuple[str, float], ...]]:
        """The likeliest kind, and the likeliest leaves: those of a kind weigh as much as the kind does."""
        weights = {kind: self._chance(kind, look) for kind in KINDS}
        kind = max(KINDS, key=lambda name: weights[name] / (ASKS if name == "consultation" else 1.0))
        head = self.learnt.heads.get("category")
        if head is None:
            return kind, ()
        hot = self._chance("emergency", look)
        share = (1.0, 1.0) if kind == "consultation" else (weights["complaint"] + hot / 2, weights["dispute"] + hot / 2)
        told = sum((ask(head, *reading) for reading in look.readings[1:]), ask(head, *look.readings[0]))
        chances = told * (np.where(self.disputes, share[1], share[0]) + 1e-6)
        chances /= chances.sum()
        order = np.argsort(-chances, kind="stable")[:LIKELIEST]
        likeliest = tuple((head.classes[place], round(float(chances[place]), 4)) for place in order)
        leaf = self.lexicon.leaves.get(likeliest[0][0])
        if leaf is not None and (kind != "consultation" or hot > weights[kind]):
            kind = "dispute" if leaf.mediable else "complaint"
        return kind, likeliest

    def _rating(self, intent: str, senses: Floats) -> Score | None:
        """The likeliest score of a rating whose words say none."""
        if intent != "rating" or not self.ratings:
            return None
        return max(self.ratings, key=lambda score: float(senses[self.ratings[score]]))

    def _is_sensitive(self, spelt: str, look: _Look) -> bool:
        if self.watcher.sensitive is not None and self.watcher.sensitive.search(spelt):
            return True
        head = self.learnt.heads.get("sensitive")
        return head is not None and any(_of(head, ask(head, *one), "yes") >= HINTED for one in look.readings)

    def _quiet(self, name: str) -> bool:
        return name in self.lexicon.signals and self.lexicon.signals[name].quiet

    def _chance(self, intent: str, look: _Look) -> float:
        return float(look.chances[self.intents.index(intent)]) if intent in self.intents else 0.0


@dataclass(frozen=True, slots=True)
class _Look:
    """What triage saw of a text: the part that decides; its weighed features, of several parts where it is long; the chances of
    senses (as intents need them, and as matters do) and of intents; the signals raised by words; what hearing a part costs."""

    part: str
    readings: tuple[tuple[NDArray[np.intp], Floats], ...]
    senses: Floats
    warm: Floats
    chances: Floats
    raised: tuple[Raised, ...] = ()
    price: float = 0.0


def sentences(spelt: str) -> list[str]:
    """The sentences of a spelt text, short ones with the next, at most SENTENCES; never none."""
    found = [""]
    for part in _SENTENCE.findall(spelt):
        found[-1] += part
        if len(found[-1]) >= SHORTEST_SENTENCE:
            found.append("")
    return [sentence for sentence in found if sentence][:SENTENCES] or [spelt]


def _among(senses: Sequence[str], intents: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([sense.split()[0] in intents for sense in senses])


def _of(head: Head, chances: Floats, name: str) -> float:
    return float(chances[head.classes.index(name)]) if name in head.classes else 0.0


def load_reader(model_dir: Path, data_dir: Path) -> Linear:
    """The reader with the model in this folder and the data files of `training_data`.

    Raises `nlu.registry.ModelError` for a missing or damaged model, `nlu.page.Fault` for a fault in a data file.
    """
    learnt = load(model_dir)
    domain = read_domain(data_dir)
    words = Cutter(learnt.logs, learnt.floor, read_words(data_dir / "words.yaml").variants)
    vectors = read_vectors(data_dir / "vectors") if learnt.sight is not None else None
    if learnt.sight is not None and vectors is None:
        raise ModelError(model_dir, f"it was learnt with word vectors, and {data_dir / 'vectors'} has none")
    senses = learnt.heads["sense"].classes
    intents = tuple(dict.fromkeys(sense.split()[0] for sense in senses))
    leaves = domain.lexicon.leaves
    codes = learnt.heads["category"].classes if "category" in learnt.heads else ()
    gather = [[sense.split()[0] == intent for intent in intents] for sense in senses]
    return Linear(
        learnt=learnt,
        lexicon=domain.lexicon,
        cutter=words,
        watcher=watcher(domain, words.logs),
        shelf=shelf(domain.entries, words),
        gazetteer=load_gazetteer(data_dir / "places.yaml"),
        index={name: place for place, name in enumerate(learnt.vocabulary)},
        intents=intents,
        gather=np.array(gather, dtype=np.float32),
        alarms=tuple(place for place, sense in enumerate(senses) if sense.startswith("emergency ")),
        disputes=np.array([code in leaves and leaves[code].kind == "dispute" for code in codes]),
        ratings={score: senses.index(f"rating {score}") for score in SCORES if f"rating {score}" in senses},
        vectors=vectors,
        alike=senses.index(ALIKE) if ALIKE in senses else None,
        voiced=(_among(senses, MATTERS), _among(senses, (*MATTERS, URGED))),
        model=learnt.hash[:12],
    )
