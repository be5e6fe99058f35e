"""The whole walk in one process on SQLite with full synchronisation: messages a second, what one costs, memory, start.

python -m benchmarks.walk [MESSAGES]
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

from benchmarks.town import ROOMS, rooms, talk
from bot import settings, wiring
from bot.runtime import Walk
from dialogs.messages import Message

BATCH = 64


def drive(walk: Walk, messages: list[Message]) -> None:
    """One batch through the walk; whatever leaves is taken as sent."""
    now = messages[-1].at
    with walk.store.together():
        walk.hear(messages, now=now)
        leaving = list(walk.advance(now))
    for sentence, left in leaving:
        walk.settle(sentence.id, "sent", now=left, channel_id=f"c{sentence.id}")


def measure(count: int) -> dict[str, float]:
    """Figures of one run over `count` messages in 6,031 rooms."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = settings.load(None, {})
        chosen = chosen.model_copy(update={"data": Path(folder)})
        mind = wiring.reader(settings.load(None, {}))
        store = wiring.store(chosen)
        walk = wiring.walk(chosen, mind, store, account="bench")
        for room in rooms():
            walk.place(room)
        walk.restore()
        heard = talk(count + 2000)
        begun = time.perf_counter()
        cpu = time.process_time()
        left = count
        while batch := list(islice(heard, min(BATCH, left))):
            left -= len(batch)
            drive(walk, batch)
        spent, cpu = time.perf_counter() - begun, time.process_time() - cpu
        single = []
        for message in heard:
            at = time.perf_counter()
            drive(walk, [message])
            single.append(time.perf_counter() - at)
        single.sort()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        tickets = len(store.tickets(limit=100_000))
        store.close()
        start = _start(folder)
    return {
        "rooms": ROOMS,
        "messages": count,
        "messages_per_s": round(count / spent),
        "cpu_ms_per_message": round(cpu / count * 1000, 3),
        "alone_p50_ms": round(single[len(single) // 2] * 1000, 2),
        "alone_p99_ms": round(single[len(single) * 99 // 100] * 1000, 2),
        "peak_mb": round(peak),
        "tickets": tickets,
        "start_s": round(start, 2),
    }


def _start(folder: str) -> float:
    """Seconds from the start of a fresh process until it is ready to hear, on the database that was just filled."""
    code = (
        "from pathlib import Path\nfrom bot import settings, wiring, cli\n"
        "c=settings.load(None,{}); m=wiring.reader(c)\n"
        f"d=c.model_copy(update={{'data': Path({folder!r})}})\n"
        "w=wiring.walk(d, m, wiring.store(d), account='bench'); w.restore()\n"
    )
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - begun


def main() -> None:
    """Print the figures as JSON."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    print(json.dumps(measure(count), indent=1))


if __name__ == "__main__":
    main()
