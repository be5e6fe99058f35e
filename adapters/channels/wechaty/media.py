"""Pictures, voices and videos: out of the puppet's file boxes, into a folder, under names that say nothing.

Law: the name is a hash of account and message; what does not begin like a picture is none; addresses on the network are not
followed, since whoever talks to the puppet could choose them.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from adapters.ports import Refused, Unreachable

NAME = re.compile(r"[0-9a-f]{32}\.[a-z0-9]{1,4}")
BASE64, UUID = 1, 7
Download = Callable[[str, int], Awaitable[bytes | None]]

_HEADS: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, "png"),
    (b"GIF8", 0, "gif"),
    (b"WEBP", 8, "webp"),
    (b"BM", 0, "bmp"),
    (b"II*\x00", 0, "tiff"),
    (b"MM\x00*", 0, "tiff"),
    (b"ftyphei", 4, "heic"),
    (b"ftyphev", 4, "heic"),
    (b"ftypmif1", 4, "heic"),
    (b"ftypavif", 4, "avif"),
    (b"#!SILK", 0, "silk"),
    (b"#!SILK", 1, "silk"),
    (b"#!AMR", 0, "amr"),
    (b"ID3", 0, "mp3"),
    (b"\xff\xfb", 0, "mp3"),
    (b"OggS", 0, "ogg"),
    (b"WAVE", 8, "wav"),
    (b"ftyp", 4, "mp4"),
)
PICTURES = frozenset({"jpg", "png", "gif", "webp", "bmp", "tiff", "heic", "avif"})


def sniff(data: bytes) -> str:
    """The usual ending of what the first bytes say; `bin` when they say nothing known."""
    for head, at, ending in _HEADS:
        if data[at : at + len(head)] == head:
            return ending
    return "bin"


async def unpack(file_box: str, *, limit: int, download: Download) -> bytes | None:
    """The bytes of a file box; None when it is broken, too big, or of a kind that is not followed."""
    try:
        box: Any = json.loads(file_box)
        kind = box.get("boxType", box.get("type"))
        if kind == UUID:
            return await download(str(box["uuid"]), limit)
        if kind == BASE64 and len(box["base64"]) <= limit * 4 / 3 + 4:
            return base64.b64decode(box["base64"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
    return None


def keep(folder: Path, data: bytes, *, account: str, message: str) -> str:
    """Write the bytes and return their opaque name; the same message gives the same name. Raises OSError."""
    secret = hashlib.sha256("\x00".join((account, message)).encode("utf-8", "replace")).hexdigest()
    name = f"{secret[:32]}.{sniff(data)}"
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.part"
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(handle, "wb") as file:
        file.write(data)
    part.replace(folder / name)
    return name


def load(folder: Path, name: str) -> bytes:
    """The bytes behind a name. Raises Refused for a name that is none of ours, Unreachable when the disk fails."""
    if not NAME.fullmatch(name):
        raise Refused("this is no name of a medium")
    try:
        return (folder / name).read_bytes()
    except FileNotFoundError as error:
        raise Refused("there is no such medium, or it was erased") from error
    except OSError as error:
        raise Unreachable(f"the medium cannot be read: {error.strerror}") from error
