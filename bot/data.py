"""Loads the shipped data that decisions go by: the wording, and the folders where data and models lie.

Installed files are read, never written.
"""

from __future__ import annotations

from pathlib import Path

import yaml

import training_data
from dialogs.wording import Wording, problems

DATA = Path(training_data.__file__).parent


class DataError(ValueError):
    """A data file that cannot be used. Its text names the file, the place and what to do."""


def load_wording(folder: Path = DATA) -> Wording:
    """The sentences for residents. Raises DataError with every fault of the file."""
    path = folder / "wording.yaml"
    try:
        sentences = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DataError(f'{path}: {" ".join(str(error).split())}; mend the line, each is `key: "sentence"`') from error
    if not isinstance(sentences, dict):
        raise DataError(f'{path}: is no list of sentences; each line is `key: "sentence"`')
    if faults := problems(sentences):
        raise DataError("\n".join(f"{path}: {fault}" for fault in faults))
    return Wording(sentences)
