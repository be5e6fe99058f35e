import numpy as np
import pytest

from nlu.linear import load_reader
from nlu.page import Fault
from nlu.registry import ModelError, load, save
from nlu.training import train
from nlu.vector_learning import Lesson, learn_vectors
from nlu.vectors import Vectors, pool, read_vectors, write_vectors

SMALL = Lesson(words=800, width=16, fewest=3, neighbours=400)


@pytest.fixture(scope="module")
def vectors(few, words):
    return learn_vectors((line.text for line in few), words, SMALL)


def test_the_same_text_gives_the_same_vectors_and_they_come_back_from_disk(vectors, few, words, tmp_path):
    again = learn_vectors((line.text for line in few), words, SMALL)
    assert np.array_equal(again.table, vectors.table)
    write_vectors(vectors, tmp_path / "v")
    read = read_vectors(tmp_path / "v")
    assert read is not None
    assert read.index == vectors.index
    assert np.array_equal(read.table, vectors.table)
    assert np.array_equal(read.scales, vectors.scales)


def test_a_text_is_the_mean_of_its_known_words(vectors):
    known = next(iter(vectors.index))
    assert np.allclose(pool(vectors, [known, "这不是词"]), pool(vectors, [known]))
    assert not pool(vectors, ["这不是词"]).any()
    assert not pool(vectors, []).any()


def test_any_number_is_one_number(vectors):
    scales = np.array([[0.01, 1.0]], dtype=np.float32)
    small = Vectors({"0": 0}, np.array([[100, -100]], dtype=np.int8), scales)
    assert np.allclose(pool(small, ["0000"]), [1.0, -1.0])


def test_too_little_text_is_refused(words):
    with pytest.raises(ValueError, match="more text"):
        learn_vectors(["电梯坏了"], words)


def test_no_vectors_and_damaged_ones(vectors, tmp_path):
    assert read_vectors(tmp_path) is None
    write_vectors(vectors, tmp_path)
    (tmp_path / "words.txt").write_text("少了\n", encoding="utf-8")
    with pytest.raises(Fault, match="linli vectors"):
        read_vectors(tmp_path)
    (tmp_path / "table.npy").write_bytes(b"")
    with pytest.raises(Fault, match="unreadable"):
        read_vectors(tmp_path)


def test_the_shipped_vectors_fit_and_are_small(data):
    shipped = read_vectors(data / "vectors")
    assert shipped is not None
    assert sum(path.stat().st_size for path in (data / "vectors").iterdir()) < 8_000_000
    near = pool(shipped, ["小区"]) @ pool(shipped, ["物业"])
    far = pool(shipped, ["小区"]) @ pool(shipped, ["好吃"])
    assert near > far


def test_a_model_with_sight_needs_its_vectors(few, words, watch, vectors, data, tmp_path):
    model = train(few[::3], words, watch, vectors=vectors)
    folder = tmp_path / "models" / "m"
    save(model, folder)
    loaded = load(folder)
    assert (loaded.sight is None) == (model.sight is None)
    if model.sight is not None and loaded.sight is not None:
        assert np.array_equal(loaded.sight.weights, model.sight.weights)
        bare = tmp_path / "data"
        bare.mkdir()
        for name in ("taxonomy.yaml", "signals.yaml", "words.yaml", "places.yaml", "knowledge.yaml"):
            (bare / name).write_bytes((data / name).read_bytes())
        with pytest.raises(ModelError, match="vectors"):
            load_reader(folder, bare)
