"""The corpus: labelled lines in Rasa's YAML. Law: every line keeps its file and line number; a fault is named, never skipped.

The format and the meaning of the labels stand in `training_data/README.md`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import yaml

from nlu.page import Fault, compose
from nlu.understanding import INTENTS, SIGNALS, Score, Stance

SORTS = (
    "jielong",
    "groupbuy",
    "advert",
    "forward",
    "smalltalk",
    "help",
    "ask",
    "greeting",
    "emoji",
    "quarrel",
    "housing",
    "reply",
    "festival",
    "family",
    "lost",
    "carpool",
    "hard",
)
TAGS = (
    "plain",
    "terse",
    "dialect",
    "voice",
    "typo",
    "nopunct",
    "sarcasm",
    "indirect",
    "story",
    "several",
    "formal",
    "advice",
    "border",
)
STANCES: tuple[str, ...] = get_args(Stance)
SCORES: tuple[str, ...] = get_args(Score)
LABELS = {"category", "signal", "stance", "sort", "score", "sensitive", "tags"}
HELD_OUT = "yu"
VERSION = "3.1"
BREAK = "↵"


@dataclass(frozen=True, slots=True)
class Line:
    """One message as somebody might write it, with its labels and where it stands."""

    text: str
    intent: str
    category: str | None = None
    signal: str | None = None
    stance: str = "now"
    sort: str | None = None
    score: str | None = None
    sensitive: bool = False
    tags: tuple[str, ...] = ()
    author: str = ""
    file: str = ""
    line: int = 0


def corpus_files(folder: Path) -> list[Path]:
    """The corpus files under `training_data`, in the order of author and name."""
    return sorted((folder / "intents").glob("*/*.yml"), key=lambda path: (path.parent.name, path.name))


def read_corpus(folder: Path, categories: Collection[str] | None = None) -> list[Line]:
    """All lines under `training_data`; the first fault is raised as `Fault`.

    `categories` are the codes of the taxonomy; None takes any code.
    """
    lines: list[Line] = []
    for path in corpus_files(folder):
        lines += read_file(path, categories)
    return lines


def read_file(path: Path, categories: Collection[str] | None = None) -> list[Line]:
    """The lines of one file, whose folder names the author."""
    try:
        lines, faults = scan_text(path.read_text(encoding="utf-8"), path, categories)
    except UnicodeDecodeError as error:
        raise Fault(path, 1, f"not UTF-8 ({error.reason})", "save the file as UTF-8") from error
    if faults:
        raise faults[0]
    return lines


def scan_text(text: str, path: Path, categories: Collection[str] | None = None) -> tuple[list[Line], list[Fault]]:
    """The good lines and every fault of one file's text."""
    lines: list[Line] = []
    faults: list[Fault] = []
    try:
        blocks = _blocks(compose(text, path), path)
    except Fault as fault:
        return [], [fault]
    for block in blocks:
        try:
            labels, examples = _labelled(block, path, categories)
        except Fault as fault:
            faults.append(fault)
            continue
        for number, raw in _numbered(examples):
            try:
                said = _said(raw, path, number)
            except Fault as fault:
                faults.append(fault)
                continue
            lines.append(Line(text=said, author=path.parent.name, file=str(path), line=number, **labels))
    return lines, faults


def _entries(node: yaml.Node, path: Path, what: str) -> dict[str, tuple[yaml.Node, int]]:
    if not isinstance(node, yaml.MappingNode):
        raise Fault(path, node.start_mark.line + 1, f"{what} is no mapping", "write it as `key: value` lines")
    return {str(key.value): (value, key.start_mark.line + 1) for key, value in node.value}


def _blocks(root: yaml.Node | None, path: Path) -> list[yaml.Node]:
    if root is None:
        raise Fault(path, 1, "the file is empty", f'begin it with `version: "{VERSION}"` and `nlu:`')
    top = _entries(root, path, "the file")
    if "version" not in top or str(top["version"][0].value) != VERSION:
        line = top["version"][1] if "version" in top else 1
        raise Fault(path, line, "no version, or another one", f'write `version: "{VERSION}"` at the top')
    if extra := sorted(set(top) - {"version", "nlu"}):
        raise Fault(path, top[extra[0]][1], f"unknown key {extra[0]!r}", "only `version` and `nlu` belong here")
    if "nlu" not in top or not isinstance(top["nlu"][0], yaml.SequenceNode):
        raise Fault(path, 1, "no list under `nlu`", "write the blocks as `- intent: …` under `nlu:`")
    return list(top["nlu"][0].value)


def _labelled(
    block: yaml.Node, path: Path, categories: Collection[str] | None
) -> tuple[dict[str, Any], yaml.ScalarNode]:
    parts = _entries(block, path, "a block")
    line = block.start_mark.line + 1
    if extra := sorted(set(parts) - {"intent", "metadata", "examples"}):
        raise Fault(path, parts[extra[0]][1], f"unknown key {extra[0]!r}", "use intent, metadata, examples")
    if "intent" not in parts or "examples" not in parts:
        raise Fault(path, line, "a block without `intent` or `examples`", "add what is missing")
    intent = str(parts["intent"][0].value)
    if intent not in INTENTS:
        raise Fault(path, parts["intent"][1], f"unknown intent {intent!r}", "use one of " + ", ".join(INTENTS))
    examples = parts["examples"][0]
    if not isinstance(examples, yaml.ScalarNode) or examples.style != "|":
        raise Fault(path, parts["examples"][1], "`examples` is no block", "write `examples: |` and `- ` lines")
    labels: dict[str, Any] = {"intent": intent}
    if "metadata" in parts:
        for name, (node, where) in _entries(parts["metadata"][0], path, "metadata").items():
            labels[name] = _label(name, node, categories, path=path, line=where)
    return labels, examples


def _label(name: str, node: yaml.Node, categories: Collection[str] | None, *, path: Path, line: int) -> Any:
    allowed: Mapping[str, Collection[str] | None] = {
        "category": categories,
        "signal": SIGNALS,
        "stance": STANCES,
        "sort": SORTS,
        "score": SCORES,
        "tags": TAGS,
    }
    if name not in LABELS:
        raise Fault(path, line, f"unknown label {name!r}", "use one of " + ", ".join(sorted(LABELS)))
    if name == "sensitive":
        if node.value not in ("true", "false"):
            raise Fault(path, line, f"`sensitive` is {node.value!r}", "write true, or leave it out")
        return node.value == "true"
    several = isinstance(node, yaml.SequenceNode)
    values = tuple(str(item.value) for item in node.value) if several else (str(node.value),)
    known = allowed[name]
    if unknown := [value for value in values if known is not None and value not in known]:
        raise Fault(path, line, f"unknown {name} {unknown[0]!r}", "use one of " + ", ".join(sorted(known or ())))
    if name == "tags":
        return values
    if several:
        raise Fault(path, line, f"`{name}` is a list", "give one value; split the block if they differ")
    return values[0]


def _numbered(examples: yaml.ScalarNode) -> Iterator[tuple[int, str]]:
    """Each line of the block with its number in the file: the block begins on the line after its `|`."""
    first = examples.start_mark.line + 2
    lines = examples.value.split("\n")
    while lines and not lines[-1].strip():
        lines.pop()
    return iter(enumerate(lines, first))


def _said(raw: str, path: Path, number: int) -> str:
    if not raw.startswith("- "):
        raise Fault(path, number, f"a line without `- `: {raw[:30]!r}", "begin each message with `- `")
    said = raw[2:].strip()
    if not said:
        raise Fault(path, number, "an empty message", "write one or remove the line")
    if "](" in said or ("[" in said and "]" in said):
        raise Fault(path, number, f"square brackets: {said[:30]!r}", "Rasa reads an entity there; write ［…］")
    return said.replace(BREAK, "\n")
