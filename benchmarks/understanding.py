"""What understanding costs beside the plain recipe: `make bench-understanding`. Run it on one core for a true figure.

The chatter is public talk of strangers where a folder of it is given, else the corpus's own held-out hand; the plain recipe is
jieba, TF-IDF of words and letters, and logistic regression through scikit-learn's own API, taught by the same lines.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from bot import settings, wiring
from bot.data import DATA
from nlu import registry
from nlu.corpus import HELD_OUT, Line, read_corpus
from nlu.dictionary import jieba
from nlu.linear import load_reader
from nlu.understanding import Surroundings

AT = datetime.fromisoformat("2026-05-12T15:00:00+08:00")
ROUNDS = 3


def timed(read: Callable[[str], object], texts: list[str]) -> list[float]:
    """Seconds for each text, each the best of a few rounds, the quickest first."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for place, text in enumerate(texts):
            begun = time.perf_counter()
            read(text)
            best[place] = min(best[place], time.perf_counter() - begun)
    return sorted(best)


def shown(name: str, seconds: list[float]) -> str:
    """One line of figures."""
    middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    rate = len(seconds) / sum(seconds)
    return f"{name:34} n {len(seconds):6}  p50 {middle * 1e3:6.3f} ms  p99 {late * 1e3:6.3f} ms  {rate:8,.0f}/s"


def plain_recipe(lines: list[Line]) -> Pipeline:
    """The plain recipe, taught."""
    jieba.setLogLevel(60)
    words = TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None, lowercase=False)
    letters = TfidfVectorizer(analyzer="char", ngram_range=(1, 3), min_df=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        recipe = make_pipeline(
            FeatureUnion([("words", words), ("letters", letters)]), LogisticRegression(C=10, max_iter=100)
        )
        return recipe.fit([line.text for line in lines], [line.intent for line in lines])


def chatter(folder: Path | None, held: list[Line], count: int) -> list[str]:
    """Talk that is nobody's matter: of the JSON lines `chat_*` of a folder, or of the held-out hand."""
    if folder is None:
        return [line.text for line in held if line.intent == "chat" and line.sort != "hard"][:count]
    rows = [json.loads(row) for path in sorted(folder.glob("chat_*.jsonl")) for row in path.open(encoding="utf-8")]
    texts = [row["text"] for row in rows]
    return texts[:: max(1, len(texts) // count)]


def main() -> None:
    """Prints load time, memory, speed and F1 of both."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.understanding", description=__doc__)
    parser.add_argument("--model", type=Path, help="folder of a trained model; default: the one of the present data")
    parser.add_argument("--chat", type=Path, help="folder of public talk, a JSON object with `text` a line")
    parser.add_argument("--lines", type=int, default=2000, help="how many lines of each sort at most")
    parser.add_argument("--alone", action="store_true", help="leave the plain recipe out")
    asked = parser.parse_args()
    folder = asked.model or registry.find(wiring.model_cache(settings.load()), DATA)
    if folder is None:
        raise SystemExit("there is no model of the present data; run `linli train`")
    before, begun = _mebibytes(), time.perf_counter()
    reader = load_reader(folder, DATA)
    print(f"load {time.perf_counter() - begun:.2f} s, {_mebibytes() - before:.0f} MiB more, model {reader.model}")
    lines = read_corpus(DATA)
    taught, held = (
        [line for line in lines if line.author != HELD_OUT],
        [line for line in lines if line.author == HELD_OUT],
    )
    chat = chatter(asked.chat, held, asked.lines)
    matters = [line.text for line in held if line.intent in ("complaint", "dispute")]
    around = Surroundings(AT)
    ours = timed(lambda text: reader.triage(text, around), chat)
    print(shown("a message of chatter", ours))
    print(shown("a matter with its facts", timed(lambda text: reader.understand(text, around), matters)))
    if asked.alone:
        return
    recipe = plain_recipe(taught)
    theirs = timed(lambda text: recipe.predict_proba([text]), chat)
    print(shown("a message of chatter, plain recipe", theirs))
    truth = [line.intent for line in held]
    told = {
        "ours": [reader.triage(line.text, around).intent for line in held],
        "plain recipe": recipe.predict([line.text for line in held]),
    }
    for name, answers in told.items():
        print(f"{name:34} macro-F1 of intents on the held-out hand {f1_score(truth, answers, average='macro'):.3f}")
    print(f"{'times as fast':34} {sum(theirs) / sum(ours):.1f}")


def _mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
