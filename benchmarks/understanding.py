"""How fast messages are understood: run `python -m benchmarks.understanding MODEL_DIR [DATA_DIR]`, on one core for a true figure.

The lines are the corpus's own, chatter first; nothing is written.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import datetime
from pathlib import Path

from nlu.corpus import read_corpus
from nlu.linear import Linear, load_reader
from nlu.understanding import Surroundings

AT = datetime.fromisoformat("2026-05-12T15:00:00+08:00")
ROUNDS = 3


def timed(reader: Linear, texts: list[str], *, whole: bool) -> list[float]:
    """Seconds for each text, each the best of a few rounds."""
    around, read = Surroundings(AT), reader.understand if whole else reader.triage
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for place, text in enumerate(texts):
            begun = time.perf_counter()
            read(text, around)
            best[place] = min(best[place], time.perf_counter() - begun)
    return sorted(best)


def shown(name: str, seconds: list[float]) -> str:
    """One line of figures."""
    middle, late = seconds[len(seconds) // 2], seconds[int(len(seconds) * 0.99)]
    rate = len(seconds) / sum(seconds)
    return f"{name:24} n {len(seconds):6}  p50 {middle * 1e3:6.3f} ms  p99 {late * 1e3:6.3f} ms  {rate:8,.0f}/s"


def main() -> None:
    """Prints load time, memory, and the speed of `triage` and `understand`."""
    parser = argparse.ArgumentParser(description="How fast messages are understood.")
    parser.add_argument("model", type=Path, help="folder of a trained model")
    parser.add_argument("data", type=Path, nargs="?", default=Path("training_data"), help="folder of the data files")
    parser.add_argument("--lines", type=int, default=2000, help="how many lines of each sort at most")
    asked = parser.parse_args()
    before, begun = _mebibytes(), time.perf_counter()
    reader = load_reader(asked.model, asked.data)
    print(f"load {time.perf_counter() - begun:.2f} s, {_mebibytes() - before:.0f} MiB more, model {reader.model}")
    lines = read_corpus(asked.data)
    chat = [line.text for line in lines if line.intent == "chat"][: asked.lines]
    other = [line.text for line in lines if line.intent != "chat"]
    other = other[:: max(1, len(other) // asked.lines)]
    for name, texts in (("chat", chat), ("not chat", other)):
        for whole in (False, True):
            print(shown(f"{'understand' if whole else 'triage'} {name}", timed(reader, texts, whole=whole)))


def _mebibytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
