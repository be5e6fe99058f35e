"""`linli understand` on streams: one line in, one meaning out. Law: same order, nothing held back, a bad line ends it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TextIO

from nlu.understanding import AREA, ELEMENTS, MESSAGE_KINDS, Facts, Reader, Span, Surroundings, Understanding


def understand_lines(stream_in: TextIO, stream_out: TextIO, reader: Reader, *, now: Callable[[], datetime]) -> int:
    """Answers each JSON line of `stream_in` on `stream_out` at once and returns how many there were.

    Blank lines are skipped. `now` is the instant of a line that gives none. A malformed line raises ValueError with its number
    and the reason; what came before it has been answered.
    """
    answered = 0
    for number, raw in enumerate(stream_in, 1):
        if not raw.strip():
            continue
        try:
            text, around = parsed(raw, now)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        told = json.dumps(told_of(reader.understand(text, around)), ensure_ascii=False)
        stream_out.write(_writable(told) + "\n")
        stream_out.flush()
        answered += 1
    return answered


def parsed(raw: str, now: Callable[[], datetime]) -> tuple[str, Surroundings]:
    """The text of a line and what it is read against; ValueError with the reason if the line is malformed."""
    try:
        line = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON ({error})") from error
    if not isinstance(line, dict):
        raise ValueError("not a JSON object")
    text = line.get("text")
    if not isinstance(text, str):
        raise ValueError("`text` is missing or no string")
    kind = line.get("kind", "text")
    if kind not in MESSAGE_KINDS:
        raise ValueError(f"`kind` is {kind!r}; use one of {', '.join(MESSAGE_KINDS)}")
    return text, Surroundings(_instant(line.get("at"), now), kind, _area(line.get("area")), _places(line.get("places")))


def _instant(value: Any, now: Callable[[], datetime]) -> datetime:
    if value is None:
        return now()
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"`at` is {value!r}; write RFC 3339 with offset, 2026-05-12T15:00:00+08:00") from error
    if at.tzinfo is None:
        raise ValueError(f"`at` {value!r} has no offset; write 2026-05-12T15:00:00+08:00")
    return at


def _area(value: Any) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(name, str) for name in value.values() if name is not None):
        raise ValueError("`area` is no object of names")
    return {key: name for key, name in value.items() if key in AREA and name}


def _places(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError("`places` is no list of names")
    return tuple(value)


def told_of(meaning: Understanding) -> dict[str, Any]:
    """A meaning as the contract writes it."""
    return {
        "text": meaning.text,
        "intent": meaning.intent,
        "probability": meaning.probability,
        "answer": meaning.answer,
        "kind": meaning.kind,
        "category": meaning.category,
        "categories": [list(pair) for pair in meaning.categories],
        "signals": list(meaning.signals),
        "stance": meaning.stance,
        "facts": _facts(meaning.facts),
        "matter": meaning.matter,
        "sure": list(meaning.sure),
        "score": meaning.score,
        "solved": meaning.solved,
        "model": meaning.model,
    }


def _facts(facts: Facts) -> dict[str, list[dict[str, Any]]]:
    found: Mapping[str, tuple[Span, ...]] = {name: getattr(facts, name) for name in Facts.__slots__}
    return {name: [_span(name, span) for span in spans] for name, spans in found.items()}


def _span(name: str, span: Span) -> dict[str, Any]:
    told: dict[str, Any] = {"text": span.text, "start": span.start, "end": span.end}
    if name == "place" and span.element in ELEMENTS:
        told["element"] = span.element
    if name in ("when", "since"):
        told["from"] = span.begin.isoformat() if span.begin else None
        told["to"] = span.finish.isoformat() if span.finish else None
    if name == "people":
        told |= {"least": span.least, "most": span.most}
    return told


def _writable(line: str) -> str:
    """The line as UTF-8 can carry it: a lone surrogate goes out as its JSON escape."""
    return "".join(f"\\u{ord(letter):04x}" if "\ud800" <= letter <= "\udfff" else letter for letter in line)
