import io
import json
from datetime import datetime

import pytest

from nlu.service import understand_lines

NOW = datetime.fromisoformat("2026-05-12T15:00:00+08:00")


def answered(reader, *lines):
    out = io.StringIO()
    count = understand_lines(io.StringIO("".join(line + "\n" for line in lines)), out, reader, now=lambda: NOW)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert count == len(told)
    return told


def test_one_line_in_one_meaning_out(reader):
    texts = ["电梯坏了没人修", "早上好", "1"]
    told = answered(reader, *(json.dumps({"text": text, "at": NOW.isoformat(), "kind": "text"}) for text in texts))
    assert [meaning["text"] for meaning in told] == texts
    assert set(told[0]) >= {
        "text", "intent", "probability", "answer", "kind", "category", "categories", "signals", "stance", "facts",
    }  # fmt: skip
    assert set(told[0]["facts"]) >= {
        "place",
        "when",
        "since",
        "people",
        "subject",
        "phone",
        "plate",
        "identity_no",
        "ticket_no",
    }


def test_blank_lines_are_skipped_and_surrogates_survive(reader):
    told = answered(
        reader, '{"text": "a\\ud83d"}', "", '{"text": "好", "area": {"county": "赫山区"}, "places": ["锦绣家园"]}'
    )
    assert [meaning["text"] for meaning in told] == ["a\ud83d", "好"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        ("[1]", "not a JSON object"),
        ("{}", "`text`"),
        ('{"text": 3}', "`text`"),
        ('{"text": "a", "at": "yesterday"}', "`at`"),
        ('{"text": "a", "at": "2026-05-12T15:00:00"}', "no offset"),
        ('{"text": "a", "at": 3}', "`at`"),
        ('{"text": "a", "kind": "smell"}', "`kind`"),
        ('{"text": "a", "area": []}', "`area`"),
        ('{"text": "a", "places": "b"}', "`places`"),
    ],
)
def test_a_malformed_line_is_refused_with_its_number(reader, line, reason):
    out = io.StringIO()
    with pytest.raises(ValueError, match=f"line 2: .*{reason}"):
        understand_lines(io.StringIO('{"text": "好"}\n' + line + "\n"), out, reader, now=lambda: NOW)
    assert len(out.getvalue().splitlines()) == 1
