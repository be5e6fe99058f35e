import pytest

from nlu.checking import balance, duplicates, near_duplicates, personal_data
from nlu.corpus import Fault, Line, read_corpus, read_file, scan_text

GOOD = """# law
version: "3.1"
nlu:
- intent: complaint
  metadata:
    category: "0103"
    tags: [dialect, terse]
    sensitive: true
  examples: |
    - 3栋电梯又停哒↵抖得黑死人
    - 电梯按烂也不下来［捂脸］
- intent: chat
  metadata:
    sort: hard
    stance: figurative
  examples: |
    - 热得着火
"""


def written(folder, text, author="lan", name="01.yml"):
    path = folder / "intents" / author / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_keep_their_labels_and_places(tmp_path):
    path = written(tmp_path, GOOD)
    first, second, third = read_corpus(tmp_path)
    assert first == Line(
        text="3栋电梯又停哒\n抖得黑死人",
        intent="complaint",
        category="0103",
        sensitive=True,
        tags=("dialect", "terse"),
        author="lan",
        file=str(path),
        line=10,
    )
    assert (second.text, second.line) == ("电梯按烂也不下来［捂脸］", 11)
    assert (third.sort, third.stance, third.line) == ("hard", "figurative", 17)


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ('version: "3.1"', 'version: "2.0"', 2, "version"),
        ('version: "3.1"\n', "", 1, "no version"),
        ("intent: complaint", "intent: complain", 4, "unknown intent"),
        ('"0103"', '"9999"', 6, "unknown category"),
        ("[dialect, terse]", "[dialect, loud]", 7, "unknown tags"),
        ("sensitive: true", "sensitive: yep", 8, "sensitive"),
        ("sort: hard", "mood: hard", 14, "unknown label"),
        ("stance: figurative", "stance: [past, negated]", 15, "is a list"),
        ("    - 热得着火", "    热得着火", 17, "without `- `"),
        ("    - 热得着火", "    - ", 17, "empty|without"),
        ("［捂脸］", "[捂脸](face)", 11, "square brackets"),
        ("  examples: |\n    - 热", "  example: |\n    - 热", 16, "unknown key"),
        ("    category:", "   category: [", 7, "broken YAML"),
    ],
)
def test_a_fault_names_its_place_and_remedy(tmp_path, old, new, line, reason):
    path = written(tmp_path, GOOD.replace(old, new))
    with pytest.raises(Fault, match=reason) as raised:
        read_file(path, {"0103"})
    assert raised.value.line == line
    assert str(raised.value).startswith(f"{path}:{line}: ")
    assert raised.value.remedy


def test_every_fault_of_a_file_is_found(tmp_path):
    text = GOOD.replace("    - 热得着火", "    热得着火").replace("［捂脸］", "[捂脸]")
    lines, faults = scan_text(text, tmp_path / "lan" / "x.yml")
    assert len(lines) == 1
    assert [fault.line for fault in faults] == [11, 17]


@pytest.mark.parametrize("text", ["", "[]", "version: '3.1'\nnlu: 3\n", "version: '3.1'\nnlu:\n- 3\n"])
def test_a_file_of_another_shape_is_refused(tmp_path, text):
    with pytest.raises(Fault):
        read_file(written(tmp_path, text))


def test_bytes_that_are_no_utf8_are_refused(tmp_path):
    path = written(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(Fault, match="UTF-8"):
        read_file(path)


def line(text, author="lan", intent="complaint", category=None):
    return Line(text, intent, category=category, author=author, file=author, line=1)


def test_duplicates_are_found_and_those_with_other_labels_are_errors():
    found = list(duplicates([line("电梯又停了"), line("电梯又停了。"), line("电梯 又停了", intent="chat")]))
    assert [problem.weight for problem in found] == ["warning", "error"]


def test_the_held_out_hand_must_not_repeat_another():
    ours = line("三栋的电梯昨天又停了没有人来修")
    assert len(list(near_duplicates([ours, line("三栋的电梯昨天又停了没有人来修呢", "yu")]))) == 1
    assert not list(near_duplicates([ours, line("五栋楼下的垃圾堆了三天没人运", "yu")]))


def test_personal_data_is_found():
    texts = ["打我电话13800138000", "身份证430903199001011234", "３栋１３８００１３８０００", "价格138001380"]
    assert [problem.line for problem in personal_data([line(text) for text in texts])] == [1, 1, 1]


def test_balance_names_what_is_short():
    shown = [str(problem) for problem in balance([line("电梯停了", category="0103")], {"0103"})]
    assert any("lan 1" in one for one in shown)
    assert any("0103 has 1 lines in 0 registers" in one for one in shown)


def test_the_corpus_of_the_house_is_whole(corpus):
    assert len(corpus) > 5000
    assert len({entry.author for entry in corpus}) >= 4
