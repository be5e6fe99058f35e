"""The webhook: posts each state of a ticket as signed JSON to one address.

Law: one key, one body, whatever becomes of it; nothing of a private ticket but its number, kind and status unless it is
allowed; the secret and the address's path are in no log and in no error. The body: `{"version": 1, "event": "ticket", "key": …,
"seq": …, "at": …, "ticket": {…}}`, the ticket being as in the replay format. Its signature, in hexadecimal after `sha256=`, is the
HMAC-SHA256 with the secret of timestamp, a full stop and the body.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import aiohttp
from yarl import URL

from adapters.ports import Refused, Unreachable
from adapters.records import Delivery

VERSION = 1
PUBLIC = ("number", "kind", "category", "urgency", "status", "private")
"""What of a private ticket leaves the house."""
ALREADY_THERE = 409
LATER = (408, 425, 429)
"""Refusals that will pass; every fault of the server itself will, too."""


class WebhookCarrier:
    """Posts to `url`; `private` allows all of a private ticket to be sent. Raises ValueError for what cannot be used."""

    name = "webhook"

    def __init__(self, url: str, secret: str, timeout_s: float = 10.0, *, private: bool = False) -> None:
        self._url = URL(url)
        if self._url.scheme not in ("http", "https") or not self._url.host:
            raise ValueError("the webhook's address must be like https://platform.example/tickets")
        if not secret:
            raise ValueError("the webhook needs a secret: bodies must be signed")
        self._secret = secret.encode()
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._private = private
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    async def carry(self, delivery: Delivery) -> None:
        """Post the ticket. 2xx and 409 are taken for arrived. Raises Unreachable or Refused."""
        body = render(delivery, private=self._private)
        headers = {"Idempotency-Key": delivery.key, **sign(self._secret, body, at=int(time.time()))}
        try:
            request = self._open().post(self._url, data=body, headers=headers, allow_redirects=False)
            async with request as response:  # Its body is never read: nothing in it could change what is done.
                status, later = response.status, response.headers.get("Retry-After", "")
        except aiohttp.ClientConnectorError as error:
            raise Unreachable(f"no connection to {self._where} ({type(error).__name__})", arrived=False) from error
        except (aiohttp.ClientError, OSError) as error:  # A time-out is an OSError.
            raise Unreachable(f"no answer from {self._where} ({type(error).__name__})") from error
        if 200 <= status < 300 or status == ALREADY_THERE:
            return
        if status in LATER or status >= 500:
            raise Unreachable(f"{self._where} says {status}", retry_after=seconds(later, now=datetime.now(UTC)))
        if 300 <= status < 400:
            raise Refused(f"{self._where} redirects ({status}), which is never followed; set the final address")
        raise Refused(f"{self._where} says {status}")

    async def close(self) -> None:
        """End the session; nothing can be carried any more."""
        self._closed = True
        if self._session is not None:
            await self._session.close()

    @property
    def _where(self) -> str:
        return str(self._url.origin())

    def _open(self) -> aiohttp.ClientSession:
        """The session, made inside the running loop. No connection is used twice: a stray answer belongs to nobody else."""
        if self._closed:
            raise Unreachable("the webhook is closed", arrived=False)
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                connector=aiohttp.TCPConnector(force_close=True, limit=16),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"Content-Type": "application/json; charset=utf-8", "User-Agent": "Linli"},
                auto_decompress=False,
            )
        return self._session


def render(delivery: Delivery, *, private: bool = False) -> bytes:
    """The body of a delivery: the same bytes at every try."""
    ticket: dict[str, Any] = dict(delivery.ticket.doc)
    if ticket.get("private") is not False and not private:
        ticket = {name: ticket[name] for name in PUBLIC if name in ticket}
    body = {
        "version": VERSION,
        "event": "ticket",
        "key": delivery.key,
        "seq": delivery.seq,
        "at": delivery.ticket.changed.isoformat(),
        "ticket": ticket,
    }
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def sign(secret: bytes, body: bytes, *, at: int) -> dict[str, str]:
    """The headers that prove who sent a body, and when (whole seconds since 1970)."""
    digest = hmac.new(secret, f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"X-Linli-Timestamp": str(at), "X-Linli-Signature": f"sha256={digest}"}


def seconds(later: str, *, now: datetime) -> float | None:
    """The seconds that a Retry-After asks for, as a number or as a date; None if it says nothing usable."""
    later = later.strip()
    if later.isascii() and later.isdigit() and len(later) < 10:
        return float(later)
    try:
        at = parsedate_to_datetime(later)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
