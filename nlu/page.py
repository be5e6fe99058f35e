"""One page of training data: a YAML file whose entries know their lines. Law: a fault says file:line, the reason and the remedy."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Fault(ValueError):
    """A fault in a file of training data: where, why, and what to do about it."""

    def __init__(self, file: Path | str, line: int, reason: str, remedy: str):
        super().__init__(f"{file}:{line}: {reason}; {remedy}")
        self.file, self.line, self.reason, self.remedy = str(file), line, reason, remedy


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed file: its data and its nodes."""

    path: Path
    data: Mapping[str, Any]
    root: yaml.Node

    def line(self, *keys: str | int) -> int:
        """The line number on which the value under these keys begins; of the nearest parent if there is none."""
        node, line = self.root, 1
        for key in keys:
            if isinstance(key, int) and isinstance(node, yaml.SequenceNode) and key < len(node.value):
                node = node.value[key]
            elif isinstance(node, yaml.MappingNode):
                found = [value for name, value in node.value if name.value == str(key)]
                if not found:
                    break
                node = found[0]
            else:
                break
            line = node.start_mark.line + 1
        return line

    def fault(self, reason: str, remedy: str, *keys: str | int) -> Fault:
        """A fault at the value under these keys."""
        return Fault(self.path, self.line(*keys), reason, remedy)

    def entries(self, key: str, *, required: bool = True) -> list[Mapping[str, Any]]:
        """The list of mappings under a key; [] if it is missing and need not be there."""
        value = self.data.get(key)
        if value is None and not required:
            return []
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise self.fault(f"no list of entries under {key!r}", f"write `{key}:` and entries below it", key)
        return list(value)

    def strings(self, value: Any, *keys: str | int) -> tuple[str, ...]:
        """The value as strings: a list of them, or nothing."""
        if value is None:
            return ()
        if not isinstance(value, list) or any(isinstance(item, (dict, list)) or item is None for item in value):
            raise self.fault("not a list of words", "write `[one, two]`, or `- one` lines", *keys)
        return tuple(str(item) for item in value)

    def text(self, entry: Mapping[str, Any], name: str, *keys: str | int, among: Collection[str] = ()) -> str:
        """The words under `name` of an entry that stands under these keys; one of `among`, if given."""
        value = entry.get(name)
        if value is None or isinstance(value, (dict, list)) or not str(value).strip():
            raise self.fault(f"an entry without {name!r}", f"add `{name}:` to it", *keys)
        if among and str(value) not in among:
            raise self.fault(f"{name!r} is {value!r}", "use one of " + ", ".join(among), *keys, name)
        return str(value)


def read_page(path: Path) -> Page:
    """The page in this file; whatever keeps it from being read is a `Fault`."""
    try:
        source = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise Fault(path, 1, "the file is missing", "restore it from the release") from error
    except UnicodeDecodeError as error:
        raise Fault(path, 1, f"not UTF-8 ({error.reason})", "save the file as UTF-8") from error
    root = compose(source, path)
    data = yaml.load(source, Loader=Loader)
    if root is None or not isinstance(data, dict):
        raise Fault(path, 1, "the file is no mapping", "begin it with `key:` lines")
    return Page(path, data, root)


def compose(source: str, path: Path) -> yaml.Node | None:
    """The node tree of a YAML text, None if it is empty."""
    try:
        node: yaml.Node | None = yaml.compose(source, Loader=Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = f"broken YAML ({getattr(error, 'problem', None) or error})"
        raise Fault(path, mark.line + 1 if mark else 1, reason, "check indentation and quotes there") from error
    return node
