"""Fills the sentences that residents read. The sentences themselves live in `training_data/wording.yaml`, nowhere else.

Pure. A sentence that is missing, or asks for something it is not given, is refused when the file is loaded, not when it is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import get_args

from dialogs.matters import Status

FACTS = ("place", "building", "when", "since", "people", "subject", "what")
STATUSES: tuple[str, ...] = get_args(Status)
QUESTION_LIMIT = 30

_FIELDS: dict[str, set[str]] = {
    "tail": set(),
    **{f"clarify.{fact}": {"name"} for fact in FACTS},
    **{f"clarify.again.{fact}": {"name"} for fact in FACTS},
    "receipt": {"name", "number"},
    "receipt.place": {"name", "number", "place"},
    "emergency": {"safety", "numbers"},
    "emergency.placed": {"safety", "numbers"},
    "emergency.quiet": {"numbers"},
    "emergency.quiet.danger": {"numbers"},
    **{
        f"progress.{name}": {"name", "number", "note"}
        for name in ("open", "assigned", "in_progress", "done", "refused")
    },
    "progress.done.bare": {"name", "number"},
    "survey": {"name", "number"},
    "answer.knowledge": {"answer", "source"},
    **{
        f"answer.{name}": set()
        for name in ("unknown", "handoff", "noted", "nothing", "no_matter", "corrected", "rated", "welcome")
    },
    "answer.status": {"name", "number", "status"},
    "answer.joined": {"name", "number"},
    "answer.withdrawn": {"number"},
    "answer.withdrawn.shared": {"number"},
    "answer.reopened": {"number"},
    "answer.again": {"number"},
    "private.group": set(),
    "private.first": set(),
    "private.receipt": {"number"},
    "private.discipline": set(),
    "private.place": set(),
    "private.listening": set(),
    "announce": set(),
    **{f"status.{status}": set() for status in STATUSES},
}


@dataclass(frozen=True, slots=True)
class Wording:
    """The sentences by key."""

    sentences: Mapping[str, str]

    def fill(self, key: str, **values: str) -> str:
        """The sentence with its blanks filled and its tail; a value that has blanks or line breaks is flattened."""
        flat = {name: " ".join(value.split()) for name, value in values.items()}
        return self.sentences[key].format(**flat) + self.sentences["tail"]

    def word(self, key: str) -> str:
        """A mere word of the file, such as the name of a status, without a tail."""
        return self.sentences[key]


def problems(sentences: Mapping[str, object]) -> list[str]:
    """What is wrong with a wording file, a line for each fault; empty when it can be used."""
    found = [
        f"{key}: is missing; every sentence the bot may need must be there" for key in _FIELDS if key not in sentences
    ]
    for key, sentence in sentences.items():
        if key not in _FIELDS:
            found.append(f"{key}: is not a sentence the bot ever says; take it out or mend its name")
            continue
        if not isinstance(sentence, str) or not sentence.strip():
            found.append(f"{key}: is empty; write a short, polite sentence")
            continue
        try:
            asked = {field for _, field, _, _ in Formatter().parse(sentence) if field is not None}
        except ValueError as error:
            found.append(f"{key}: {error}; blanks are written like {{name}}")
            continue
        if unknown := asked - _FIELDS[key]:
            allowed = ", ".join(sorted(_FIELDS[key])) or "none"
            found.append(f"{key}: has blanks {sorted(unknown)} that nobody fills; it may use: {allowed}")
        if key.startswith("clarify.") and len(sentence.replace("{name}", "电梯故障")) >= QUESTION_LIMIT:
            found.append(f"{key}: is {QUESTION_LIMIT} characters or longer; a question is shorter")
    return found
