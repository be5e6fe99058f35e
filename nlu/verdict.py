"""What the words say about a handled matter: solved or not, content or not. Law: pure; doubt is None, never a guess.

A survey is answered in words, digits (1 content, 2 fair, 3 not) or emoji; who may answer it is not decided here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nlu.understanding import Score

_WHOLE: dict[str, Score] = {
    "1": "satisfied",
    "2": "fair",
    "3": "dissatisfied",
    "满意": "satisfied",
    "非常满意": "satisfied",
    "很满意": "satisfied",
    "一般": "fair",
    "基本满意": "fair",
    "不满意": "dissatisfied",
    "很不满意": "dissatisfied",
    "非常不满意": "dissatisfied",
}
_TELLING = ("rating", "fixed", "follow_up", "praise")
_FACES: tuple[tuple[Score, re.Pattern[str]], ...] = (
    ("dissatisfied", re.compile(r"👎|😡|😠|🤬|😤|💩|［(?:弱|发怒|咒骂|抓狂|鄙视|便便|心碎)］")),
    ("satisfied", re.compile(r"👍|👌|🌹|😊|😄|❤|🎉|💯|💐|［(?:强|赞|OK|ok|好的|鼓掌|玫瑰|爱心|胜利|微笑|愉快)］")),
)
_NOT = r"(?:不|没有?|冇得?|冒|毛|未|莫|还没|还冇)"
_DISSATISFIED = re.compile(
    rf"{_NOT}(?:太|很|是很|怎么|大|够|算|那么|蛮|咋)?(?:满意|行|可以|好(?!意思)|理想|咋样|怎么样|怎样|认可|接受|合格|及格)"
    r"|差评|[太很蛮极非常最]差|差劲|差得|^差$|为差$|不满|不予认可|不同意|不公|假办结|推诿|推来推去|避重就轻|答非所问|文不对题|敷衍|糊弄|应付了?事|走过场|零分|(?<![0-9])0分|负分|[12一二两]星|一颗星|一分不给|不漫意|难给好评|失望|白搞|白等|白跑|白说|假的|骗人|忽悠"
    r"|形式主义|垃圾(?!清|车|桶|运|站|箱|房|池|袋|都|没|堆|收|拉|倒|点)|态度(?:差|恶劣|不好)|拖拉|不负责|等于没|跟没[修搞弄]一样"
)
_BETWEEN = re.compile(
    r"不好不坏|(?:不算|说不上|谈不上|讲|说)(?:很|太)?满意.{0,6}(?:不好|不算|不满意)|满意一半|[一办做]了?一半|一半一半|谈不上满意|不算差"
    r"|(?:结果|结论|人|态度).{0,4}(?:可以|还行|好|可接受|客气).{0,6}(?:过程|态度|办法|事情|有待)|比.{1,5}强[点些]"
)
_FAIR = re.compile(
    r"说得过去|凑付|普通|中评|^还好|可以吧$|[六七]十分|[67]0分|[六6]分|算合格|基本满义|一般|还行|还可以|凑合|马马虎虎|将就|勉强|过得去|还算|基本(?:满意|可以|上可以)|中规中矩|差不多|就那样|就这样|中等|[三3]星|及格"
)
_SATISFIED = re.compile(
    r"非常好|很棒|超[出预]|没话说|没有话说|没得挑|称心|合我的心|效率高|^赞$|竖大拇指|心服口服|服气|公道|漂亮|利索|表示认可|[给打]?[五5一百]+分|彻底|比我想的|办得好|漫意|满意|很好|蛮好|挺好|不错|点赞|好评|谢谢|感谢|多谢|辛苦|给力|真快|速度快|可以的?|好的?评|五星|5星|四星|满分|100分|十分|到位|靠谱|负责|表扬|要得|必须赞|^好[的呀啊]?$|快得很|真的快|蛮快|几快|(?:^|[\s，。！])(?:行|中|可以|欧克|ok)(?:$|[\s，。！啊了的哈])"
)
_UNSOLVED = re.compile(
    rf"{_NOT}(?:有)?(?:人|看到人|看见人|见人)?(?:来|修|搞|弄|解决|处理|管|动静|动|变|好(?!意思)|看到|清|到账|通|亮|落实|下文|消息|反应|结果|回音|见效)"
    r"|又(?:坏|停|漏|堵|黑|开始|来了?|是|犯|出|断|塌|响|臭|没|冇|不|反弹)|还是(?:老样子|那样|一样|不|没|冇|坏|堵|漏|臭|黑)"
    r"|依旧|照旧|照样|老样子|原样|反弹|复发|根本没|压根|治标不治本|(?:还|仍)(?:在|是|没|冇|不)|第二天又|没几天又|没(?:解决|搞好|修好|弄好)"
)
_SOLVED = re.compile(
    r"(?:修|搞|弄|解决|处理|通|办|换|装|补|清|疏通|整|恢复|填|铲|拉|运|接|调|协调|谈|退|发|还)(?:好|妥|完|定|掉|走|通|上|到|平|拢|落|干净|清|正常)*"
    r"(?:了|啦|哒|嘎哒|嗒|咯|达)|(?:修|搞|弄|处理|办|换|装|补)(?:好|妥|完)|(?:有|来)(?:水|电|气|网|人修|人管)(?:了|啦|哒)|亮(?:了|哒|堂)|通(?:了|哒)|不(?:漏|堵|臭|响|吵|停|黑)了"
    r"|(?:装|修|接|补|退|还|发|搬|清|铲|填|换)(?:上|回来|回|平|走|掉|干净|起)[了啦哒]|(?:平|干净|亮堂|好走|安静|清爽)多?[了啦哒]|解决了?|正常了?|恢复了?|好(?:了|哒|啦|咯)|到账"
)
_ONLY = re.compile(r"[\s，。！!~～、.…]+")
_LONGEST = 200
_SHORT = 40
_MOCKED = re.compile(
    r"[了个得](?:个)?(?:鬼|屁|卵|锤子|毛线|寂寞|空气)|才怪|鬼(?:影子?|都|才)|影子?都|影都|屁用|卵用|逗[我你]|哄(?:鬼|我)|糊(?:鬼|弄)|日[头子]哄|睁眼说瞎话|骗鬼"
)
_SLOW = re.compile(
    r"(?<!不)太?慢|拖了|等了(?:好久|很久|[一二两三四五六七八九十几0-9]+个?(?:月|周|星期|天))|就是.{0,6}(?:久|迟|晚了)"
)
_TOLD_BY = re.compile(
    r"[好修搞弄补清通亮换装拆恢解处理停漏堵响臭坏办掏冲挖填刷接运拖搬上回平净多掉走][了哒啦嗒咯达完妥]|没|冇|不|好评|差评|谢|满意|行|可以|辛苦|给力|点赞|老样子|原样|还是|依旧|照旧"
    r"|正常|到账|解决|来[了水电气]|到位|一般|凑合|勉强|服气|敷衍|糊弄|假的|👍|👎|👌|🌹|［(?:强|赞|弱|OK|玫瑰|鼓掌|发怒)］|[个得]鬼|个屁|骗鬼|鬼咯"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """How content somebody is and whether the matter is solved, as far as the words say."""

    score: Score | None
    solved: bool | None


NO_VERDICT = Verdict(None, None)


def judge(text: str, intent: str, *, idle: bool = False) -> Verdict:
    """The verdict in a spelt text; of a long one only where the intent is a verdict's: there words of it may mean anything.

    What is surely `idle` talk holds one only if it says nothing else: 「这个可以当屏保」 is not content with anything.
    """
    if len(text) > (_LONGEST if intent in _TELLING else _SHORT):
        return NO_VERDICT
    plain = _ONLY.sub("", text)
    if plain in _WHOLE:
        return Verdict(_WHOLE[plain], None)
    if idle or (intent not in _TELLING and not _TOLD_BY.search(text)):
        return NO_VERDICT
    solved = _solved(text, intent)
    return Verdict(_score(text, solved, intent), solved)


def _solved(text: str, intent: str) -> bool | None:
    if _UNSOLVED.search(text) or _MOCKED.search(text):
        return False
    if intent == "fixed" or _SOLVED.search(text):
        return True
    return False if intent == "follow_up" else None


def _score(text: str, solved: bool | None, intent: str) -> Score | None:
    if _BETWEEN.search(text) or (solved and _SLOW.search(text)):
        return "fair"
    if _MOCKED.search(text) or _DISSATISFIED.search(text) or (solved is False and intent == "rating"):
        return "dissatisfied"
    if _FAIR.search(text):
        return "fair"
    if solved is not False and _SATISFIED.search(text):
        return "satisfied"
    face = next((score for score, pattern in _FACES if pattern.search(text)), None)
    if face is None and solved is not None:
        return "satisfied" if solved else "dissatisfied"
    return face
