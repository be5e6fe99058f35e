"""The proofs that take too long for `make test`: a kill before and after every single call of a port, the script replayed.

python -m benchmarks.proof [--seeds N] [--afresh]

What has been proved lies in `data/proof/kills.jsonl`, under the hash of code and model: an interrupted proof goes on where it was.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue

from bot import settings, wiring

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "bot"))

from killing import Driver, Outcome, Point, faults, points  # noqa: E402

DONE = ROOT / "data" / "proof" / "kills.jsonl"
IDLE = ("store.together", "store.commit_of_nothing", "store.next_due", "store.changed_elsewhere")
"""Called whenever the house looks around; of these every tenth is enough, since mostly nothing happens."""


def fingerprint(model: str) -> str:
    """The hash of everything that the outcome depends on."""
    whole = hashlib.sha256(model.encode())
    for folder in ("adapters", "bot", "dialogs", "nlu", "tests/bot"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            whole.update(path.read_bytes())
    return whole.hexdigest()[:16]


def jobs(calm: Outcome, seeds: int) -> list[tuple[int, Point]]:
    """Every kill there is, once for each seed: how late it starts again, what is delivered anew, and in which order."""
    every = [point for point in points(calm["calls"]) if point[0] not in IDLE or point[2] % 10 == 1]
    return [(seed, point) for seed in range(seeds) for point in every]


def proved(name: str) -> set[tuple[int, Point]]:
    """What an earlier run of the same house has proved."""
    if not DONE.exists():
        return set()
    rows = [json.loads(line) for line in DONE.read_text(encoding="utf-8").splitlines()]
    return {(row["seed"], tuple(row["point"])) for row in rows if row["house"] == name and not row["faults"]}


def main() -> int:
    """Prove what is left. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proof")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--afresh", action="store_true", help="forget what was proved before")
    given = parser.parse_args()
    chosen = settings.load()
    name = fingerprint(wiring.reader(chosen).model)
    if given.afresh:
        DONE.unlink(missing_ok=True)
    DONE.parent.mkdir(parents=True, exist_ok=True)
    workers = max(1, min(4, os.cpu_count() or 1))
    drivers: SimpleQueue[Driver] = SimpleQueue()
    made = [Driver(chosen.data.resolve()) for _ in range(workers)]
    for driver in made:
        drivers.put(driver)
    calm = made[0].play(None)
    every, known = jobs(calm, given.seeds), proved(name)
    left = [job for job in every if job not in known]
    print(f"house {name}: {len(every)} kills, {len(every) - len(left)} proved before", flush=True)
    begun, wrong, killed = time.monotonic(), 0, 0

    def tried(job: tuple[int, Point]) -> tuple[tuple[int, Point], bool, list[str]]:
        seed, point = job
        driver = drivers.get()
        try:
            outcome = driver.play(point, seed=seed, echoes=bool((seed + point[2]) % 2))
            return job, outcome["killed"], faults(calm, outcome)
        finally:
            drivers.put(driver)

    with ThreadPoolExecutor(workers) as pool, DONE.open("a", encoding="utf-8") as file:
        for count, ((seed, point), reached, found) in enumerate(pool.map(tried, left), 1):
            killed += reached
            wrong += bool(found)
            row = {"house": name, "seed": seed, "point": point, "killed": reached, "faults": found}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            file.flush()
            for fault in found:
                print(f"{point} seed {seed}: {fault}", flush=True)
            if count % 100 == 0:
                print(f"{count} of {len(left)}, {time.monotonic() - begun:.0f} s, {wrong} wrong", flush=True)
    for driver in made:
        driver.close()
    print(f"{len(left)} tried ({killed} killed) in {time.monotonic() - begun:.0f} s, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
