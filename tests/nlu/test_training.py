import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from nlu.calibration import Chances, Costs, best_marks, chatter_weights, fit_alarm, fit_odds, fit_temperature
from nlu.corpus import Line
from nlu.registry import save
from nlu.training import train

ROOT = Path(__file__).parents[2]
AGAIN = """
import sys
from pathlib import Path
from nlu.corpus import HELD_OUT, read_corpus
from nlu.registry import save
from nlu.taxonomy import read_domain
from nlu.training import train
from nlu.watch import watcher
from nlu.dictionary import cutter
from nlu.words import read_words
data = Path("training_data")
lines = [line for line in read_corpus(data) if line.author != HELD_OUT][::40]
print(save(train(lines, cutter(read_words(data / "words.yaml")), watcher(read_domain(data))), Path(sys.argv[1])).hash)
"""


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_lines_give_the_same_bytes_on_any_hash_seed(tmp_path):
    seen = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        ran = subprocess.run(
            [sys.executable, "-c", AGAIN, str(folder)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=True,
        )
        seen.append((ran.stdout.strip(), contents(folder)))
    assert seen[0] == seen[1]


def test_training_twice_gives_one_hash(few, words, watch, tmp_path):
    lines = few[::4]
    assert (
        save(train(lines, words, watch), tmp_path / "a").hash == save(train(lines, words, watch), tmp_path / "b").hash
    )


def test_one_author_is_enough_but_one_intent_is_not(words, watch):
    lines = [
        Line(f"{noun}{verb}", intent, sort="smalltalk" if intent == "chat" else None, category=None)
        for noun in ("电梯", "路灯", "水管", "下水道", "垃圾桶", "井盖")
        for verb, intent in (("坏了没人修", "complaint"), ("真好看哈哈", "chat"))
    ]
    assert set(train(lines, words, watch).heads) >= {"sense"}
    with pytest.raises(ValueError, match="two intents"):
        train([line for line in lines if line.intent == "chat"], words, watch)


def test_the_card_says_what_it_was_learnt_from(small, few):
    assert small.card["lines"] == len(few)
    assert 0 < small.card["right_on_unseen_authors"]["sense"] < 1


def test_a_temperature_makes_bold_scores_humble():
    scores = np.array([[9.0, 0.0]] * 10)
    target = np.array([0] * 7 + [1] * 3)
    assert fit_temperature(scores, target) > 5
    assert fit_temperature(np.zeros((0, 2)), np.zeros(0, dtype=np.intp)) == 1.0


def test_odds_are_straightened():
    odds = np.linspace(-4, 4, 400)
    truth = np.array([(at % 10) / 10 < 1 / (1 + np.exp(-odd / 2)) for at, odd in enumerate(odds)])
    slope, _ = fit_odds(odds, truth)
    assert 0.35 < slope < 0.65
    assert fit_odds(odds, np.ones(400, dtype=bool)) == (1.0, 0.0)


def marked(costs):
    lines = (
        [Line("", "chat", sort="reply")] * 1000 + [Line("", "chat", sort="hard")] * 1000 + [Line("", "complaint")] * 500
    )
    odds = np.concatenate([np.linspace(-6, 1, 1000), np.linspace(-3, 4, 1000), np.linspace(-1, 8, 500)])
    chances = 1 / (1 + np.exp(-odds))
    truth = np.array([line.intent == "complaint" for line in lines])
    return best_marks(lines, Chances(chances, np.zeros(len(lines)), chances), truth, costs)


def test_dearer_interjections_raise_the_mark_to_speak():
    bold, shy = marked(Costs(allowed_speak=0.05)), marked(Costs(allowed_speak=0.0005))
    assert bold.speak < shy.speak
    assert (
        marked(Costs(allowed_speak=0, wrong_speak=0.0001)).speak < marked(Costs(allowed_speak=0, wrong_speak=20)).speak
    )
    assert all(marks.flag <= marks.speak for marks in (bold, shy))


def test_words_and_heat_say_together_that_there_is_an_emergency():
    heat = np.tile(np.linspace(-4, 4, 200), 2)
    said = np.array(["raised"] * 200 + ["unraised"] * 200)
    truth = heat + np.where(said == "raised", 2.0, -2.0) > np.tile([1.0, -1.0], 200)
    alarm = fit_alarm(heat, said, truth)
    assert alarm.raised > alarm.unraised
    assert alarm.chance(0.5, "raised") > 0.8 > 0.2 > alarm.chance(0.5, "unraised")


def test_an_emergency_that_is_acted_upon_must_be_likelier_than_one_that_is_named():
    marks = marked(Costs(allowed_name=0.05, allowed_sure=0.001))
    assert marks.name < marks.sure


def test_look_alikes_have_their_real_share():
    lines = [Line("", "chat", sort="hard")] * 9 + [Line("", "chat", sort="reply")] + [Line("", "complaint")]
    weights = chatter_weights(lines, Costs(hard=0.02))
    assert weights[:9].sum() == pytest.approx(0.02)
    assert weights[9] == pytest.approx(0.98)
    assert weights[10] == 0
