"""The evaluation as one page in Chinese, for administrators. Law: one file, nothing from elsewhere: no script, no font, no address.

Pictures are SVG inside the page and their letters are text: the browser draws them with whatever Chinese font it has. All that the
page says stands at the top of this module. It needs matplotlib, the extra `charts`.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nlu.evaluation import (
    BINS,
    CHATTER,
    NOTHING,
    PER_THOUSAND,
    Bin,
    Pairs,
    Report,
    Share,
    Sheet,
    calibration_error,
    confusions,
    overall,
    said,
    span,
)
from nlu.evaluation_lines import SIGNALS_YAML, VECTORS, Change, Error, changed, heaviest
from nlu.understanding import INTENTS, SIGNALS

TITLE = "邻里 · 模型评估"
SECTIONS: Mapping[str, tuple[str, str]] = {
    "card": ("模型卡", "模型由哪些语料、哪一版代码学成，在哪些句子上评估。"),
    "changes": (
        "两个模型对照",
        "两个模型读同样的句子。“变好”是只有本模型判对的句数，“变差”是只有对照模型判对的句数。p 是麦克尼马尔精确检验："
        "两者其实一样好时出现这么大差别的机会。p 小于 0.05 算超出误差；二十来项里偶有一项碰巧超出，不必当真。",
    ),
    "shares": ("总体", "括号内为 95% 威尔逊区间。"),
    "chatter": (
        "闲聊里的误答",
        "每 1000 句闲聊误答多少句。“看似诉求”是专门收集的容易看错的闲聊，比真实群里多得多，所以分开算。",
    ),
    "matter": ("真事有多少被注意到", "注意到＝开口询问或标记给网格员。"),
    "intent": ("各意图", "查准率：判为它的句子有多少真是；查全率：真是它的句子有多少判为它。"),
    "confusion": ("意图混淆", "行是真实意图，列是模型判断，格内是句数，颜色是占该行的比例。"),
    "leaf": (
        "各类目与纠纷种类",
        "条是被注意到的比例，细线是 95% 区间，菱形是类目查全率。只算标了类目的诉求、纠纷和紧急情况，查准率也只在它们当中算。",
    ),
    "leaves": ("类目混淆", "行是真实类目，列是模型判断，颜色是占该行的比例；对角线是判对的。下面列出最多的混淆。"),
    "signal": ("紧急情况", "认出：险情名称判对；确定：可以立即提示求助电话；注意到：至少标记给了网格员。"),
    "stance": ("看似诉求的闲聊，按语境", "每 1000 句误答多少句，以及语境本身判对多少。"),
    "sort": ("普通闲聊，按种类", "每 1000 句误答多少句。"),
    "tag": ("各语体", "同一句可有几种语体。"),
    "author": ("各作者", "每位作者的写法不同，差别大说明模型挑人。"),
    "curves": (
        "把握可信吗",
        "横轴是模型给的把握，纵轴是实际判对的比例，点越近虚线越可信，点越大句子越多，竖线是 95% 区间。"
        "“事项”是“这是不是一件真事”的把握。表中每格是判对比例和句数，误差是期望校准误差。",
    ),
    "errors": (
        "最严重的错误",
        "每种错误里模型最有把握的几句，以及最起作用的词。数字是去掉这个词后对数几率会少多少，负数是往“没事”拉。"
        "^ 是句首，$ 是句尾，0 代表任何数字，# 开头的是句形（#size 长短、#asks 问句、#numbers 有数字）。",
    ),
}
ERRORS = {
    "spoken": "误开口：闲聊被当成真事，机器人会在群里说话",
    "alarmed": "误报：闲聊被当成险情",
    "flagged": "误标记：闲聊被列给网格员",
    "missed": "漏掉：真事无人注意",
}
_FALSE = {"speak": "误开口", "flag": "误标记", "alarm": "误报险情", "sure": "误报为确定险情"}
NAMES: Mapping[str, str] = {
    "right": "意图判对", "spoken": "真事开口", "noticed": "真事被注意到", "leaf": "类目判对", "group": "大类判对",
    "among": "前五个类目里有对的", "named": "险情认出", "sure": "险情确定", "scored": "评分判对", "stance": "语境判对",
    **{f"wrong_{name}": said_so for name, said_so in _FALSE.items()},
    **{f"hard_{name}": f"{said_so}（看似诉求）" for name, said_so in _FALSE.items()},
    "precision": "查准率", "recall": "查全率", "f1": "F1",
    "complaint": "诉求", "dispute": "矛盾纠纷", "emergency": "紧急情况", "consultation": "咨询", "follow_up": "催办复发",
    "progress_query": "问进度", "fixed": "已修好", "rating": "评价", "withdrawal": "撤回", "support": "附议", "correction": "更正",
    "inform": "补充情况", "handoff": "找人工", "praise": "表扬", "notice": "通知", "chat": "闲聊",
    "all": "全部意图", "matter": "事项", "calibration_all": "校准误差：全部意图", "calibration_matter": "校准误差：事项",
    "plain": "平实", "terse": "简短", "dialect": "方言", "voice": "语音转写", "typo": "错别字",
    "nopunct": "无标点",
    "sarcasm": "反话", "indirect": "不直说", "story": "讲经过", "several": "一条多事", "formal": "书面", "advice": "求主意",
    "now": "当下", "past": "过去", "negated": "否定", "hypothetical": "假设", "reported": "转述", "advert": "广告",
    "figurative": "比喻", "jielong": "接龙", "groupbuy": "团购", "forward": "转发", "smalltalk": "闲谈", "help": "求帮忙",
    "ask": "打听", "greeting": "问候", "emoji": "表情", "quarrel": "争吵", "housing": "租售房", "reply": "回话",
    "festival": "节庆", "family": "家事", "lost": "失物", "carpool": "拼车", "hard": "看似诉求",
    "category": "类目", "sense": "意思", "sensitive": "敏感", NOTHING: "未归类",
}  # fmt: skip
BESIDE = {VECTORS: "词向量", SIGNALS_YAML: "紧急词表"}
HEADS: Mapping[str, tuple[str, ...]] = {
    "card": ("项目", "内容"),
    "shares": ("指标", "数值", "句数"),
    "chatter": ("误答", "普通闲聊", "看似诉求的闲聊"),
    "changes": ("指标", "本模型", "对照", "差", "变好", "变差", "p", "结论"),
    "confusions": ("真实", "判为", "句数"),
    "errors": ("句子", "标注", "把握", "凭什么", "最起作用的词"),
}
CARD = {
    "model": "模型", "against": "对照模型", "data": "语料哈希", "code": "代码哈希", "lines": "学习句数", "authors": "学习的作者",
    "unseen": "学习时对未见作者判对", "judged": "评估句数", "hands": "评估的作者", "at": "评估时间",
}  # fmt: skip
LINES, ERROR, BEYOND, WITHIN, EACH = "句数", "误差", "超出误差", "误差之内", "逐个列出"
SEEN = "注意：模型 {model} 学习时见过评估所用作者 {hands} 的句子，这些数字偏高，不能用来判断。"

FONTS = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC","Source Han Sans SC",SimHei,sans-serif'
STYLE = (
    f"body,svg text{{font-family:{FONTS}!important}}"
    "body{margin:0 auto;max-width:1120px;padding:24px;color:#1c2925;background:#f2f5f2;line-height:1.6}"
    "section,header{background:#fff;border-radius:12px;padding:16px 24px;margin:0 0 16px;overflow-x:auto}"
    "h1,h2,h3{line-height:1.3;margin:.4em 0}h2{color:#1f5d43}p{color:#55655f;margin:.3em 0 1em}"
    "table{border-collapse:collapse;margin:0 0 1em;font-size:15px;font-variant-numeric:tabular-nums}"
    "th,td{padding:5px 12px;border-bottom:1px solid #dbe3de;text-align:left;vertical-align:top}thead th{background:#e5f1ea}"
    "tbody th{font-weight:500}td small{color:#55655f;margin-left:6px;white-space:nowrap}"
    ".tiles{display:flex;flex-wrap:wrap;gap:12px;margin:0 0 16px}.tiles div{background:#e5f1ea;border-radius:8px;padding:10px 16px}"
    ".tiles b{display:block;font-size:26px}.tiles small{color:#55655f}figure{margin:0 0 1em}svg{max-width:100%;height:auto}"
    ".word{display:inline-block;background:#f2f5f2;border-radius:6px;padding:0 6px;margin:0 4px 4px 0;white-space:nowrap}"
    ".warn{color:#8a5300;background:#fdf1dc;border-radius:8px;padding:8px 12px}summary{cursor:pointer;color:#1f5d43}"
)
GREEN, GREY, AMBER = "#2e7d5b", "#9aa8a1", "#8a5300"
TILES = ("noticed", "spoken", "wrong_speak", "wrong_flag", "wrong_alarm", "named")
SIZE, CONFUSED, HALVES = 9, 20, (0, 0.5, 1)


def page(
    report: Report,
    errors: Mapping[str, Sequence[Error]],
    *,
    now: datetime,
    rival: Report | None = None,
    changes: Sequence[Change] = (),
) -> str:
    """The whole page as HTML; `rival` and `changes` are what the model was judged beside, if anything."""
    leaves = {code: f"{code} {name}" for code, name in report.names.items() if code not in SIGNALS}
    names, sheets = {**NAMES, **report.names, **leaves}, report.sheets
    judged = [report] if rival is None else [report, rival]
    parts = [
        _section("card", *map(_seen, judged), _tiles(report), _table("card", _card(report, now, rival))),
        *([] if rival is None else [_section("changes", _table("changes", _changes(changes, report, rival)))]),
        _section("shares", _table("shares", _shares(report))),
        _section("chatter", _table("chatter", _chatter(report))),
        _section("matter", _sheet(sheets["matter"], names)),
        _section("intent", _sheet(sheets["intent"], names)),
        _section("confusion", *_confusion(report.confusion["intent"], names, "confusion", INTENTS)),
        _section("signal", _sheet(sheets["signal"], names)),
        *(_section(name, _sheet(sheets[name], names)) for name in ("stance", "sort", "tag", "author")),
        _section("curves", _picture("curves", lambda: _curves(report, names)), _bins(report, names)),
        _section("leaf", *_leaves(sheets["leaf"], names)),
        _section("leaves", *_confusion(report.confusion["leaf"], names, "leaves")),
        _section("errors", *(_errors(kind, found, names) for kind, found in errors.items())),
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{TITLE}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style></head><body><header><h1>{TITLE}</h1></header>\n"
        + "\n".join(filter(None, parts))
        + "\n</body></html>\n"
    )


def _section(name: str, *parts: str) -> str:
    title, note = SECTIONS[name]
    if not any(parts):
        return ""
    return f'<section id="{name}"><h2>{title}</h2><p>{note}</p>{"".join(parts)}</section>'


def _table(name: str, rows: Iterable[Sequence[str]], heads: Sequence[str] = ()) -> str:
    """A table of cells that are HTML already; the first of a row says what the row is of."""
    top = "".join(f"<th>{head}</th>" for head in heads or HEADS[name])
    body = "".join(f"<tr><th>{first}</th>{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>" for first, *rest in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _figure(name: str, share: Share) -> str:
    """A figure with its interval, a dash of nothing. F1 has no interval: its hits are no draws."""
    return said(name, share) + (f"<small>({span(name, share)})</small>" if share.total and name != "f1" else "")


def _seen(report: Report) -> str:
    """A warning where the model was taught by those whom it is judged on."""
    said_so = SEEN.format(model=report.model, hands=" ".join(report.taught_by))
    return f'<p class="warn">{escape(said_so)}</p>' if report.taught_by else ""


def _tiles(report: Report) -> str:
    shown = [(name, report.shares[name]) for name in TILES if report.shares[name].total]
    tiles = (
        f"<div>{NAMES[name]}<b>{said(name, share)}</b><small>{span(name, share)}</small></div>" for name, share in shown
    )
    return f'<div class="tiles">{"".join(tiles)}</div>'


def _card(report: Report, now: datetime, rival: Report | None) -> list[tuple[str, str]]:
    card = report.card
    unseen = card.get("right_on_unseen_authors", {}).items()
    rows = {
        "model": report.model,
        "against": rival.model if rival else "",
        "data": str(card.get("data", ""))[:12],
        "code": str(card.get("code", ""))[:12],
        "lines": str(card.get("lines", "")),
        "authors": " ".join(card.get("authors", ())),
        "unseen": "，".join(f"{NAMES.get(name, name)} {100 * right:.1f}%" for name, right in unseen),
        "judged": str(report.lines),
        "hands": " ".join(row.name for row in report.sheets["author"].rows),
        "at": f"{now:%Y-%m-%d %H:%M}",
    }
    return [(CARD[name], escape(value)) for name, value in rows.items() if value]


def _shares(report: Report) -> list[tuple[str, str, str]]:
    return [
        (NAMES[name], f"{value}<small>({interval})</small>" if interval else value, lines)
        for name, value, interval, lines in overall(report)
        if name not in PER_THOUSAND
    ]


def _chatter(report: Report) -> list[tuple[str, str, str]]:
    plain, hard = (CHATTER[at : at + len(_FALSE)] for at in (0, len(_FALSE)))
    return [
        (NAMES[one], _figure(one, report.shares[one]), _figure(two, report.shares[two]))
        for one, two in zip(plain, hard, strict=True)
    ]


def _changes(changes: Sequence[Change], ours: Report, theirs: Report) -> list[tuple[str, ...]]:
    return [
        (NAMES[name], *cells, BEYOND if certain else WITHIN if cells[-1] else "")
        for name, *cells, certain in changed(changes, ours, theirs)
    ]


def _sheet(sheet: Sheet, names: Mapping[str, str]) -> str:
    if not sheet.rows:
        return ""
    rows = []
    for row in sheet.rows:
        figures = map(_figure, sheet.columns, row.shares)
        rows.append((escape(names.get(row.name, row.name)), *figures, str(row.lines)))
    return _table("", rows, ("", *(NAMES[column] for column in sheet.columns), LINES))


def _leaves(sheet: Sheet, names: Mapping[str, str]) -> tuple[str, ...]:
    if not sheet.rows:
        return ()
    folded = f"<details><summary>{EACH}</summary>{_sheet(sheet, names)}</details>"
    return _picture("leaf", lambda: _bars(sheet, names)), folded


def _confusion(pairs: Pairs, names: Mapping[str, str], about: str, order: Sequence[str] = ()) -> tuple[str, ...]:
    """The whole matrix as a picture, and the biggest confusions as a table. With an `order` cells show their lines."""
    if not pairs:
        return ()
    found = {name for pair in pairs for name in pair}
    classes = [name for name in order if name in found] or sorted(found, key=lambda name: (name == NOTHING, name))
    labels = [names[name] for name in classes] if order else classes
    picture = _picture(about, lambda: _heat(pairs, classes, labels, numbers=bool(order)))
    rows = [
        (escape(names.get(is_, is_)), escape(names.get(as_, as_)), str(lines))
        for is_, as_, lines in confusions(pairs, CONFUSED)
    ]
    return picture, _table("confusions", rows)


def _bins(report: Report, names: Mapping[str, str]) -> str:
    def cell(part: Share) -> str:
        return f"{100 * part.value:.0f}%<small>{part.total}</small>" if part.total else ""

    rows = [
        (names[name], *(cell(part.right) for part in bins), f"{calibration_error(bins):.3f}")
        for name, bins in report.curves.items()
    ]
    return _table("", rows, ("", *(f"{at / BINS:.1f}–{(at + 1) / BINS:.1f}" for at in range(BINS)), ERROR))


def _errors(kind: str, errors: Sequence[Error], names: Mapping[str, str]) -> str:
    rows = []
    for error in errors:
        line, weighing = error.told.line, error.weighing
        labels = filter(None, (line.intent, line.signal or line.category, line.sort, line.stance))
        label = escape("，".join(names.get(label, label) for label in labels))
        where = escape(f"{line.author}/{Path(line.file).name}:{line.line}")
        words = [(escape(BESIDE.get(word, word)), more) for word, more in heaviest(error, kind)]
        chance = (f"{100 * weighing.chance:.1f}%", NAMES[weighing.about]) if weighing else ("", "")
        shown = "".join(f'<span class="word">{word} {more:+.1f}</span>' for word, more in words)
        rows.append((escape(line.text).replace("\n", "<br>"), f"{label}<br><small>{where}</small>", *chance, shown))
    return f"<h3>{ERRORS[kind]}</h3>" + (_table("errors", rows) if rows else f"<p>{NOTHING}</p>")


def _picture(about: str, draw: Callable[[], Figure]) -> str:
    """What is drawn as SVG whose letters stay text. Its inner ids depend on what it is about, so no two pictures share one."""
    drawn = io.StringIO()
    with matplotlib.rc_context(), warnings.catch_warnings():
        # matplotlib's own font measures Chinese letters as boxes, which is near enough: the browser draws them.
        warnings.filterwarnings("ignore", message="Glyph", category=UserWarning)
        matplotlib.rcdefaults()
        matplotlib.rc("svg", fonttype="none", hashsalt=about)
        matplotlib.rc("font", size=SIZE)
        draw().savefig(drawn, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = drawn.getvalue()
    return f'<figure role="img" aria-label="{SECTIONS[about][0]}">{svg[svg.index("<svg") :]}</figure>'


def _heat(pairs: Pairs, classes: Sequence[str], labels: Sequence[str], *, numbers: bool) -> Figure:
    """The matrix (true, told) of these classes; a cell without lines is left white."""
    side = 0.62 * len(classes) if numbers else 0.14 * len(classes)
    figure = Figure(figsize=(side + 1.6, side + 1.6))
    axes = figure.add_axes((1.2 / (side + 1.6), 0.2 / (side + 1.6), side / (side + 1.6), side / (side + 1.6)))
    sums = {name: sum(pairs[name, other] for other in classes) for name in classes}
    cells = [
        (x, y, pairs[a, b], pairs[a, b] / sums[a])
        for y, a in enumerate(classes)
        for x, b in enumerate(classes)
        if pairs[a, b]
    ]
    boxes = [Rectangle((x - 0.5, y - 0.5), 1, 1) for x, y, _, _ in cells]
    axes.add_collection(
        PatchCollection(boxes, array=np.array([share for *_, share in cells]), cmap="Greens", clim=(0, 1))
    )
    for x, y, count, share in cells if numbers else ():
        axes.text(x, y, str(count), ha="center", va="center", color="white" if share > 0.6 else "black")
    ticks = range(len(classes))
    size = SIZE if numbers else 6
    axes.set_xticks(
        ticks, labels, rotation=90 if not numbers else 45, ha="center" if not numbers else "left", fontsize=size
    )
    axes.set_yticks(ticks, labels, fontsize=size)
    axes.xaxis.tick_top()
    axes.set(xlim=(-0.5, len(classes) - 0.5), ylim=(len(classes) - 0.5, -0.5))
    return figure


def _bars(sheet: Sheet, names: Mapping[str, str]) -> Figure:
    """For each leaf how much was noticed, with its interval, and as a diamond how often the leaf was found."""
    rows, noticed, recall = sheet.rows, sheet.columns.index("noticed"), sheet.columns.index("recall")
    tall, wide, left = 0.21 * len(rows) + 0.6, 10.0, 2.4
    figure = Figure(figsize=(wide, tall))
    axes = figure.add_axes((left / wide, 0.4 / tall, (wide - left - 0.3) / wide, (tall - 0.5) / tall))
    places, shares = range(len(rows)), [row.shares[noticed] for row in rows]
    axes.barh(places, [share.value for share in shares], color="#b9dcc9")
    axes.errorbar([share.value for share in shares], places, xerr=_reach(shares), fmt="none", ecolor=GREY, elinewidth=1)
    axes.plot([row.shares[recall].value for row in rows], places, "D", color=GREEN, markersize=4)
    axes.set_yticks(places, [names.get(row.name, row.name) for row in rows])
    axes.set(xlim=(0, 1.02), ylim=(len(rows) - 0.4, -0.6))
    axes.grid(axis="x", color="#dbe3de", linewidth=0.6)
    return figure


def _reach(shares: Sequence[Share]) -> list[list[float]]:
    """How far each interval reaches below and above its share."""
    lows = [max(0.0, share.value - share.interval[0]) for share in shares]
    return [lows, [max(0.0, share.interval[1] - share.value) for share in shares]]


def _curves(report: Report, names: Mapping[str, str]) -> Figure:
    across = 4
    down = -(-len(report.curves) // across)
    figure = Figure(figsize=(10, 2.6 * down))
    for at, (name, bins) in enumerate(report.curves.items(), 1):
        _curve(figure.add_subplot(down, across, at), names[name], bins)
    figure.subplots_adjust(left=0.05, right=0.98, bottom=0.03, top=0.96, hspace=0.42, wspace=0.3)
    return figure


def _curve(axes: Axes, title: str, bins: Sequence[Bin]) -> None:
    held = [part for part in bins if part.right.total]
    most = max((part.right.total for part in held), default=1)
    chances, rights = [part.chance for part in held], [part.right.value for part in held]
    axes.plot([0, 1], [0, 1], "--", color=GREY, linewidth=1)
    axes.errorbar(chances, rights, yerr=_reach([part.right for part in held]), color=GREEN, ecolor=GREY, elinewidth=1)
    axes.scatter(chances, rights, [8 + 70 * (part.right.total / most) ** 0.5 for part in held], color=AMBER, zorder=3)
    axes.set(
        xticks=HALVES,
        yticks=HALVES,
        xlim=(-0.03, 1.03),
        ylim=(-0.03, 1.03),
        title=f"{title}  {calibration_error(bins):.3f}",
    )
