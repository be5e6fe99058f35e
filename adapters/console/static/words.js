// Every sentence of the page that is not in index.html or errors.json. Codes come from the house, names live here.

export const ROLES = { resident: "居民", worker: "网格员", leader: "网格长", property: "物业", police: "民警", mediator: "调解员" };

export const KINDS = { complaint: "诉求", dispute: "矛盾纠纷", consultation: "咨询" };

export const STATUSES = {
  open: "已立单", assigned: "已派单", in_progress: "办理中", awaiting_rating: "办结待评", reopened: "重新办理",
  closed: "已关闭", refused: "不予受理", withdrawn: "已撤回", merged: "已并单", erased: "已删除", "": "—",
};

export const URGENCIES = { P0: "特急", P1: "紧急", P2: "较急", P3: "一般", P4: "不急" };

export const MOVES = {
  accepted: "受理", assigned: "派单", in_progress: "开始办理", done: "办结", refused: "退回", transferred: "改派", overdue: "标记超时",
  file: "立单", amend: "补充", withdraw: "撤回", reopen: "重办", close: "关闭", rate: "评价", mark: "标注",
};

export const REFUSE_FOR_GOOD = "不予受理";

export const FACTS = {
  place: "地点", building: "楼栋", unit: "单元", room: "门牌", when: "时间", since: "从何时起", what: "情况", people: "影响人数", subject: "对象",
};

export const WHYS = {
  clarify: "缺一项办事要用的信息，所以问一句。一次只问一件，最多问三次，不答也行。",
  receipt: "已经立单，把编号告诉报事的人，好查进度。",
  emergency: "说的是眼前的人身危险，所以马上提醒打电话，不等、不问别的。",
  progress: "工单有了新进展，告诉报事的人。",
  survey: "经办方说办结了，问一句到底解决没有。",
  answer: "有人点名问它，所以回答。",
  private: "这件事不宜当众说，所以转到私聊，群里不提内容。",
  announce: "刚进群，说明自己是谁、记什么、怎样退出。",
};

export const UNASKED = "没有人点名：它先等对方把话说完，又等了一阵没有工作人员接话，才主动开口。";
export const ASKED = "有人点名、回复它，或事情紧急，所以立刻说。";

export const REASONS = {
  unsure: "像是一件事，但还没有到可以插嘴的把握，请人看一眼",
  late: "说的是十分钟以前的事，不再主动回话，请人跟进",
  unanswered: "问了两次没有人答，按已知情况交给人",
  handoff: "居民要求人工",
  withdrawal: "居民说不用管了，但这件事要人确认",
  dissatisfied: "居民说没有解决，请上级跟进",
  official: "涉及干部作风，不进普通工单",
  follow_up: "居民在催办",
  progress_query: "居民在问进度",
  unreachable: "私聊发不到这位居民，请人联系",
  undelivered: "消息没能确认送到，请人联系",
  consultation: "居民在咨询，请人答复",
};
export const REASON_SIGNAL = "可能有危险：";
export const REASON_OTHER = "请人看一眼";

export const ENTRY_REASONS = {
  more: "又说了一些", support: "邻居附议", correction: "更正", recall: "撤回了一条消息", rejected: "工作人员认定不是诉求", reclassified: "改了类别",
};

export const TO = { worker: "交网格员", leader: "交网格长", township: "交乡镇", discipline: "交纪检监察", held: "先压住，不外传" };
export const FLAG_STATES = { accepted: "已立单", rejected: "不是诉求" };
export const SCORES = { satisfied: "满意", fair: "一般", dissatisfied: "不满意" };
export const SOURCES = { group: "群里说的", private: "私聊说的", visit: "走访登记", phone: "电话登记" };
export const HEALTH = {
  starting: "正在启动", connected: "运行正常", waiting: "连不上，正在重试", logged_out: "账号已退出", taken: "账号被别处占用",
  denied: "口令不对", stopped: "已停止", offline: "页面与程序断开，正在重连",
};
export const MEDIA = { image: "［图片］", voice: "［语音］", location: "［位置］", video: "［视频］", sticker: "［表情］", file: "［文件］",
  link: "［链接］", red_packet: "［红包］", note: "［笔记］", system: "［系统消息］" };

// What one can say with one click: who says it, and what it shows.
export const SAMPLES = [
  { who: "resident", nth: 0, label: "用方言抱怨", text: "咯只电梯又停哒，按了半天冇得反应，老人家爬不动楼", shows: "它会等您说完，再问缺的一项" },
  { who: "resident", nth: 1, label: "紧急情况", text: "5栋2单元楼道里好大的煤气味，头都是晕的，哪个快来看下", shows: "它会马上提醒打电话" },
  { who: "resident", nth: 3, label: "不便当众说的事", text: "我屋里男人喝了酒就动手打我，昨晚又打了，我不晓得找哪个", shows: "群里不提内容，转到私聊或交给人" },
];

export const PICTURES = [
  { file: "sample-lamp.png", label: "不亮的路灯" },
  { file: "sample-bin.png", label: "满出来的垃圾桶" },
  { file: "sample-manhole.png", label: "缺了盖的井" },
];

export const SAY = {
  emptyGroup: ["群里还没有人说话", "选一个人，在下面写一句；或者点一句，看它怎么做。"],
  emptyPrivate: (name) => [`${name}还没有和助手私聊`, "在这里说的话只有这位居民和助手看得到。写一句试试。"],
  wordsGroup: (name) => `${name}在群里说…`,
  wordsPrivate: (name) => `${name}私下对助手说…`,
  wordsVoice: "语音里说了什么（当作转好的文字）",
  wordsLocation: "位置，例如：翠竹园3栋东侧",
  place: "翠竹园3栋东侧",
  listening: (quiet) => `助手在听：等这位邻居安静 ${quiet} 秒，话说完了再判断`,
  recalled: (name) => `${name}撤回了一条消息`,
  quote: "引用", recall: "撤回", why: "为什么",
  quoting: "引用 ",
  auto: "智能助手",
  gone: "（原话已擦除）",
  visited: "（走访登记，没有聊天原话）",
  upload: "上传图片",
  voice: "语音转文字",
  place_label: "位置",
  about: "依据：",
  number: "工单 ",
  scrolledAway: "聊天窗口里已经没有这条消息了（太早，或者程序重启过），原话以工单为准。",
  noWhy: "这句话的依据已经不在了。",
  people: (count) => `${count} 人`,
  pace: (quiet, staff) =>
    `演示节奏：安静 ${quiet} 秒算说完，再等 ${staff} 秒没有工作人员接话才主动开口（正式使用是 90 秒和 3 分钟）。群和人都是虚构的。`,
  noFlags: ["还没有标记", "拿不准的话不会贸然插嘴，会放到这里请网格员看。"],
  noTickets: ["还没有工单", "群里说的事够清楚，就会立单；走访听到的，也可以在上面登记。"],
  noJournal: ["还没有日志", "立单以后，每一步都会记在这里，一环扣一环，改不了。"],
  handled: "已处理",
  confidence: (share) => (share >= 0.9 ? "很像" : share >= 0.6 ? "比较像" : "有一点像"),
  accept: "立单", reject: "不是诉求",
  category: "类别",
  reporter: "报事人", supporters: "附议",
  private: "私密",
  nobody: "—",
  from: "出自：",
  evidence: "原话",
  noteLabel: "说明（会告诉居民）",
  noteHint: "例如：已通知电工，今晚到场",
  waitsFor: (fact) => `正等居民回答：${fact}`,
  rating: (name, score) => `${name}：${score}`,
  openJournal: "看日志",
  pick: "看哪张工单",
  verified: "校验通过",
  verifiedNote: (count) => `共 ${count} 步，每一步都扣着上一步，没有被改过`,
  broken: (steps) => `校验未通过：第 ${steps} 步对不上，可能被改过`,
  visit: "登记走访", visitHint: "在门口、电话里听到的事，由网格员手工登记。",
  what: "情况", whatHint: "例如：3栋张奶奶家厨房天花板渗水",
  whereLabel: "地点", whereHint: "可以不填",
  file: "登记",
  filed: (number) => `已登记，编号 ${number}`,
  by: (name) => `以“${name}”的身份操作`,
  offline: "连不上程序。请看看运行窗口还开着没有，然后再试。",
  done: "办好了",
  close: "关闭",
};

export const DAY = {
  day: "播放一天：翠竹社区二网格居民群",
  own: "您的群",
  reading: "正在从头读一遍…",
  skip: "跳过",
  counters: { messages: "条消息", silent: "沉默", flags: "标记", posts: "开口" },
  rows: { say: "开口", whisper: "私聊", flag: "标记", ticket: "立单", alert: "告警", rating: "评价" },
  sections: { alert: "告警", say: "开口", whisper: "私下说的", flag: "请网格员看的", ticket: "立的工单", rating: "评价" },
  nothing: "这一天它一句话也没有插，一件事也没有记。",
  share: (silent, all) => `每 100 条消息里，它对 ${((silent / all) * 100).toFixed(1)} 条保持沉默。`,
  private: "（私聊）",
  more: (count) => ` …等 ${count} 条`,
  tooLarge: "文件超过 3.6 MB。请截取其中几天再试。",
};
