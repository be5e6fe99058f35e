"""The door of the page: who may ask, how errors are said, and which headers go out.

Law: the page has no login, so only this machine gets in, on this very page; other origins and rebound names do not.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.ports import Refused, Unreachable

log = logging.getLogger(__name__)

STATIC = Path(__file__).parent / "static"
SENTENCES: dict[str, Any] = json.loads((STATIC / "errors.json").read_text(encoding="utf-8"))
LONGEST_BODY = 64 * 1024
"""Bytes of an ordinary JSON body."""

_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?")
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Trouble(Exception):
    """An answer that is no: a sentence of `errors.json` with its blanks filled, and the HTTP status."""

    def __init__(self, sentence: str, code: int = 400, /, **blanks: object) -> None:
        super().__init__(str(SENTENCES[sentence]).format(**blanks))
        self.status = code


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in whom the law lets in; say every error as JSON in Chinese."""
    try:
        _admit(request)
        return await handler(request)
    except Trouble as trouble:
        return _no(str(trouble), trouble.status)
    except Unreachable as error:
        log.warning("the page asked and nobody answered: %s", error)
        return _no(SENTENCES["busy"], 503)
    except Refused as error:
        return _no(explained(str(error)), 400)
    except web.HTTPException as error:
        known = {404: "not_found", 405: "not_found", 413: "too_large"}.get(error.status)
        if known is None:
            raise
        return _no(SENTENCES[known], error.status)
    except (ConnectionError, OSError):
        raise
    except Exception:
        log.exception("the page broke over %s %s", request.method, request.path)
        return _no(SENTENCES["broken"], 500)


async def sign(request: web.Request, response: web.StreamResponse) -> None:
    """The headers of every answer."""
    response.headers.update(_HEADERS)
    response.headers.setdefault("Cache-Control", "no-store" if request.path.startswith("/api/") else "no-cache")


def explained(reason: str) -> str:
    """A refusal of the house in the words of the page; one that nobody foresaw is shown as it is, in brackets."""
    line = re.match(r"line (\d+): (.*)", reason, re.DOTALL)
    said = line[2] if line else reason
    known = next((words for sign, words in SENTENCES["reasons"].items() if sign in said), None)
    if line:
        return str(SENTENCES["line"]).format(line=line[1], reason=known or f"（{said[:200]}）")
    return str(known or SENTENCES["refused"].format(reason=said[:200]))


async def body(request: web.Request, *, longest: int = LONGEST_BODY) -> dict[str, Any]:
    """The JSON object in the body. Raises Trouble for anything else."""
    if request.content_type != "application/json":
        raise Trouble("no_json", 415)
    if (request.content_length or 0) > longest:
        raise Trouble("too_large", 413)
    raw = await request.read()
    if len(raw) > longest:
        raise Trouble("too_large", 413)
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        raise Trouble("no_json") from None
    if not isinstance(found, dict):
        raise Trouble("no_json")
    return found


def text(source: dict[str, Any], key: str, *, longest: int = 200, needed: bool = True) -> str:
    """A text of a body, without blanks around it. Raises Trouble."""
    value = source.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str) or (needed and not value.strip()):
        raise Trouble("missing", key=SENTENCES["keys"].get(key, key))
    if len(value) > longest:
        raise Trouble("too_long", key=SENTENCES["keys"].get(key, key), longest=longest)
    return value.strip()


def _admit(request: web.Request) -> None:
    if not _HERE.fullmatch(request.host):
        raise Trouble("host", 403)
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise Trouble("origin", 403)
    if request.path != "/" and request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        raise Trouble("origin", 403)


def _no(sentence: str, status: int) -> web.Response:
    return web.Response(
        text=json.dumps({"error": sentence}, ensure_ascii=False), status=status, content_type="application/json"
    )
