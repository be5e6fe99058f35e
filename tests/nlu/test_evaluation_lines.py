from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from nlu.corpus import Line
from nlu.evaluation import Told, alarmed, evaluate, tell
from nlu.evaluation_lines import (
    ERRORS,
    SIGNALS_YAML,
    VECTORS,
    changed,
    changes_table,
    compare,
    errors_table,
    heaviest,
    mcnemar,
    weigh_up,
    worst,
)
from nlu.linear import load_reader
from nlu.model import Sight, odds_of
from nlu.registry import save
from nlu.spelling import spell
from nlu.training import train
from nlu.understanding import Understanding
from nlu.vectors import pool, read_vectors


@pytest.fixture(scope="module")
def lines(corpus):
    return [replace(line, author="unseen") for line in corpus[3::12]]


@pytest.fixture(scope="module")
def unseen(lines, reader, around):
    return tell(lines, reader, around())


@pytest.fixture(scope="module")
def other(few, words, watch, data, tmp_path_factory):
    """A reader that was taught less."""
    folder = tmp_path_factory.mktemp("models") / "smaller"
    save(train(few[::4], words, watch), folder)
    return load_reader(folder, data)


def test_mcnemars_exact_test():
    assert mcnemar(0, 0) == 1
    assert mcnemar(5, 5) == 1
    assert mcnemar(8, 2) == mcnemar(2, 8) == pytest.approx(0.109375)
    assert mcnemar(10, 0) == pytest.approx(2 / 1024)
    assert 0 < mcnemar(3000, 2000) < 1e-40


def test_two_readers_differ_by_the_lines_that_one_alone_has_right(unseen, lines, other, reader, around):
    others = tell(lines, other, around())
    changes = {change.name: change for change in compare(unseen, others)}
    assert {name: change.ours for name, change in changes.items()} == evaluate(unseen, reader).shares
    assert {name: change.theirs for name, change in changes.items()} == evaluate(others, other).shares
    for name, change in changes.items():
        more = change.ours.hits - change.theirs.hits
        wrong = name.startswith(("wrong", "hard"))
        assert change.gained - change.lost == (-more if wrong else more)
    assert changes["right"].gained > changes["right"].lost
    assert changes["right"].certain
    back = {change.name: change for change in compare(others, unseen)}
    assert (back["right"].gained, back["right"].lost) == (changes["right"].lost, changes["right"].gained)


def test_an_error_avoided_is_a_gain():
    chat = Line("今天天气好", "chat", sort="smalltalk")
    quiet = Told(chat, Understanding(chat.text, "chat", 0.9, 0.1, "silent"))
    loud = Told(chat, Understanding(chat.text, "chat", 0.9, 0.1, "speak"))
    (change,) = [change for change in compare([quiet], [loud]) if change.name == "wrong_speak"]
    assert (change.gained, change.lost, change.certain) == (1, 0, False)


def test_a_reader_beside_itself_does_not_differ(unseen, reader):
    changes = compare(unseen, unseen)
    assert all((change.gained, change.lost, change.chance) == (0, 0, 1) for change in changes)
    report = evaluate(unseen, reader)
    rows = changed(changes, report, report)
    assert {row[3] for row in rows} == {"+0.0", "+0.000"}
    assert {row[-1] for row in rows} == {""}


def test_readers_are_compared_on_the_same_lines_only(unseen):
    with pytest.raises(ValueError, match="same lines"):
        compare(unseen, unseen[1:])


def test_what_is_weighed_is_what_decided(unseen, reader, small):
    for pair in unseen[::7]:
        text, meaning = pair.line.text, pair.meaning
        assert weigh_up(reader, text, "matter").chance == pytest.approx(meaning.matter, abs=2e-4)
        if meaning.intent != "emergency":
            assert weigh_up(reader, text, meaning.intent).chance == pytest.approx(meaning.probability, abs=2e-4)
    quiet = {
        code for code, signal in reader.lexicon.signals.items() if signal.quiet
    }  # named below the mark, too, as quarrels
    hot = [
        pair
        for pair in unseen
        if pair.meaning.intent == "emergency"
        and not quiet & {found.code for found in reader.watcher.raised(spell(pair.line.text))}
    ]
    chances = [weigh_up(reader, pair.line.text, "emergency").chance for pair in hot]
    assert hot
    assert [alarmed(pair.meaning) for pair in hot] == [chance >= small.marks.name for chance in chances]


def test_what_vectors_see_is_weighed_too(unseen, reader, small, data, around):
    vectors = read_vectors(data / "vectors")
    dice = np.random.default_rng(0)
    project = dice.normal(size=(pool(vectors, ["电梯"]).shape[0], 8)).astype(np.float32)
    sight = Sight(project, np.zeros(8, np.float32), np.full(8, 0.4, np.float32))
    seeing = replace(reader, learnt=replace(small, sight=sight), vectors=vectors)
    for pair in unseen[::40]:
        told = seeing.triage(pair.line.text, around())
        weighing = weigh_up(seeing, pair.line.text, "matter")
        assert weighing.chance == pytest.approx(told.matter, abs=2e-4)
        assert VECTORS in dict(weighing.words)
    assert VECTORS not in dict(weigh_up(seeing, "电梯坏了", "consultation").words)


def test_a_word_weighs_what_would_be_lost_without_it(reader, small):
    text, word = "电梯又坏了没人修", "^电"
    assert word in reader.index
    head = small.heads["sense"]
    weights = head.weights.copy()
    weights[reader.index[word]] = 0
    without = replace(reader, learnt=replace(small, heads={**small.heads, "sense": replace(head, weights=weights)}))
    whole, less = weigh_up(reader, text, "matter"), weigh_up(without, text, "matter")
    assert dict(whole.words)[word] == pytest.approx(odds_of(whole.chance) - odds_of(less.chance), abs=1e-3)
    assert dict(less.words)[word] == 0
    assert [abs(more) for _, more in whole.words] == sorted((abs(more) for _, more in whole.words), reverse=True)


def test_what_a_model_was_not_taught_has_no_chance(reader, small):
    head = small.heads["sense"]
    kept = [place for place, sense in enumerate(head.classes) if not sense.startswith("emergency")]
    calm = replace(
        head, classes=tuple(head.classes[at] for at in kept), weights=head.weights[:, kept], bias=head.bias[kept]
    )
    untaught = replace(
        reader,
        learnt=replace(small, heads={**small.heads, "sense": calm}),
        gather=reader.gather[kept],
        voiced=tuple(senses[kept] for senses in reader.voiced),
    )
    assert weigh_up(untaught, "6栋起火了", "emergency").chance == 0
    assert weigh_up(untaught, "6栋起火了", "matter").words


def test_a_word_and_its_letters_are_one(reader):
    names = [name for name, _ in weigh_up(reader, "电梯又坏了", "matter").words]
    assert "电梯" in names
    assert "w电梯" not in names
    assert len(names) == len(set(names))


def test_the_words_of_an_emergency_count_beside_the_head(reader):
    assert dict(weigh_up(reader, "6栋起火了 快来人", "emergency").words)[SIGNALS_YAML] > 0
    assert dict(weigh_up(reader, "今天天气好", "emergency").words)[SIGNALS_YAML] == 0
    assert SIGNALS_YAML not in dict(weigh_up(reader, "6栋起火了 快来人", "matter").words)


def test_the_worst_errors_are_wrong_and_the_surest_come_first(unseen, reader):
    errors = worst(unseen, reader, 5)
    assert list(errors) == list(ERRORS)
    assert errors["missed"]
    assert errors["flagged"]
    for kind, found in errors.items():
        assert len(found) <= 5
        chances = [error.weighing.chance for error in found]
        assert chances == sorted(chances, reverse=kind != "missed")
        for error in found:
            assert ERRORS[kind].of(error.told.line)
            assert ERRORS[kind].hit(error.told.line, error.told.meaning)
            assert all((more < 0) == (kind == "missed") for _, more in heaviest(error, kind))
    lowest = min(
        pair.meaning.matter for pair in unseen if ERRORS["missed"].of(pair.line) and pair.meaning.answer == "silent"
    )
    assert errors["missed"][0].told.meaning.matter == pytest.approx(lowest, abs=1e-4)


def test_a_reader_that_is_not_linear_has_its_errors_without_words(unseen, reader):
    class Other:
        """A backend that does not say what it weighs."""

        model, lexicon = "other", reader.lexicon

    errors = worst(unseen, Other(), 2)
    assert [error.weighing for error in errors["missed"]] == [None, None]
    assert heaviest(errors["missed"][0], "missed") == []
    assert evaluate(unseen, Other()).card == {}


def test_the_terminal_shows_errors_with_words_and_two_readers(unseen, lines, other, reader, around):
    report, others = evaluate(unseen, reader), tell(lines, other, around())
    console = Console(record=True, width=160)
    errors = worst(unseen, reader)
    console.print(errors_table(errors, report))
    shown = console.export_text()
    error = errors["missed"][0]
    assert error.told.line.text[:8] in shown
    assert f"{heaviest(error, 'missed')[0][1]:+.1f}" in shown
    console.print(changes_table(compare(unseen, others), report, evaluate(others, other)))
    shown = console.export_text()
    assert reader.model in shown
    assert other.model in shown
    assert "*" in shown
