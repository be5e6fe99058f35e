import pytest

from nlu.corpus import Fault
from nlu.dictionary import cutter
from nlu.words import WordList, features, read_words


def test_digits_and_names_decide_nothing(words):
    assert features("@张三 3栋电梯坏了", words) == features("@李四 7栋电梯坏了", words)


def test_a_dialect_word_keeps_its_place_beside_the_standard_one(words):
    found = features("电梯冇得人修", words)
    assert "w没有" in found or "w没有人" in found
    assert "冇得" in found


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("在吗？", "#asks"),
        ("【通知】停电", "#head"),
        ("1.张三\n2.李四\n3.王五", "#items3"),
        ("［玫瑰］", "#sticker"),
        ("😊", "#emoji"),
    ],
)
def test_shapes(words, text, shape):
    assert shape in features(text, words)


def test_features_stand_once_and_hold_no_line_break(words):
    found = features("哈哈\n哈哈\n😀" * 3, words)
    assert len(found) == len(set(found))
    assert not any("\n" in name for name in found)


def test_words_of_ours_are_not_cut(words):
    plain = cutter(WordList(whole=("热线办",)))
    assert plain.cut("找热线办") == ["找", "热线办"]


def test_a_word_list_of_another_shape_is_refused(tmp_path):
    path = tmp_path / "words.yaml"
    assert read_words(path) == WordList()
    path.write_text("variants: [a]\n", encoding="utf-8")
    with pytest.raises(Fault, match="mapping"):
        read_words(path)


def test_words_are_cut_as_jieba_cuts_them(words, corpus):
    import jieba

    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    plain = cutter(WordList())
    for line in corpus[::50]:
        theirs = [word for word in tokenizer.cut(line.text, HMM=False) if not word.isspace()]
        ours = plain.cut(line.text)
        assert "".join(ours) == "".join(theirs)
        assert len(set(ours) & set(theirs)) >= 0.8 * len(set(theirs))
