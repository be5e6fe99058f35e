"""What a kill may do, and what it may not: the points to kill at, the driver that is asked to, and the law of the outcome."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SAID_AGAIN = ("emergency", "receipt", "survey")
HEART = ("store.commit", "store.keep", "channel.post", "channel.whisper")
"""The methods that change the world."""
Outcome = dict[str, Any]
Point = tuple[str, str, int]


class Driver:
    """The process that plays scripts and kills itself."""

    def __init__(self, data: Path) -> None:
        command = [sys.executable, str(Path(__file__).parent / "killed.py"), str(data)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        if not (line := self._process.stdout.readline()):
            self.close()
            raise RuntimeError("the driver did not start; its standard error says why")
        self.script: list[dict[str, Any]] = json.loads(line)["script"]

    def play(self, point: Point | None, *, seed: int = 0, echoes: bool = False) -> Outcome:
        """Play the script, killed at a point."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"point": point, "seed": seed, "echoes": echoes}) + "\n")
        self._process.stdin.flush()
        outcome: Outcome = json.loads(self._process.stdout.readline())
        assert "error" not in outcome, f"{point}: {outcome['error']}"
        return outcome

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@contextmanager
def driver(data: Path) -> Iterator[Driver]:
    """A driver for as long as it is needed."""
    one = Driver(data)
    try:
        yield one
    finally:
        one.close()


def points(calls: dict[str, int], *, seed: int | None = None) -> list[Point]:
    """Where to kill: before and after every call, or with a seed a few of those of what is called often."""
    found: list[Point] = []
    for name, count in sorted(calls.items()):
        numbers = list(range(1, count + 1))
        if seed is not None:
            numbers = sorted(random.Random(f"{seed} {name}").sample(numbers, min(count, 2 if name in HEART else 1)))
        found += [(name, when, number) for number in numbers for when in ("before", "after")]
    return found


def faults(calm: Outcome, killed: Outcome) -> list[str]:
    """What a kill did that it must not do."""
    found = []
    for part in ("messages", "ratings", "faults", "timers"):
        if killed[part] != calm[part]:
            found.append(f"{part}: {killed[part]} instead of {calm[part]}")
    found += _tickets(calm, killed)
    found += _said(calm, killed)
    unsettled = [row for row in killed["sentences"] if row[1] in ("waiting", "sending")]
    if unsettled:
        found.append(f"never settled: {unsettled}")
    return found


def lost(outcome: Outcome) -> dict[str, list[Any]]:
    """The sentences of which nobody knows whether they arrived, by id, as (id, matter, why, text)."""
    gone = {id for id, state, _ in outcome["sentences"] if state == "lost"}
    return {row[0]: row for row in outcome["whys"] if row[0] in gone}


def _tickets(calm: Outcome, killed: Outcome) -> list[str]:
    found = [
        f"ticket {number}: {killed['tickets'].get(number)} instead of {calm['tickets'].get(number)}"
        for number in sorted({*calm["tickets"], *killed["tickets"]})
        if killed["tickets"].get(number) != calm["tickets"].get(number)
    ]
    # Two messages of one person may be decided as one after a restart, so steps by residents may be fewer, never more.
    steps, calmly = (Counter(tuple(entry) for entry in outcome["journal"]) for outcome in (killed, calm))
    if more := steps - calmly:
        found.append(f"steps taken twice: {dict(more)}")
    if fewer := [step for step in (calmly - steps) if step[2] != "amend"]:
        found.append(f"steps not taken: {fewer}")
    # A question that was lost is with the worker already, and nobody waits for its answer.
    asked = {row[1] for row in lost(killed).values() if row[2] == "clarify"}
    more_flags = [flag for flag in killed["flags"] if flag not in calm["flags"] and flag[1] != "undelivered"]
    no_flags = [flag for flag in calm["flags"] if flag not in killed["flags"]]
    if more_flags or [flag for flag in no_flags if flag[0] not in asked or flag[1] != "unanswered"]:
        found.append(f"flags: {killed['flags']} instead of {calm['flags']}")
    return found


def _said(calm: Outcome, killed: Outcome) -> list[str]:
    found = []
    said, calmly = (Counter(tuple(one) for one in outcome["said"]) for outcome in (killed, calm))
    gone = lost(killed)
    if wrong := [row for row in gone.values() if row[2] in SAID_AGAIN]:
        found.append(f"given up, and must not be: {wrong}")
    if surprising := set(gone) - set(killed["unclear"]):
        found.append(f"given up without having been on the way when the process was killed: {surprising}")
    # What was on the way and is not said again goes to the worker; with a question goes the receipt of its answer.
    asked = {row[1] for row in gone.values() if row[2] == "clarify"}
    excused = {row[3] for row in gone.values()}
    excused |= {row[3] for row in calm["whys"] if row[1] in asked and row[2] in ("receipt", "clarify")}
    if missing := [one for one in calmly - said if one[1] not in excused]:
        found.append(f"not said: {missing}")
    more = said - calmly
    if sum(more.values()) > max(1, len(killed["unclear"])) or max(more.values(), default=0) > 1:
        found.append(f"said too often: {dict(more)}")
    texts = {row[3] for row in killed["whys"] if row[0] in killed["unclear"]} | {
        row[3] for row in killed["whys"] if row[1] in asked and row[2] == "receipt"
    }
    if again := [one for one in more if one[1] not in texts]:
        found.append(f"said again though it had certainly arrived: {again}")
    return found
