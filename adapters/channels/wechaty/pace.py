"""How fast the bot may speak in one room: a bucket of tokens.

Law: in no minute more than the budget: a quarter of it at once, the rest spread over the minute.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Pace:
    """The buckets of all conversations; the caller tells the time in seconds."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._room = max(1, budget // 4)
        self._rate = max(1, budget - self._room) / 60
        self._buckets: dict[str, _Bucket] = {}

    def take(self, conversation: str, *, now: float) -> float:
        """Take a token; returns 0.0, or the seconds until there is one (and takes none)."""
        bucket = self._buckets.setdefault(conversation, _Bucket(self._room, now))
        bucket.tokens = min(self._room, bucket.tokens + (now - bucket.at) * self._rate)
        bucket.at = now
        if bucket.tokens >= 1 - 1e-9:
            bucket.tokens -= 1
            self._tidy(now)
            return 0.0
        return (1 - bucket.tokens) / self._rate

    def _tidy(self, now: float) -> None:
        """Forget the buckets that have long been full again."""
        if len(self._buckets) > 10_000:
            full = 60 + self._room / self._rate
            self._buckets = {key: one for key, one in self._buckets.items() if now - one.at < full}
