"""Ticket numbers: the opening date, five characters that nobody can guess and one that catches a typing error.

Pure. The same message always gives the same number, so that a transcript replays to the byte and filing twice is filing once.
The alphabet is Crockford's base 32 (no I, L, O, U). The check character is a sum in the field of 32 elements (addition is exclusive
or, x⁵ = x² + 1) with another power of x for each place: one wrong character never comes out right, nor do two neighbours that
changed places.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import date

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SHAPE = re.compile(rf"[0-9]{{8}}-[{ALPHABET}]{{6}}")


def number_for(secret: str, account: str, message: str, ordinal: int, day: date) -> str:
    """The number of the `ordinal`-th matter (from 0) that a message opens, e.g. 20260512-7KQ3MX."""
    digest = hmac.new(
        secret.encode(), f"{account}\x1f{message}\x1f{ordinal}".encode("utf-8", "replace"), hashlib.sha256
    ).digest()
    value = int.from_bytes(digest[:4], "big")
    code = "".join(ALPHABET[value >> shift & 31] for shift in (0, 5, 10, 15, 20))
    stem = f"{day:%Y%m%d}-{code}"
    return stem + _check(stem)


def is_number(text: str) -> bool:
    """Whether a text is a well-formed number whose check character is right."""
    text = text.upper()
    return bool(_SHAPE.fullmatch(text)) and _check(text[:-1]) == text[-1]


def _check(stem: str) -> str:
    total = 0
    for character in stem.replace("-", ""):
        total = _times_x(total ^ ALPHABET.index(character))
    return ALPHABET[total]


def _times_x(element: int) -> int:
    return element << 1 ^ (0b100101 if element & 16 else 0)
