//! Words from which people are made up by combination. None of them is taken from anybody.

use crate::chance::{mix, pick};

const SURNAMES: &[&str] = &[
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗", "梁", "宋",
    "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕", "苏", "卢", "蒋", "蔡",
    "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜", "范", "方", "石", "姚", "谭", "廖",
    "邹", "熊", "金", "陆", "郝", "孔", "白", "崔", "康", "毛", "邱", "秦", "江", "史", "顾", "侯", "邵", "孟", "龙", "万", "段", "欧阳",
    "司徒", "上官",
];

const GIVEN: &[&str] = &[
    "伟", "芳", "娜", "敏", "静", "磊", "洋", "艳", "勇", "杰", "娟", "涛", "明", "超", "霞", "平", "刚", "桂", "文", "辉", "玲", "云",
    "建", "晓", "雨", "欣", "怡", "嘉", "思", "佳", "梓", "浩", "宇", "轩", "子", "涵", "诗", "语", "若", "一", "诺", "泽", "晨", "逸",
    "凡", "天", "乐", "安", "宁", "清", "雅", "之", "书", "瑶", "可", "心", "梦", "琪", "俊", "峰", "海", "燕", "春", "秋", "月", "兰",
    "竹", "青", "松", "柏",
];

/// Province and one of its cities.
const PLACES: &[(&str, &str)] = &[
    ("北京", "北京"),
    ("上海", "上海"),
    ("天津", "天津"),
    ("重庆", "重庆"),
    ("广东", "广州"),
    ("广东", "深圳"),
    ("广东", "佛山"),
    ("广东", "东莞"),
    ("浙江", "杭州"),
    ("浙江", "宁波"),
    ("浙江", "温州"),
    ("江苏", "南京"),
    ("江苏", "苏州"),
    ("江苏", "无锡"),
    ("四川", "成都"),
    ("四川", "绵阳"),
    ("湖北", "武汉"),
    ("湖南", "长沙"),
    ("福建", "福州"),
    ("福建", "厦门"),
    ("山东", "济南"),
    ("山东", "青岛"),
    ("河南", "郑州"),
    ("河北", "石家庄"),
    ("陕西", "西安"),
    ("辽宁", "沈阳"),
    ("辽宁", "大连"),
    ("吉林", "长春"),
    ("黑龙江", "哈尔滨"),
    ("安徽", "合肥"),
    ("江西", "南昌"),
    ("云南", "昆明"),
    ("贵州", "贵阳"),
    ("广西", "南宁"),
    ("山西", "太原"),
    ("甘肃", "兰州"),
    ("海南", "海口"),
];

const BRANDS: &[&str] =
    &["云", "星", "海", "华", "博", "瑞", "启", "恒", "晟", "嘉", "元", "创", "新", "远", "盛", "汇", "合", "安", "麦", "禾"];
const TRADES: &[&str] = &[
    "信息技术",
    "网络科技",
    "教育咨询",
    "文化传播",
    "医疗器械",
    "生物科技",
    "智能装备",
    "商贸",
    "餐饮管理",
    "建筑设计",
    "物流",
    "环保科技",
];
const ROADS: &[&str] = &["人民路", "中山路", "解放路", "建设路", "文化路", "学府路", "科技路", "滨江路", "花园路", "迎宾路"];
const TITLES: &[&str] = &["市场经理", "销售总监", "产品经理", "运营主管", "采购经理", "人事经理", "工程师", "财务主管", "教师", "总经理"];
const FLOWERS: &[&str] = &[
    "向日葵",
    "小茉莉",
    "晴天",
    "海风",
    "星河",
    "慢生活",
    "早起的鸟",
    "山间来信",
    "南瓜灯",
    "木棉",
    "白云",
    "柠檬水",
    "微光",
    "橘子汽水",
    "夜行船",
];

fn word<'a>(chance: u64, salt: u64, words: &[&'a str]) -> &'a str {
    pick(mix(chance, salt), words).copied().unwrap_or("")
}

pub(crate) fn name(chance: u64) -> String {
    let second = if mix(chance, 3).is_multiple_of(4) { "" } else { word(chance, 4, GIVEN) };
    format!("{}{}{second}", word(chance, 1, SURNAMES), word(chance, 2, GIVEN))
}

pub(crate) fn nickname(chance: u64) -> String {
    format!("{}{}", word(chance, 5, FLOWERS), mix(chance, 6) % 1000)
}

pub(crate) fn place(chance: u64) -> (&'static str, &'static str) {
    pick(mix(chance, 7), PLACES).copied().unwrap_or(("", ""))
}

pub(crate) fn company(chance: u64) -> String {
    let city = place(chance).1;
    format!("{city}{}{}{}有限公司", word(chance, 8, BRANDS), word(chance, 9, BRANDS), word(chance, 10, TRADES))
}

pub(crate) fn address(chance: u64) -> String {
    let (province, city) = place(chance);
    let province = if province == city { "" } else { province };
    format!("{province}{city}{}{}号", word(chance, 11, ROADS), 1 + mix(chance, 12) % 400)
}

pub(crate) fn title(chance: u64) -> &'static str {
    word(chance, 13, TITLES)
}
