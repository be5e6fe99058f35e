import json

import numpy as np
import pytest

from nlu.registry import ModelError, code_hash, data_hash, find, load, place, save


def test_what_is_saved_is_loaded(small, tmp_path):
    saved = save(small, tmp_path / "m")
    loaded = load(tmp_path / "m")
    assert loaded.hash == saved.hash
    assert loaded.vocabulary == small.vocabulary
    assert loaded.logs == small.logs
    assert loaded.marks == small.marks
    assert np.array_equal(loaded.heads["sense"].weights, small.heads["sense"].weights)
    assert save(loaded, tmp_path / "m").hash == saved.hash
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def damage_array(folder):
    path = folder / "idf.npy"
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\0")


def cut_short(folder):
    (folder / "sense.bias.npy").write_bytes(b"")


def lose(folder):
    (folder / "vocabulary.txt").unlink()


def break_json(folder):
    (folder / "model.json").write_text("{", encoding="utf-8")


def other_format(folder):
    about = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    (folder / "model.json").write_text(json.dumps(about | {"format": 99}), encoding="utf-8")


@pytest.mark.parametrize("harm", [damage_array, cut_short, lose, break_json, other_format])
def test_a_damaged_model_is_refused_with_a_remedy(small, tmp_path, harm):
    save(small, tmp_path / "m")
    harm(tmp_path / "m")
    with pytest.raises(ModelError, match="linli train"):
        load(tmp_path / "m")


def test_a_missing_model_is_refused_with_a_remedy(tmp_path):
    with pytest.raises(ModelError, match="linli train"):
        load(tmp_path / "nothing")


def test_a_model_is_found_by_data_and_code(small, data, tmp_path):
    assert find(tmp_path, data) is None
    save(small, place(tmp_path, data))
    assert find(tmp_path, data) == place(tmp_path, data)
    assert data_hash(data) != code_hash()
