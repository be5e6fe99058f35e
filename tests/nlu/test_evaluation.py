from dataclasses import replace

import pytest
from rich.console import Console

from nlu.corpus import Line
from nlu.evaluation import (
    Share,
    Told,
    calibration_error,
    confusions,
    evaluate,
    reliability,
    said,
    span,
    table,
    tables,
    tell,
)
from nlu.understanding import Understanding


def told(intent="chat", answer="silent", said_to_be=None, **labels):
    """A line and what was said of it, as plain data; `said_*` and the answer are the reader's."""
    meant = {
        name: labels.pop("said_" + name)
        for name in ("category", "signals", "sure", "stance")
        if "said_" + name in labels
    }
    line = Line("电梯坏了", intent, author=labels.pop("author", "hand"), **labels)
    chance = 0.9 if (said_to_be or intent) == intent else 0.6
    return Told(line, Understanding(line.text, said_to_be or intent, chance, 0.5, answer, **meant))


LINES = [
    told("complaint", "speak", category="0103", said_category="0103", tags=("terse",)),
    told("complaint", "flag", category="0103", said_category="0101", tags=("terse", "dialect"), author="other"),
    told("complaint", said_to_be="chat", category="0101"),
    told("dispute", "flag", said_to_be="complaint", category="D03", said_category="0303"),
    told("emergency", "speak", signal="fire", said_signals=("fire",), said_sure=("fire",)),
    told("emergency", "flag", signal="fire", said_signals=("gas", "sensitive")),
    told("chat", "speak", said_to_be="complaint", sort="smalltalk"),
    told("chat", "flag", sort="hard", stance="past", said_signals=("fire",), said_stance="past"),
    told("chat", "flag", sort="hard", stance="negated", said_signals=("sensitive",)),
    told("chat", sort="reply"),
]


@pytest.fixture
def report(reader):
    return evaluate(LINES, reader)


@pytest.fixture(scope="module")
def unseen(corpus, reader, around):
    return tell([replace(line, author="unseen") for line in corpus[3::12]], reader, around())


def shares(report, sheet, name):
    (row,) = [row for row in report.sheets[sheet].rows if row.name == name]
    return dict(zip(report.sheets[sheet].columns, row.shares, strict=True)) | {"lines": row.lines}


def test_the_interval_of_a_share_is_wilsons():
    assert Share(8, 10).interval == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert Share(0, 402).interval == pytest.approx((0, 0.00946), abs=1e-5)
    assert Share(50, 50).interval == pytest.approx((0.92865, 1), abs=1e-5)
    assert Share(0, 0).interval == (0, 1)


def test_each_figure_counts_its_own_lines(report):
    expected = {
        "right": (7, 10), "spoken": (2, 6), "noticed": (5, 6),
        "wrong_speak": (1, 2), "wrong_flag": (0, 2), "wrong_alarm": (0, 2), "wrong_sure": (0, 2),
        "hard_speak": (0, 2), "hard_flag": (2, 2), "hard_alarm": (1, 2), "hard_sure": (0, 2),
        "leaf": (1, 4), "group": (2, 4), "among": (0, 4), "named": (1, 2), "sure": (1, 2), "scored": (0, 0), "stance": (1, 2),
    }  # fmt: skip
    assert {name: (share.hits, share.total) for name, share in report.shares.items()} == expected


def test_figures_of_intents_leaves_and_whoever_wrote(report):
    complaint = shares(report, "intent", "complaint")
    assert complaint == {"precision": Share(2, 4), "recall": Share(2, 3), "f1": Share(4, 7), "lines": 3}
    leaf = shares(report, "leaf", "0103")
    assert (leaf["recall"], leaf["precision"], leaf["noticed"]) == (Share(1, 2), Share(1, 1), Share(2, 2))
    assert shares(report, "leaf", "0303")["lines"] == 0  # told, and true of no line
    assert shares(report, "tag", "terse")["spoken"] == Share(1, 2)
    assert shares(report, "author", "other")["lines"] == 1
    assert shares(report, "signal", "fire")["sure"] == Share(1, 2)
    assert shares(report, "stance", "negated")["hard_alarm"] == Share(0, 1)
    assert shares(report, "matter", "complaint")["noticed"] == Share(2, 3)
    assert [row.name for row in report.sheets["sort"].rows] == ["reply", "smalltalk"]
    assert "wrong_speak" not in report.sheets["tag"].columns  # no chatter has a tag: such a column says nothing
    assert "wrong_speak" in report.sheets["author"].columns


def test_confusions_leave_out_what_is_right_and_begin_with_the_most(report):
    assert confusions(report.confusion["intent"]) == [
        ("chat", "complaint", 1),
        ("complaint", "chat", 1),
        ("dispute", "complaint", 1),
    ]
    assert confusions(report.confusion["intent"], 1) == [("chat", "complaint", 1)]
    assert ("0101", "–", 1) in confusions(report.confusion["leaf"])


def test_a_calibrated_reader_has_no_error():
    assert calibration_error(reliability([(0.75, True)] * 3 + [(0.75, False)])) == 0
    assert calibration_error(reliability([(0.95, False)] * 4)) == pytest.approx(0.95)
    assert calibration_error(reliability([(0.2, False), (1.0, True)])) == pytest.approx(0.1)
    assert calibration_error(reliability([])) == 0.0


def test_bins_count_what_lies_in_them(report):
    bins = reliability([(0.05, False), (0.31, True), (0.39, False), (1.0, True)])
    assert [part.right for part in bins if part.right.total] == [Share(0, 1), Share(1, 2), Share(1, 1)]
    assert bins[3].chance == pytest.approx(0.35)
    assert report.curves["all"][9].right == Share(7, 7)
    assert report.curves["complaint"][6].right == Share(0, 2)
    assert report.curves["matter"][5].right == Share(6, 10)
    assert "rating" not in report.curves


def test_a_figure_is_said_with_its_unit():
    assert said("right", Share(1, 8)) == "12.5%"
    assert said("wrong_speak", Share(1, 1000)) == "1.0‰"
    assert said("right", Share(0, 0)) == "–"
    assert span("wrong_speak", Share(0, 402)) == "0.0–9.5"


def test_a_real_reader_on_a_hand_that_it_has_not_seen(unseen, reader):
    report = evaluate(unseen, reader)
    assert report.lines == len(unseen)
    assert report.shares["right"].value > 0.5
    assert report.shares["spoken"].hits <= report.shares["noticed"].hits
    pairs = report.confusion["intent"]
    assert sum(pairs.values()) == report.lines
    assert sum(count for (is_, as_), count in pairs.items() if is_ == as_) == report.shares["right"].hits
    assert sum(row.lines for row in report.sheets["intent"].rows) == report.lines
    assert sum(part.right.total for part in report.curves["matter"]) == report.lines
    assert report.card["authors"]
    assert report.names["fire"] == "火灾"


def test_who_taught_a_model_cannot_judge_it(unseen, reader, few, around):
    assert evaluate(unseen, reader).taught_by == ()
    strange = replace(few[0], author="nobody")
    assert evaluate(tell([few[0], strange], reader, around()), reader).taught_by == (few[0].author,)


def test_the_terminal_shows_all_that_counts(unseen, reader):
    report = evaluate(unseen, reader)
    console = Console(record=True, width=300)
    console.print(table(report))
    short = console.export_text()
    assert "wrong speak" in short
    assert said("noticed", report.shares["noticed"]) in short
    assert "named" in short
    assert "taken for" not in short
    console.print(tables(report))
    whole = console.export_text()
    for shown in (
        "taken for",
        "fire 火灾",
        "noticed least",
        "negated",
        " ".join(report.card["authors"]),
        "calibration all",
    ):
        assert shown in whole
