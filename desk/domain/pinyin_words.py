"""Words and characters that are not read as they usually are: data of `desk.domain.pinyin`, curated by hand."""
# ruff: noqa: E501

# Words in which a character is not read as it usually is. Place names, then what is said on a hotline.
PHRASES = """
重庆 chong qing|重阳 chong yang|厦门 xia men|厦大 xia da|长安 chang an|长沙 chang sha|长春 chang chun|长江 chang jiang
长城 chang cheng|长岛 chang dao|长乐 chang le|长宁 chang ning|长虹 chang hong|长堤 chang di|长廊 chang lang|朝阳 chao yang
朝晖 zhao hui|朝霞 zhao xia|大厦 da sha|番禺 pan yu|东莞 dong guan|黄埔 huang pu|大埔 da bu|六安 lu an|蚌埠 beng bu|亳州 bo zhou
成都 cheng du|都市 du shi|首都 shou du|丽都 li du|名都 ming du|盛景 sheng jing|盛世 sheng shi|盛和 sheng he|乐山 le shan
音乐 yin yue|单元 dan yuan|单位 dan wei|单车 dan che|账单 zhang dan|单县 shan xian|银行 yin hang|行业 hang ye|人行 ren xing
行人 xing ren|行为 xing wei|行李 xing li|运行 yun xing|进行 jin xing|会所 hui suo|会计 kuai ji|长期 chang qi|长时间 chang shi jian
过长 guo chang|太长 tai chang|很长 hen chang|长明 chang ming|长亮 chang liang|长响 chang xiang|家长 jia zhang|楼长 lou zhang
队长 dui zhang|重复 chong fu|重新 chong xin|重建 chong jian|重装 chong zhuang|重置 chong zhi|重办 chong ban|重做 chong zuo
双重 shuang chong|多重 duo chong|空调 kong tiao|调整 tiao zheng|调节 tiao jie|调解 tiao jie|调试 tiao shi|调换 diao huan
调查 diao cha|处理 chu li|处罚 chu fa|处置 chu zhi|到处 dao chu|管理处 guan li chu|堵塞 du se|阻塞 zu se|塞车 sai che
给水 ji shui|给排水 ji pai shui|供给 gong ji|着火 zhao huo|着凉 zhao liang|露台 lu tai|露天 lu tian|露水 lu shui|泊车 bo che
泊位 bo wei|停泊 ting bo|宿舍 su she|住宿 zhu su|效率 xiao lv|频率 pin lv|率先 shuai xian|参观 can guan|参加 can jia
数量 shu liang|弹簧 tan huang|炸弹 zha dan|折叠 zhe die|折扣 zhe kou|便利 bian li|方便 fang bian|便宜 pian yi|传达 chuan da
传单 chuan dan|降噪 jiang zao|投降 tou xiang|更换 geng huan|更新 geng xin|变更 bian geng|卡片 ka pian|门卡 men ka
卡住 ka zhu|卡死 ka si|发卡 fa ka|还款 huan kuan|归还 gui huan|退还 tui huan|还没 hai mei|高差 gao cha|太差 tai cha|出差 chu chai
相邻 xiang lin|照相 zhao xiang|墙角 qiang jiao|系统 xi tong|血迹 xue ji|强行 qiang xing|倒塌 dao ta|倒灌 dao guan|倾倒 qing dao
干净 gan jing|烘干 hong gan|缝隙 feng xi|裂缝 lie feng|伸缩缝 shen suo feng|冲水 chong shui|冲洗 chong xi|屏幕 ping mu
显示屏 xian shi ping|查询 cha xun|检查 jian cha|地下 di xia|地面 di mian|地漏 di lou|绿地 lv di|分机 fen ji|转让 zhuan rang
转租 zhuan zu|钻孔 zuan kong|应急 ying ji|反应 fan ying|响应 xiang ying|供应 gong ying|数据 shu ju|计数 ji shu|量房 liang fang
测量 ce liang|扇叶 shan ye|熟食 shu shi|咳嗽 ke sou|蛇皮 she pi|曾经 ceng jing|解决 jie jue|盖子 gai zi|井盖 jing gai
睡觉 shui jiao|泄露 xie lou|调监控 diao jian kong|调取 diao qu|调录像 diao lu xiang
没水 mei shui|没电 mei dian|没有 mei you|没收 mo shou|淹没 yan mo|沉没 chen mo|大夫 dai fu|不正 bu zheng|不了 bu liao|打不开 da bu kai
"""

SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "查": "zha", "盖": "ge", "任": "ren", "朴": "piao", "翟": "zhai",
    "覃": "qin", "缪": "miao", "宓": "mi", "尉": "wei", "乐": "yue", "华": "hua", "万": "wan", "召": "shao", "种": "chong", "逄": "pang",
    "折": "she", "冼": "xian", "员": "yun", "纪": "ji", "晁": "chao", "谌": "chen", "佴": "nai", "那": "na", "郗": "xi", "洗": "xian",
    "车": "che", "长": "chang", "盛": "sheng", "尹": "yin", "卜": "bu", "繁": "po", "秘": "bi", "费": "fei", "牟": "mu", "黑": "he",
}  # fmt: skip
SURNAMES_OF_TWO = {
    "尉迟": "yu chi", "万俟": "mo qi", "长孙": "zhang sun", "澹台": "tan tai", "单于": "chan yu", "令狐": "ling hu", "欧阳": "ou yang",
    "司徒": "si tu", "上官": "shang guan", "诸葛": "zhu ge", "东方": "dong fang", "皇甫": "huang fu", "慕容": "mu rong",
}  # fmt: skip

# character -> its other living readings, for those who read it differently than the table
OTHERS = {
    "长": "chang zhang", "重": "zhong chong", "行": "xing hang", "单": "dan shan", "曾": "zeng ceng", "解": "jie xie", "仇": "chou qiu",
    "乐": "le yue", "朝": "chao zhao", "厦": "sha xia", "区": "qu ou", "都": "du dou", "会": "hui kuai", "调": "tiao diao", "传": "chuan zhuan",
    "弹": "tan dan", "盛": "sheng cheng", "参": "can shen cen", "藏": "cang zang", "查": "cha zha", "朴": "pu piao", "盖": "gai ge",
    "尉": "wei yu", "翟": "zhai di", "覃": "qin tan", "缪": "miao mou", "牟": "mou mu", "万": "wan mo", "宓": "mi fu", "折": "zhe she",
    "车": "che ju", "给": "gei ji", "率": "lv shuai", "模": "mo mu", "露": "lu lou", "熟": "shu shou", "薄": "bao bo", "落": "luo la lao",
    "血": "xue xie", "差": "cha chai", "降": "jiang xiang", "卡": "ka qia", "强": "qiang jiang", "校": "xiao jiao", "六": "liu lu",
    "色": "se shai", "系": "xi ji", "石": "shi dan", "宿": "su xiu", "屏": "ping bing", "便": "bian pian", "泊": "bo po", "番": "fan pan",
    "埔": "pu bu", "莞": "guan wan", "涌": "yong chong", "蚌": "bang beng", "塞": "sai se", "着": "zhe zhao zhuo", "还": "huan hai",
    "没": "mei mo", "了": "le liao", "得": "de dei", "地": "di de", "大": "da dai", "角": "jiao jue", "削": "xiao xue", "嚼": "jiao jue",
    "壳": "ke qiao", "咽": "yan ye", "堡": "bao pu bu", "任": "ren", "冼": "xian", "柏": "bai bo", "汤": "tang", "奇": "qi ji", "沓": "ta da",
    "沈": "shen chen", "隗": "wei kui", "郇": "xun huan", "晟": "sheng cheng", "珏": "jue", "祎": "yi", "堃": "kun", "湛": "zhan", "砼": "tong",
    "阿": "a e", "钥": "yao yue", "贾": "jia gu", "葛": "ge", "谷": "gu yu", "洞": "dong tong", "红": "hong gong", "无": "wu mo",
    "炮": "pao bao", "拓": "tuo ta", "殷": "yin yan", "佛": "fo fu", "夹": "jia ga", "核": "he hu", "嘉": "jia",
}  # fmt: skip
