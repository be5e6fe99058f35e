"""The words of places, compiled: what a place element looks like, and where the name before it may begin.

Pure. `grammar` makes one pattern of a gazetteer; `nlu.places` walks a text with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from nlu.gazetteer import Gazetteer
from nlu.numerals import listed

CHINESE = "一二三四五六七八九十"
#: A name never reaches across one of these: they are verbs, pronouns, particles and times.
BREAKS = listed("""
我们 你们 他们 咱们 大家 我 你 他 她 它 咱 俺 嗯里 屋里 家里 自家 人家 别人 有人 哪个 哪里 哪边 哪条 哪天 谁 么子
么里 什么 何解 怎么 为什么 是不是 有没有 请问 请 麻烦 问下 问一下 反映 反应 投诉 举报 求助 通知 转发 转告 关于 因为
由于 所以 但是 而且 还有 就是 不是 硬是 只有 没有 冇得 冇 没 的 了 哒 咯 嘎 呢 吧 吗 啵 嘛 啊 呀 哦 哈 嘞 撒 喽 么
着 过去 过来 位于 坐落 住在 住 在 从 到 去 往 向着 把 被 给 让 叫 喊 跟 对着 为了 比 离 由 靠近 靠 挨着 是 就 也 都
还 又 再 才 很 蛮 太 好多 好大 好 最 更 只 不 莫 别 要 想 能 会 可以 应该 已经 正在 一直 经常 总是 老是 天天 每天
每次 每 这个 那个 咯个 这些 那些 这条 那条 这里 那里 这边 那边 那头 这头 这 那 咯 个 些 整个 整 全 半 各 某 几 多 两
一条 一个 一处 一块 一座 一栋 一家 一所 看到 看见 看 听说 听 说 讲 喊 问 晓得 知道 觉得 发现 发生 出现 起火 着火
冒烟 走 跑 停水 停电 停气 停在 堵 坏 修好 维修 抢修 施工 倒 掉 扔 丢 放 装 拆 挖 漏 淹 臭 吵 闹 搞 做 用 买 卖 开车
骑车 带 送 拿 等 找 今天 昨天 前天 明天 后天 今早 今晚 昨晚 昨夜 早上 上午 中午 下午 晚上 半夜 凌晨 刚才 刚刚 最近
现在 目前 上周 下周 上个月 今年 去年 时候 时 年 月 日 点钟 点半 分钟 与 及 以及 或者 或 并 跟 、 领导 社区干部 书记
主任 物业 师傅 老板 业主 居民 村民 网格员 老人 小孩 学生 谢谢 辛苦 感谢 欢迎 支持 关注 联系 帮忙 帮 里面
""")
#: Words that look like the end of a name and are none.
FALSE = listed("""
新加坡 香港 马路 公路 铁路 道路 走路 一路 半路 水路 线路 电路 网路 思路 套路 修路 路灯 路面 路人 路过 路程 路费 路况 路由
路子 路牌 路段 路障 路沿 路基 路政 路霸 路数 路途 逛街 上街 街上 街坊 村干部 村委会 村里 村上 村官 村支书 村医
村道 乡里 乡下 乡亲 老乡 家乡 故乡 城乡 城里 进城 商城 城管 城市 市民 超市 上市 都市 门市 股市 县里 县城 区里 区域
区别 分区 片区 社区医生 社区干部 社区书记 市场价 市场监管 镇上 镇里 镇政府 镇静 镇痛 巷子里 里面 房子 房东 房租 房产
户口 用户 客户 桥梁 井盖 厂家 厂里 医院里 学校里 银行卡 车站票 公园里 景区 校区 厂区 地区 禁区 误区 山区 老区 灾区
电梯房 组织 组长 组合 小组长 班组 座位 讲座 插座 户外 层次 层面 楼盘 楼市 楼主 栋梁 单元门 单元楼
""")
PROVINCES = listed("""
北京 天津 上海 重庆 河北 山西 辽宁 吉林 黑龙江 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 海南 四川 贵州 云南
陕西 甘肃 青海 台湾 内蒙古 广西 西藏 宁夏 新疆
""")
#: Prefectures, which addresses from elsewhere name without 「市」.
PREFECTURES = listed("""
石家庄 唐山 秦皇岛 邯郸 邢台 保定 张家口 承德 沧州 廊坊 衡水 太原 大同 阳泉 长治 晋城 朔州 晋中 运城 忻州 临汾 吕梁
呼和浩特 包头 乌海 赤峰 通辽 鄂尔多斯 呼伦贝尔 巴彦淖尔 沈阳 大连 鞍山 抚顺 本溪 丹东 锦州 营口 阜新 辽阳 盘锦 铁岭
朝阳 葫芦岛 长春 四平 辽源 通化 白山 松原 白城 哈尔滨 齐齐哈尔 鸡西 鹤岗 双鸭山 大庆 伊春 佳木斯 七台河 牡丹江 黑河
绥化 南京 无锡 徐州 常州 苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 杭州 宁波 温州 嘉兴 湖州 绍兴 金华 衢州 舟山
台州 丽水 合肥 芜湖 蚌埠 淮南 马鞍山 淮北 铜陵 安庆 黄山 滁州 阜阳 宿州 六安 亳州 池州 宣城 福州 厦门 莆田 三明 泉州
漳州 南平 龙岩 宁德 南昌 景德镇 萍乡 九江 新余 鹰潭 赣州 吉安 宜春 抚州 上饶 济南 青岛 淄博 枣庄 东营 烟台 潍坊 济宁
泰安 威海 日照 临沂 德州 聊城 滨州 菏泽 郑州 开封 洛阳 平顶山 安阳 鹤壁 新乡 焦作 濮阳 许昌 漯河 三门峡 南阳 商丘
信阳 周口 驻马店 武汉 黄石 十堰 宜昌 襄阳 鄂州 荆门 孝感 荆州 黄冈 咸宁 随州 长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德
张家界 益阳 郴州 永州 怀化 娄底 广州 韶关 深圳 珠海 汕头 佛山 江门 湛江 茂名 肇庆 惠州 梅州 汕尾 河源 阳江 清远 东莞
中山 潮州 揭阳 云浮 南宁 柳州 桂林 梧州 北海 防城港 钦州 贵港 玉林 百色 贺州 河池 来宾 崇左 海口 三亚 成都 自贡
攀枝花 泸州 德阳 绵阳 广元 遂宁 内江 乐山 南充 眉山 宜宾 广安 达州 雅安 巴中 资阳市 贵阳 六盘水 遵义 安顺 毕节 铜仁
昆明 曲靖 玉溪 保山 昭通 普洱 临沧 西安 铜川 宝鸡 咸阳 渭南 延安 汉中 榆林 安康 商洛 兰州 嘉峪关 金昌 白银 天水 武威
张掖 酒泉 西宁 银川
""")
#: Endings that make an estate only where nothing but a number, a mark or a place word follows.
WEAK = frozenset(
    listed("""
城 府 湾 庭 郡 苑 天下 国际 一品 学府 时代 湖畔 片 广场 洲 岭 坪 嘴 港 坡 咀 塘 坝 冲 坳 垅 岗 圩 桥 厂 局 院 圳 园 新区
步行街 中心 市场 大楼 仓库 车间 基地 公司 集团 学院 政府 码头 门面
""")
)
EXTRA = {
    "estate": 
"花苑 大厦 大楼 商厦 广场 中心 园区 工业区 工业园 工业园区 科技园 产业园 创业园 创意园 新天地 "
"商务楼 写字楼 名苑 嘉苑 华庭 华苑 雅居 豪苑 丽景 景苑 "
    
"名园 佳园 锦园 中央城 新城 城市花园 世纪城 新区 商贸城 商城 建材城 家居城 食品城 轻纺城 "
"小商品城 车城 服装城 女装城 鞋城 电子城 步行街 孵化园 物流园",
    "road": "环路 弄堂 辅路",
    "town": "街办事处 办事处 街办 街道办",
    "village": "行政村 自然村 嘴村 新村社区 股份经济合作社 经济合作社",
    "landmark": 
"有限公司 公司 集团 工厂 酒店 大酒店 宾馆 饭店 大学 学院 中学 小学 幼儿园 学校 医院 银行 市场 "
"商店 超市 便利店 专卖店 营业厅 营业部 经营部 门诊部 卫生所 "
    
"派出所 法院 检察院 政府 局 教堂 老粮站 粮站 供销社 敬老院 福利院 老年大学 旅馆 招待所 影院 剧院 "
"体育馆 图书馆 文化站 服务站 服务中心 便民中心 变电站 水厂 污水处理厂 "
    
"批发市场 农贸城 牌坊 亭子 加工厂 仓库 库房 车间 基地 厂房 食堂 商行 门面 店铺 大排档 水泥厂 桥 "
"大桥 码头 老码头 垃圾站 中转站 粉馆 面馆 茶馆 烧烤店 棋牌室 影楼",
    "relative": 
"后头 前头 背后 侧面 左侧 右侧 左手边 右手边 左手 右手 那边 这边 口子上 口上 后街 斜对门 对门 "
"对过 街对面 马路对面 门前 屋前 屋后 拐角处 转弯处 "
    
"东侧 西侧 南侧 北侧 东面 西面 南面 北面 东头 西头 南头 北头 内 大门口 东门口 西门口 南门口 "
"北门口 正门口 后门口 大门 东门 西门 南门 北门 正门 侧门 出口 入口 交汇处 "
    
"交叉口 交叉处 交叉路口 路口 十字路口 丁字路口 三岔路口 红绿灯 地下车库 车库 停车场 楼道 楼梯间 "
"电梯 电梯口 天台 楼顶 顶楼 地下室 架空层 消防通道 绿化带 花坛 围墙 围墙外 沿线 一带 周边 路段 "
"岸边 坎上 坎下",
}  # fmt: skip
#: Endings of the file that are read by their numbers, or tell too little alone.
NOT_ENDINGS = listed("号 号院 户 队 渠道路 井 庙 片区 里 湾里 区 县 市 环线 大厅 河边 江边 湖边 塘边")
NOUNS = (
    "空坪|坑|洞|水沟|下水道|绿化带|围墙|空屋|杆子|电线杆|电杆|坪|空地|地|沟渠|沟|圳|渠|塘|坡|墙|树|桥|井盖|井|路灯|灯|电梯|房子|屋|垃圾桶|"
    "垃圾|门面|菜地|田|巷子|马路|路|街|石头|栏杆|台阶|摊子|店|铺子|堤|水管|管子"
)
THINGS = "垃圾桶|路灯|井盖|变压器|电线杆|下水道|化粪池|配电箱|监控|健身器材"
MEASURES = "根|块|条|座|处|部|盏|棵|堆|段|截|栋|排|个|口|间|户|家"
_NOT_ROAD = "(?![灯面人过程费况由子牌障沿基政霸数途网])"
_CN = f"[{CHINESE}]{{1,3}}"


@dataclass(frozen=True, slots=True)
class Grammar:
    """`token` finds the next word that matters, its group name says which kind; `tail` follows a landmark."""

    token: re.Pattern[str]
    tail: re.Pattern[str]
    postal: re.Pattern[str]
    element: dict[str, str]
    division: dict[str, str]


def either(words: Iterable[str]) -> str:
    """A pattern that matches any of the words, the longest first."""
    return "|".join(re.escape(w) for w in sorted(set(words), key=lambda w: (-len(w), w)))


def _elements(gazetteer: Gazetteer) -> dict[str, str]:
    """The ending of every named element; where two claim one ending, the more telling one has it."""
    found: dict[str, str] = {}
    for word in (*gazetteer.landmarks, *EXTRA["landmark"].split(), *gazetteer.junctions):
        found[word] = "landmark"
    pairs = [(e, w) for e in ("group", "county", "town", "village", "road", "estate") for w in gazetteer.ending(e)]
    pairs += [(e, w) for e in ("town", "village", "road", "estate") for w in EXTRA[e].split()]
    for element, word in pairs:
        found[word] = element
    settlements = listed("湾 冲 坳 塘 坝 垸 垸子 岭 坪 洲 嘴 港 坡 咀 垅 广场 步行街 农贸市场")
    found |= dict.fromkeys(settlements, "landmark") | dict.fromkeys(("屋场", "院子", "生产队"), "group")
    found |= dict.fromkeys(("新村", "工业园", "产业园"), "estate") | dict.fromkeys(("街道", "开发区"), "town")
    for word in NOT_ENDINGS:
        found.pop(word, None)
    return found | {"厂": "landmark", "村": "village", "社区": "village", "段": "road"}


_NUMBERS = rf"""
(?P<junction>(?<=[路街道巷])与(?=[^\s，。]{{1,8}}[路街道巷]))
|(?P<triple>(?<![\d\-./:A-Za-z])(?:\d{{1,3}}|[A-Za-z]\d{{0,2}})[-—－_]\d{{1,2}}[-—－_]\d{{3,4}}(?![\d\-./:]))
|(?P<double>(?<![\d\-./:A-Za-z])(?:\d{{1,3}}|[A-Za-z]\d{{0,2}})[-—－_]\d{{3,4}}(?![\d\-./:元块斤号]))
|(?P<building>(?<![A-Za-z0-9.])(?:[A-Za-z]?\d{{1,4}}[A-Za-z]?|[A-Za-z]|[甲乙丙丁])\s?(?:号楼|号栋|栋(?:楼(?![都的全]))?|幢|座(?!位)|\#楼?(?!下))|{_CN}(?:号楼|栋|幢))
|(?P<unit>(?<![A-Za-z0-9.])(?:\d{{1,2}}|[A-Za-z甲乙丙丁])单元|(?<![个几两]){_CN}单元)
|(?P<floor>负?(?:(?<![\d.])-?\d{{1,2}}|{_CN})(?:楼|层)|(?<![A-Za-z0-9])[BF]?\d{{1,2}}[Ff](?![A-Za-z0-9])|顶楼)
|(?P<room>(?<![\d.\-A-Za-z])[A-Za-z]?\d{{3,4}}(?:号房|室|房(?![租子])))
|(?P<group>(?<![第分这那每哪班\d])(?:\d{{1,2}}|{_CN})(?:村民小组|村民组|小组|组)(?![织长合成数装件建图稿词人照队]))
|(?P<lane>(?<![\d.\-])\d{{1,4}}(?:弄|巷|号大街))
|(?P<phase>(?:[一二三四五六1-9]|\d{{1,2}})期(?![款工疫手课治末间待限])|(?:[东西南北中A-Ea-e]|[东西南北][一二三]|[一二三四五六七八九1-9]|[A-Z]\d)区(?![别域分块长委])|第[一二三四五六]小区)
|(?P<road_no>(?<![\d.\-])\d{{1,5}}(?:[-之]\d{{1,4}})?号(?:院|附\d{{1,3}})?(?![线店码称召令])|(?:附\d{{1,3}}|{_CN})号(?![楼线店码称召令]))
|(?P<bare>(?<![\d.\-:A-Za-z])[A-Za-z]?\d{{1,5}}(?![\d.:%元块斤年月日号个人户家次点时分秒天米岁罐份只件万千百]))
"""


@lru_cache(maxsize=8)
def grammar(gazetteer: Gazetteer) -> Grammar:
    """The compiled words of a gazetteer."""
    elements = _elements(gazetteer)
    division = dict(gazetteer.divisions)
    for name, element in gazetteer.divisions:
        for ending in ("街道", "镇", "回族乡", "乡"):
            if element == "town" and name.endswith(ending) and len(name) - len(ending) >= 3:
                division.setdefault(name.removesuffix(ending), "town")
    relative = either((*gazetteer.relatives, *gazetteer.parts, *EXTRA["relative"].split()))
    go = r"(?:出去|进去|出来|进来|过去|上去|下去|往[里外上下左右前后东西南北](?:走|边|面)?(?:\d{1,4}米)?)"
    thing = (
        rf"(?:的)?(?:[那这咯][一二两三几]?|[一二两三四五几\d])(?:{MEASURES})(?:{NOUNS})?|(?:的)(?:{NOUNS})|"
        rf"(?:{THINGS})"
    )
    tail = (
        rf"(?:的)?(?:(?:{relative}|{go}(?={relative})){{1,4}}(?:{thing})?|[那这咯](?:边|头|里|"
        rf"一?[块片截段](?!{MEASURES}))(?:{thing})?|(?:的)?[那这咯][一二两三几]?(?:{MEASURES})(?:{NOUNS}))"
    )
    named = either(w for w in elements if w != "路")
    stops = rf"(?P<stop>{either(BREAKS)}|[^\w]|_)"
    parts = [
        rf"(?P<ahead>(?:后面|前面|旁边|对面|后头|前头|门前|屋后|屋前|后边|前边)(?:[那这咯]|"
        rf"的)?(?:{MEASURES})(?:{NOUNS}))",
        rf"(?P<division>{either(division)})" if division else "(?P<division>(?!))",
        rf"(?P<province>(?:{either(PROVINCES)})(?:省|市|自治区|壮族自治区|回族自治区)|"
        rf"(?:{either(PREFECTURES)})市|益阳市?)",
        _NUMBERS,
        rf"(?P<false>{either(FALSE)}|村民(?!小组|组))",
        rf"(?P<ending>{named}|路{_NOT_ROAD})",
        stops,
    ]
    postal = [
        *parts[:2],
        rf"(?P<province>(?:{either((*PROVINCES, *PREFECTURES))})(?:省|市|自治区)?(?![东西南北中]?[路街巷]|"
        rf"大道|大学|职业|大厦|大酒店|小区))",
        _NUMBERS,
    ]
    postal += [parts[5].replace(_NOT_ROAD, ""), r"(?P<stop>[^\w]|_)"]
    return Grammar(_compiled(parts), re.compile(tail), _compiled(postal), elements | {"路": "road"}, division)


def _compiled(parts: list[str]) -> re.Pattern[str]:
    return re.compile(
        "|".join(p if p is _NUMBERS else p.replace(" ", r"\ ").replace("#", r"\#") for p in parts), re.VERBOSE
    )
