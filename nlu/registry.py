"""The registry: where trained models lie. Law: a model is found by the hash of data and code, written whole or not at all.

A model is a folder of `model.json`, `vocabulary.txt`, `dictionary.txt` and one `.npy` for each array: no pickle, no time stamp, the
same bytes from the same model.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from nlu.corpus import HELD_OUT, corpus_files
from nlu.model import Alarm, Head, Marks, Model, Sight

FORMAT = 8
DATA_FILES = ("signals.yaml", "taxonomy.yaml", "varying.yaml", "words.yaml")
CODE_FILES = (
    "calibration.py",
    "corpus.py",
    "dictionary.py",
    "model.py",
    "spelling.py",
    "taxonomy.py",
    "training.py",
    "understanding.py",
    "varying.py",
    "watch.py",
    "words.py",
)
SIGHT = ("sight.project", "sight.phase", "sight.weights")
REMEDY = "run `linli train` to make a new one"


class ModelError(ValueError):
    """A model that cannot be read: which, why, and what to do."""

    def __init__(self, folder: Path, reason: str):
        super().__init__(f"{folder}: {reason}; {REMEDY}")


def data_hash(data: Path) -> str:
    """The hash of everything under `training_data` that a model is learnt from; the held-out hand is no part of it."""
    files = [path for path in corpus_files(data) if path.parent.name != HELD_OUT]
    files += [data / name for name in DATA_FILES if (data / name).exists()]
    files += sorted((data / "vectors").glob("*.[nt][px][yt]"))
    return _hash((path.relative_to(data).as_posix(), path.read_bytes()) for path in files)


def code_hash() -> str:
    """The hash of the code that decides what a model becomes."""
    here = Path(__file__).parent
    return _hash((name, (here / name).read_bytes()) for name in CODE_FILES)


def place(cache: Path, data: Path) -> Path:
    """The folder in the cache where the model of this data and code belongs, whether it is there or not."""
    return cache / f"{data_hash(data)[:12]}-{code_hash()[:12]}"


def find(cache: Path, data: Path) -> Path | None:
    """The folder of the model of this data and code, or None if it was not trained yet."""
    folder = place(cache, data)
    return folder if (folder / "model.json").exists() else None


def save(model: Model, folder: Path) -> Model:
    """Writes the model as this folder, at once or not at all, and gives it back with its hash; one that is there is replaced."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        hashed = _write(model, draft)
        if folder.exists():
            old = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
            os.replace(folder, old / "model")
            os.replace(draft, folder)
            shutil.rmtree(old)
        else:
            os.replace(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return hashed


def _write(model: Model, folder: Path) -> Model:
    _write_lines(folder / "vocabulary.txt", model.vocabulary)
    _write_lines(folder / "dictionary.txt", model.logs)
    for name, array in _arrays(model).items():
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    about = {
        "format": FORMAT,
        "floor": model.floor,
        "unknown": model.unknown,
        "warmth": model.warmth,
        "matter": list(model.matter),
        "alarm": asdict(model.alarm),
        "marks": asdict(model.marks),
        "sight": model.sight is not None,
        "heads": {
            name: {"classes": list(head.classes), "temperature": head.temperature} for name, head in model.heads.items()
        },
        "card": dict(model.card),
    }
    digest = _digest(about, folder)
    text = json.dumps(about | {"hash": digest}, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / "model.json").write_text(text + "\n", encoding="utf-8", newline="\n")
    return replace(model, hash=digest)


def load(folder: Path) -> Model:
    """The model in this folder; raises `ModelError` when it is missing, damaged or of another format."""
    try:
        about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if about.get("format") != FORMAT:
            raise ModelError(folder, f"format {about.get('format')!r}, but this program reads {FORMAT}")
        digest = about.pop("hash", "")
        if digest != _digest(about, folder):
            raise ModelError(folder, "its content does not match its hash")
        return _model(about, folder, digest)
    except FileNotFoundError as error:
        raise ModelError(folder, f"{Path(error.filename).name} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        if isinstance(error, ModelError):
            raise
        raise ModelError(folder, f"unreadable ({type(error).__name__}: {error})") from error


def _model(about: Mapping[str, Any], folder: Path, digest: str) -> Model:
    def array(name: str) -> Any:
        return np.load(folder / f"{name}.npy", allow_pickle=False)

    heads = {
        name: Head(tuple(head["classes"]), array(f"{name}.weights"), array(f"{name}.bias"), float(head["temperature"]))
        for name, head in about["heads"].items()
    }
    logs = np.load(folder / "dictionary.npy", allow_pickle=False)
    return Model(
        logs=dict(zip(_read_lines(folder / "dictionary.txt"), logs.tolist(), strict=True)),
        floor=float(about["floor"]),
        vocabulary=tuple(_read_lines(folder / "vocabulary.txt")),
        idf=array("idf"),
        unknown=float(about["unknown"]),
        heads=heads,
        warmth=float(about["warmth"]),
        matter=(float(about["matter"][0]), float(about["matter"][1])),
        alarm=Alarm(**about["alarm"]),
        marks=Marks(**about["marks"]),
        sight=Sight(*map(array, SIGHT)) if about["sight"] else None,
        card=about["card"],
        hash=digest,
    )


def _arrays(model: Model) -> dict[str, Any]:
    arrays: dict[str, Any] = {"idf": model.idf, "dictionary": np.fromiter(model.logs.values(), dtype=np.float64)}
    for name, head in model.heads.items():
        arrays |= {f"{name}.weights": head.weights, f"{name}.bias": head.bias}
    if model.sight is not None:
        arrays |= dict(zip(SIGHT, (model.sight.project, model.sight.phase, model.sight.weights), strict=True))
    return arrays


def _write_lines(path: Path, lines: Iterable[str]) -> None:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8", newline="\n")


def _read_lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").split("\n")[:-1]


def _digest(about: Mapping[str, Any], folder: Path) -> str:
    """The hash of a model's meaning: what `model.json` says, and the bytes of every other file."""
    said = json.dumps(about, ensure_ascii=False, sort_keys=True).encode()
    whole = hashlib.sha256(said)
    for path in sorted(path for path in folder.iterdir() if path.suffix in (".npy", ".txt")):
        with path.open("rb") as file:
            whole.update(f"{path.name} {hashlib.file_digest(file, 'sha256').hexdigest()}".encode())
    return whole.hexdigest()


def _hash(parts: Iterable[tuple[str, bytes]]) -> str:
    whole = hashlib.sha256()
    for name, content in parts:
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()
