"""Shows what a replay did, in Chinese, for people: a line for each thing that the bot would have done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich.table import Table

from nlu.understanding import Lexicon

WORDS = 36
_DONE = {
    "say": "群里说",
    "whisper": "私聊说",
    "flag": "标记给网格员",
    "alert": "紧急提醒",
    "ticket": "立单",
    "rating": "评价",
}
_SCORES = {"satisfied": "满意", "fair": "一般", "dissatisfied": "不满意"}


def report(rows: Iterable[Mapping[str, Any]], words: Mapping[str, tuple[str, str]], lexicon: Lexicon) -> Table:
    """A table of what was done; `words` are name and text by message id. A ticket stands once, when it was opened."""
    shown = Table("时间", "做了什么", "内容", "因为这几句", show_lines=False)
    numbers: set[str] = set()
    for row in rows:
        if row["type"] == "ticket":
            if row["number"] in numbers:
                continue
            numbers.add(row["number"])
        ids = row.get("about") or row.get("messages") or ()
        said = " / ".join(_quoted(*words[id]) for id in ids[:3] if id in words)
        shown.add_row(str(row["at"])[5:16].replace("T", " "), _DONE[str(row["type"])], _content(row, lexicon), said)
    return shown


def _content(row: Mapping[str, Any], lexicon: Lexicon) -> str:
    if row["type"] in ("say", "whisper"):
        return str(row["text"])
    if row["type"] == "rating":
        return f"{row['number']} {_SCORES[row['score']]}"
    if row["type"] == "alert":
        return lexicon.signals[row["signal"]].name
    leaf = lexicon.leaves.get(str(row.get("category")))
    name = f"{leaf.code} {leaf.name}" if leaf else "类别待定"
    if row["type"] == "flag":
        return f"{name}(把握 {row['confidence']:.0%})"
    place = row["facts"].get("place", "")
    return f"{row['number']} {name} {place}".strip()


def _quoted(name: str, text: str) -> str:
    text = " ".join(text.split())
    return f"{name}:{text[:WORDS]}{'…' if len(text) > WORDS else ''}"
