from datetime import date

import pytest

from nlu.page import Fault
from nlu.taxonomy import Calm, read_domain, read_knowledge, read_signals
from nlu.understanding import SIGNALS

SIGNALS_YAML = """
urgent: [快来人]
calm: [演练, 电视剧]
signals:
- code: fire
  name: 火灾
  numbers: ["119"]
  safety: 先撤离。
  raise: [起火了, "冒[浓黑]烟"]
  doubt: [热得着火]
  signs: [烧起来]
- code: suicide
  name: 轻生
  numbers: [12356]
  safety: 有人陪您。
  quiet: true
  raise: [不想活]
"""
KNOWLEDGE = """
entries:
- id: card
  questions: [老年卡怎么办]
  answer: 带身份证。
  source: 民政
  valid_until: "2027-12-31"
"""


def written(folder, text, name="page.yaml"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_domain_of_the_house_is_whole(domain):
    assert len(domain.lexicon.leaves) == 84
    assert sum(leaf.kind == "dispute" for leaf in domain.lexicon.leaves.values()) == 13
    assert domain.entries
    assert set(domain.lexicon.signals) == set(SIGNALS)


def test_signals_are_read(tmp_path):
    calms, watches, signals = read_signals(written(tmp_path, SIGNALS_YAML))
    assert calms == (Calm(("演练", "电视剧"), unless=("快来人",)),)
    assert watches[0].calms == (Calm(("热得着火",), unless=("快来人", "烧起来")),)
    assert [watch.code for watch in watches] == ["fire", "suicide"]
    assert signals["fire"].numbers == ("119",)
    assert signals["suicide"].quiet
    assert read_signals(tmp_path / "none.yaml") == ((), (), {})


@pytest.mark.parametrize(
    ("old", "new", "line", "reason"),
    [
        ("code: fire", "code: fires", 5, "unknown or doubled"),
        ("code: suicide", "code: fire", 12, "unknown or doubled"),
        ("name: 火灾", "title: 火灾", 5, "without 'name'"),
        ("起火了", '"(起火"', 9, "bad pattern"),
        ("[热得着火]", "热得着火", 10, "not a list"),
        ("safety: 先撤离。", "safety:", 5, "without 'safety'"),
    ],
)
def test_a_fault_in_signals_has_its_line(tmp_path, old, new, line, reason):
    with pytest.raises(Fault, match=reason) as raised:
        read_signals(written(tmp_path, SIGNALS_YAML.replace(old, new)))
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("urgency: P3", "urgency: P9", "use one of P0"),
        ('code: "0102"', 'code: "0101"', "stands twice"),
        ("kind: complaint", "kind: wish", "use one of complaint"),
        ("questions: [place, what, since]", "questions: [phone]", "unknown question"),
        ("private: never", "private: maybe", "use one of never"),
        ("leaves:", "leafs:", "no list of entries"),
    ],
)
def test_a_fault_in_the_taxonomy_is_refused(data, tmp_path, old, new, reason):
    text = (data / "taxonomy.yaml").read_text(encoding="utf-8")
    assert old in text
    written(tmp_path, text.replace(old, new, 1), "taxonomy.yaml")
    with pytest.raises(Fault, match=reason):
        read_domain(tmp_path)


def test_knowledge_is_read_and_its_faults_named(tmp_path):
    (entry,) = read_knowledge(written(tmp_path, KNOWLEDGE), {})
    assert entry.valid_until == date(2027, 12, 31)
    for old, new, reason in (
        ("questions: [老年卡怎么办]", "questions: []", "no questions"),
        ('"2027-12-31"', "soon", "no day"),
        ("source: 民政", 'source: 民政\n  category: "0000"', "unknown category"),
    ):
        with pytest.raises(Fault, match=reason):
            read_knowledge(written(tmp_path, KNOWLEDGE.replace(old, new)), {})


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Fault, match="missing"):
        read_domain(tmp_path)
