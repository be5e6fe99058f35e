"""Numbers as people write them: digits, Chinese numerals, and the vague ones (十几, 七八, 二十来, 半).

Pure. A vague number is a pair of least and most; most is None when nobody knows.
"""

from __future__ import annotations

import re

ONES = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000}

#: An exact number, without capturing groups.
EXACT = r"(?:\d{1,9}(?:,\d{3}){0,3}|[零〇一二两三四五六七八九十百千万]{1,10})"
#: A number that may be vague, without capturing groups.
VAGUE = (
    r"(?:(?:上|近|成|大几|好几)?(?:\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,3})?万?|"
    r"[零〇一二两三四五六七八九十百千万几数半]{1,10})(?:多|来|余|把|几|\+)?)"
)

#: Full-width digits, letters and signs and a few traditional characters, one for one, so that offsets stay.
_PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(old): new for old, new in zip("週個點號樓棟時間鐘開後從來這裡", "周个点号楼栋时间钟开后从来这里", strict=True)
}
_PAIR = re.compile(r"([一二两三四五六七八九])([一二三四五六七八九])(?=[十百千万]|$)")


def listed(words: str) -> tuple[str, ...]:
    """The words of a line, for vocabularies that are kept as one text."""
    return tuple(words.split())


def plain(text: str) -> str:
    """The text with full-width signs and traditional characters made plain, at the same offsets."""
    return text.translate(_PLAIN)


def number(text: str) -> int | None:
    """The exact number that the text stands for, or None."""
    text = text.replace(",", "")
    if text.endswith("万") and text[:-1].isdigit() and text.isascii() is False and text[:-1].isascii():
        return int(text[:-1]) * 10_000 if len(text) < 12 else None
    if text.isascii():
        return int(text) if text.isdigit() and len(text) < 19 else None
    if not text or any(c not in ONES and c not in UNITS for c in text):
        return None
    if not any(c in UNITS for c in text):
        return int("".join(str(ONES[c]) for c in text)) if len(text) < 19 else None
    total, part, digit = 0, 0, 0
    for char in text:
        if char in ONES:
            digit = ONES[char]
        elif char == "万":
            total, part, digit = (total + part + digit) * 10_000, 0, 0
        else:
            part += (digit or 1) * UNITS[char]
            digit = 0
    return total + part + digit


def amount(text: str) -> tuple[float, float | None] | None:
    """The least and the most that a number may be, vague or not; None if it is no number."""
    if text.startswith(("上", "成")) and (low := number(text[1:])):
        return low, None
    if text.startswith("近") and (high := number(text[1:])):
        return round(high * 0.9), high
    text = text.removeprefix("好").removeprefix("大")
    if text == "半":
        return 0.5, 0.5
    if text and text[-1] in "多来余把几+" and (low := number(text[:-1])):
        step = 10 ** (len(str(low)) - len(str(low).rstrip("0"))) if low >= 10 else 1
        around = text[-1] in "来把"
        return (
            (low - step // 10, low + step // 2) if around and low >= 10 else (low + (low >= 10), low + max(1, step - 1))
        )
    if "几" in text or "数" in text:
        low, high = (number(re.sub("[几数]", c, text)) for c in "二九")
        if low is None or high is None:
            return None
        return (
            (low, high + 10 ** (len(str(high)) - 1) - 1)
            if text[0] in "几数" and len(text) > 1
            else (low + (low == 2), high)
        )
    if (pair := _PAIR.search(text)) and (pair.start() == 0 or text[pair.start() - 1] in UNITS):
        low, high = (number(text[: pair.start()] + pair[i] + text[pair.end() :]) for i in (1, 2))
        if low is not None and high is not None and low < high:
            return low, high
    if re.fullmatch(r"\d{1,9}\.\d{1,3}", text):
        return float(text), float(text)
    exact = number(text)
    return None if exact is None else (exact, exact)
