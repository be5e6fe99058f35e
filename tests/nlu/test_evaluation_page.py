import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from nlu.corpus import Line
from nlu.evaluation import evaluate, said, tell
from nlu.evaluation_lines import compare, worst
from nlu.evaluation_page import SECTIONS, TITLE, page
from nlu.understanding import INTENTS

ALONE = {"meta", "br", "path", "use", "rect"}


class Reading(HTMLParser):
    """What stands on a page: the open tags, the sections, the words in pictures and outside of them."""

    def __init__(self):
        super().__init__()
        self.open, self.sections, self.attributes, self.drawn, self.said = [], [], [], [], []

    def handle_starttag(self, tag, attributes):
        if tag not in ALONE:
            self.open.append(tag)
        self.attributes += attributes
        if tag == "section":
            self.sections.append(dict(attributes)["id"])

    def handle_startendtag(self, tag, attributes):
        self.attributes += attributes

    def handle_endtag(self, tag):
        if tag not in ALONE:
            assert self.open.pop() == tag

    def handle_data(self, data):
        (self.drawn if "svg" in self.open and "style" not in self.open else self.said).append(data.strip())


def reading(html):
    found = Reading()
    found.feed(html)
    assert found.open == []
    return found


@pytest.fixture(scope="module")
def lines(corpus):
    return [replace(line, author="unseen") for line in corpus[3::12]]


def made(lines, reader, around, **more):
    told = tell(lines, reader, around())
    return page(evaluate(told, reader), worst(told, reader), now=around().at, **more)


@pytest.fixture(scope="module")
def whole(lines, reader, around):
    return made(lines, reader, around)


def test_the_page_is_whole_and_holds_every_section(whole):
    found = reading(whole)
    assert len(found.sections) == len(set(found.sections))
    assert set(SECTIONS) - set(found.sections) == {"changes"}
    assert TITLE in found.said
    assert whole.count("<svg") == 4


def test_nothing_comes_from_elsewhere(whole):
    assert "<script" not in whole
    assert "@import" not in whole
    assert "url(http" not in whole
    for name, value in reading(whole).attributes:
        if name in ("src", "href", "xlink:href"):
            assert value.startswith("#")


def test_letters_in_pictures_are_text_that_the_browser_draws(whole):
    drawn = reading(whole).drawn
    assert "诉求" in drawn
    assert any("电梯" in text for text in drawn)
    assert "svg text{font-family:" in whole
    assert "<image" not in whole
    assert "@font-face" not in whole


def test_pictures_do_not_share_ids_that_they_refer_to(whole):
    pictures = re.findall(r"<svg.*?</svg>", whole, re.DOTALL)
    used = [set(re.findall(r'(?:href="|url\()#([\w-]+)', picture)) for picture in pictures]
    for place, picture in enumerate(pictures):
        held = set(re.findall(r'id="([\w-]+)"', picture))
        assert used[place] <= held
        assert not any(held & others for at, others in enumerate(used) if at != place)


def test_figures_stand_on_the_page_with_their_intervals(whole, lines, reader, around):
    report = evaluate(tell(lines, reader, around()), reader)
    found = reading(whole)
    for name in ("noticed", "wrong_flag", "hard_alarm", "named"):
        assert said(name, report.shares[name]) in found.said
    assert report.model in found.said
    assert " ".join(report.card["authors"]) in found.said
    counts = {str(count) for (is_, _), count in report.confusion["intent"].items() if is_ in INTENTS}
    assert counts <= set(found.drawn)


def test_what_somebody_wrote_is_shown_and_not_obeyed(reader, around):
    evil = Line("<b>今天天气好</b> & 大家早", "complaint", author="<i>hand", file="a/<u>.yml", line=3)
    html = made([evil], reader, around)
    assert (
        "&lt;b&gt;今天天气好&lt;/b&gt; &amp; 大家早" in html
    )  # a matter by its label, met with silence: it is among the errors
    assert "&lt;i&gt;hand/&lt;u&gt;.yml:3" in html
    assert not any(tag in html for tag in ("<b>今天", "<i>", "<u>"))


def test_two_models_stand_side_by_side(lines, reader, around):
    told = tell(lines, reader, around())
    report = evaluate(told, reader)
    html = made(lines, reader, around, rival=report, changes=compare(told, told))
    found = reading(html)
    assert "changes" in found.sections
    assert "误差之内" in found.said
    assert "超出误差" not in found.said


def test_lines_of_one_sort_alone_make_a_page_without_the_rest(reader, around):
    found = reading(made([Line("今天天气好", "chat", sort="smalltalk", author="hand")], reader, around))
    assert "chatter" in found.sections
    assert not {"leaf", "leaves", "signal", "stance", "tag", "matter"} & set(found.sections)


def test_a_hand_that_taught_the_model_is_warned_of(few, reader, around, whole):
    taught = [line for line in few if line.author == few[0].author][:20]
    assert 'class="warn"' in made(taught, reader, around)
    assert 'class="warn"' not in whole


def test_the_same_figures_make_the_same_page(whole, lines, reader, around):
    assert made(lines, reader, around) == whole
