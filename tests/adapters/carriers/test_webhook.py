"""The webhook over real sockets: what leaves, who signed it, and what every answer means."""

from __future__ import annotations

import json
import logging
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.carriers.webhook import WebhookCarrier, render, seconds, sign
from adapters.ports import Refused, Unreachable
from adapters.records import Delivery, Ticket

SECRET = "s3cret-of-the-webhook"
AT = datetime(2026, 5, 12, 9, tzinfo=UTC)
DOC = {
    "number": "20260512-AAAAAA",
    "kind": "dispute",
    "category": "0801",
    "urgency": "P2",
    "private": False,
    "reporter": "wxid_reporter",
    "supporters": ["wxid_other"],
    "messages": ["m1"],
    "facts": {"what": "楼上漏水", "place": "3栋"},
    "media": ["a.jpg"],
    "status": "open",
}


def delivery(**doc: Any) -> Delivery:
    return Delivery(
        "20260512-AAAAAA:1", "webhook", Ticket("20260512-AAAAAA", "m1", "r1", "open", AT, AT, {**DOC, **doc}), 1, 1
    )


async def carried(platform: Any, **options: Any) -> None:
    carrier = WebhookCarrier(options.pop("url", platform.url), SECRET, **{"timeout_s": 10.0, **options})
    try:
        await carrier.carry(delivery())
    finally:
        await carrier.close()


async def test_what_is_posted(platform: Any) -> None:
    await carried(platform)
    (request,) = platform.requests
    assert (request.method, request.path_qs) == ("POST", "/in?token=hidden")
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"
    assert request.headers["User-Agent"] == "Linli"
    assert request.headers["Idempotency-Key"] == "20260512-AAAAAA:1"
    assert abs(int(request.headers["X-Linli-Timestamp"]) - datetime.now(UTC).timestamp()) < 60
    assert platform.states["20260512-AAAAAA:1"] == {
        "version": 1,
        "event": "ticket",
        "key": "20260512-AAAAAA:1",
        "seq": 1,
        "at": "2026-05-12T09:00:00+00:00",
        "ticket": DOC,
    }


def test_the_signature_is_over_timestamp_and_body() -> None:
    known = "80f7b75f8618b9b24d72673996a625f1a43f7387a26b6739d667431724fe4d23"  # By OpenSSL.
    headers = sign(b"key", b'{"a":1}', at=1767225600)
    assert headers["X-Linli-Timestamp"] == "1767225600"
    assert headers["X-Linli-Signature"] == f"sha256={known}"
    assert headers != sign(b"key", b'{"a":1}', at=1767225601)
    assert headers != sign(b"other", b'{"a":1}', at=1767225600)
    assert headers != sign(b"key", b'{"a":2}', at=1767225600)


def test_of_a_private_ticket_only_the_frame_leaves() -> None:
    ticket = json.loads(render(delivery(private=True)))["ticket"]
    assert ticket == {
        "number": "20260512-AAAAAA",
        "kind": "dispute",
        "category": "0801",
        "urgency": "P2",
        "status": "open",
        "private": True,
    }
    assert json.loads(render(delivery(private=True), private=True))["ticket"] == {**DOC, "private": True}
    assert "facts" not in json.loads(render(delivery(private=None)))["ticket"]  # In doubt it is private.


def test_a_body_is_made_of_anything_a_resident_may_write() -> None:
    assert json.loads(render(delivery(facts={"what": "👨‍👩‍👧\ud800\x00" * 1000})))["ticket"]["facts"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299, 409])
async def test_taken(platform: Any, status: int) -> None:
    platform.how = str(status)
    await carried(platform)


async def test_already_there_is_taken(platform: Any) -> None:
    platform.how = "once"
    for _ in range(3):
        await carried(platform)
    assert (len(platform.requests), len(platform.states)) == (3, 1)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_later(platform: Any, status: int) -> None:
    platform.how = str(status)
    platform.headers = {"Retry-After": "120"}
    with pytest.raises(Unreachable, match=str(status)) as failed:
        await carried(platform)
    assert (failed.value.arrived, failed.value.retry_after) == (None, 120.0)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 413, 422, 451])
async def test_never(platform: Any, status: int) -> None:
    platform.how = str(status)
    platform.headers = {"Retry-After": "120"}
    with pytest.raises(Refused, match=str(status)):
        await carried(platform)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_never_followed(platform: Any, status: int) -> None:
    platform.how = str(status)
    platform.headers = {"Location": f"http://127.0.0.1:{platform.port}/elsewhere"}
    with pytest.raises(Refused, match="set the final address"):
        await carried(platform)
    assert [request.path for request in platform.requests] == ["/in"]


@pytest.mark.parametrize("how", ["hang", "late", "reset", "cut", "garbage"])
async def test_no_answer_or_none_that_can_be_read(platform: Any, how: str) -> None:
    platform.how = how
    with pytest.raises(Unreachable, match=f"127.0.0.1:{platform.port}") as failed:
        await carried(platform, timeout_s=0.1)
    assert failed.value.arrived is None
    platform.how = ""
    await carried(platform)
    assert len(platform.states) == 1


async def test_a_connection_that_nobody_takes_brought_nothing_there(platform: Any) -> None:
    with socket.socket() as taken:  # Bound and not listening: nobody else gets this port, and it refuses.
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(Unreachable, match="no connection") as failed:
            await carried(platform, url=f"http://127.0.0.1:{taken.getsockname()[1]}/")
    assert failed.value.arrived is False


async def test_an_endless_answer_is_not_read(platform: Any) -> None:
    platform.how = "flood"
    await carried(platform)
    platform.released.set()


async def test_a_server_that_speaks_no_tls(platform: Any) -> None:
    with pytest.raises(Unreachable):
        await carried(platform, url=platform.url.replace("http:", "https:"))


@pytest.mark.parametrize("how", ["", "503", "422", "302", "reset", "hang"])
async def test_no_secret_is_told(platform: Any, how: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    platform.how = how
    url = platform.url.replace("http://", "http://user:password@")
    carrier = WebhookCarrier(url, SECRET, timeout_s=0.1)
    told = ""
    try:
        await carrier.carry(delivery())
    except (Unreachable, Refused) as error:
        told = str(error)
    await carrier.close()
    for secret in (SECRET, "hidden", "password", "漏水"):
        assert secret not in told + caplog.text + repr(carrier)


@pytest.mark.parametrize("url", ["", "ftp://a/", "/tickets", "http://", "platform.example"])
def test_an_address_that_cannot_be_used_is_told_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="like https://"):
        WebhookCarrier(url, SECRET)


def test_without_a_secret_nothing_is_sent() -> None:
    with pytest.raises(ValueError, match="must be signed"):
        WebhookCarrier("https://platform.example/", "")


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        (format_datetime(AT + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(AT - timedelta(seconds=90), usegmt=True), 0.0),
        ("Tue, 12 May 2026 09:01:00 -0000", 60.0),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("1.5", None),
        ("９９", None),
        ("9" * 5000, None),
    ],
)
def test_retry_after(later: str, expected: float | None) -> None:
    assert seconds(later, now=AT) == expected


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_retry_after_never_fails(later: str) -> None:
    asked = seconds(later, now=AT)
    assert asked is None or asked >= 0
