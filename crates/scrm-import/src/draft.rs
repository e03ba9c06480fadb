//! Short neutral English for what a page calls things in Chinese, as far as a small lexicon goes: a draft that a person corrects instead of inventing one.

use scrm_schema::names;

/// Chinese words with their English, adjectives and nouns that names of fields are made of.
const WORDS: &[(&str, &str)] = &[
    ("用户", "user"),
    ("客户", "customer"),
    ("会员", "member"),
    ("粉丝", "follower"),
    ("学员", "student"),
    ("员工", "employee"),
    ("成员", "member"),
    ("老师", "teacher"),
    ("店铺", "shop"),
    ("商家", "merchant"),
    ("企业", "enterprise"),
    ("公司", "company"),
    ("部门", "department"),
    ("应用", "app"),
    ("平台", "platform"),
    ("第三方", "third-party"),
    ("商品", "product"),
    ("订单", "order"),
    ("优惠券", "coupon"),
    ("优惠劵", "coupon"),
    ("券", "coupon"),
    ("课程", "course"),
    ("直播间", "live room"),
    ("直播", "live"),
    ("专栏", "column"),
    ("资源", "resource"),
    ("圈子", "circle"),
    ("打卡", "clock-in"),
    ("考试", "exam"),
    ("作业", "homework"),
    ("活动", "activity"),
    ("训练营", "camp"),
    ("表单", "form"),
    ("标签", "tag"),
    ("分组", "group"),
    ("群", "group"),
    ("线索", "lead"),
    ("行为", "behaviour"),
    ("事件", "event"),
    ("客群", "audience"),
    ("渠道", "channel"),
    ("来源", "source"),
    ("积分", "points"),
    ("余额", "balance"),
    ("金额", "amount"),
    ("价格", "price"),
    ("单价", "unit price"),
    ("总价", "total price"),
    ("费用", "fee"),
    ("佣金", "commission"),
    ("红包", "red packet"),
    ("支付", "payment"),
    ("退款", "refund"),
    ("物流", "shipment"),
    ("地址", "address"),
    ("收货", "delivery"),
    ("发货", "shipping"),
    ("手机号码", "phone number"),
    ("手机号", "phone number"),
    ("手机", "phone"),
    ("电话", "phone"),
    ("邮箱", "email"),
    ("邮件", "email"),
    ("姓名", "name"),
    ("昵称", "nickname"),
    ("名称", "name"),
    ("头像", "avatar"),
    ("性别", "sex"),
    ("生日", "birthday"),
    ("年龄", "age"),
    ("省份", "province"),
    ("省", "province"),
    ("城市", "city"),
    ("市", "city"),
    ("区县", "district"),
    ("区", "district"),
    ("国家", "country"),
    ("地区", "region"),
    ("职位", "position"),
    ("职务", "position"),
    ("行业", "industry"),
    ("微信", "WeChat"),
    ("公众号", "official account"),
    ("小程序", "mini program"),
    ("时间戳", "timestamp"),
    ("时间", "time"),
    ("日期", "date"),
    ("年份", "year"),
    ("月份", "month"),
    ("天数", "days"),
    ("时长", "duration"),
    ("有效期", "validity"),
    ("创建", "created"),
    ("更新", "updated"),
    ("修改", "modified"),
    ("删除", "deleted"),
    ("注册", "registered"),
    ("登录", "login"),
    ("绑定", "bound"),
    ("采集", "collected"),
    ("开始", "start"),
    ("起始", "start"),
    ("结束", "end"),
    ("截止", "end"),
    ("截至", "end"),
    ("首次", "first"),
    ("最近", "latest"),
    ("最后", "last"),
    ("最新", "latest"),
    ("最小", "smallest"),
    ("最大", "largest"),
    ("当前", "current"),
    ("上一页", "previous page"),
    ("下一页", "next page"),
    ("页码", "page number"),
    ("页数", "pages"),
    ("每页", "page"),
    ("条数", "size"),
    ("总数", "total"),
    ("总计", "total"),
    ("总", "total"),
    ("数量", "number"),
    ("次数", "times"),
    ("个数", "number"),
    ("人数", "people"),
    ("数目", "number"),
    ("序号", "sequence number"),
    ("排序", "sort order"),
    ("顺序", "order"),
    ("方式", "method"),
    ("类型", "type"),
    ("类别", "category"),
    ("分类", "category"),
    ("等级", "level"),
    ("级别", "level"),
    ("状态码", "status code"),
    ("状态", "status"),
    ("结果", "result"),
    ("返回码", "result code"),
    ("错误码", "error code"),
    ("返回", "response"),
    ("消息", "message"),
    ("信息", "information"),
    ("描述", "description"),
    ("说明", "description"),
    ("备注", "remark"),
    ("标题", "title"),
    ("内容", "content"),
    ("详情", "details"),
    ("列表", "list"),
    ("记录", "record"),
    ("数据", "data"),
    ("数组", "list"),
    ("对象", "object"),
    ("集合", "set"),
    ("明细", "details"),
    ("概况", "overview"),
    ("唯一标识", "unique id"),
    ("标识", "identifier"),
    ("编号", "id"),
    ("编码", "code"),
    ("代码", "code"),
    ("主键", "key"),
    ("父级", "parent"),
    ("上级", "parent"),
    ("子级", "child"),
    ("下级", "child"),
    ("是否", "whether"),
    ("图片", "picture"),
    ("封面", "cover"),
    ("链接", "link"),
    ("网址", "address"),
    ("路径", "path"),
    ("文件", "file"),
    ("视频", "video"),
    ("音频", "audio"),
    ("图文", "article"),
    ("扩展", "extra"),
    ("自定义", "custom"),
    ("字段", "field"),
    ("参数", "parameter"),
    ("密码", "password"),
    ("凭证", "credential"),
    ("令牌", "token"),
    ("密钥", "secret"),
    ("权限", "permission"),
    ("规则", "rule"),
    ("条件", "condition"),
    ("配置", "setting"),
    ("模板", "template"),
    ("操作", "operation"),
    ("全部", "all"),
    ("普通", "ordinary"),
    ("其他", "others"),
    ("未知", "unknown"),
    ("成功", "success"),
    ("失败", "failure"),
    ("启用", "enabled"),
    ("禁用", "disabled"),
    ("开启", "on"),
    ("关闭", "off"),
    ("是", "yes"),
    ("否", "no"),
    ("男", "male"),
    ("女", "female"),
    ("待支付", "to be paid"),
    ("已支付", "paid"),
    ("已完成", "completed"),
    ("已取消", "cancelled"),
    ("获取", "get"),
    ("查询", "query"),
];

/// The English of a Chinese label; `None` unless every part of it is known.
pub(crate) fn english(label: &str) -> Option<String> {
    let mut rest = label.trim().trim_end_matches(['。', ',', ';', ':']);
    let mut words: Vec<String> = Vec::new();
    if rest.is_empty() || rest.chars().count() > 24 {
        return None;
    }
    while let Some(first) = rest.chars().next() {
        if matches!(first, ' ' | '的' | '/' | '、') {
            rest = rest.get(first.len_utf8()..)?;
            continue;
        }
        let latin = rest.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_').count();
        if latin > 0 {
            words.push(rest.get(..latin)?.replace('_', " ").to_ascii_lowercase());
            rest = rest.get(latin..)?;
            continue;
        }
        let (chinese, word) = WORDS.iter().filter(|(chinese, _)| rest.starts_with(chinese)).max_by_key(|(chinese, _)| chinese.len())?;
        words.push((*word).to_owned());
        rest = rest.get(chinese.len()..)?;
    }
    words.dedup();
    (!words.is_empty()).then(|| sentence(&words))
}

/// A draft for a field, by its label, else by its name.
pub(crate) fn field(name: &str, label: &str) -> Option<String> {
    let first = label.split([',', '。', ';', ':', '(', '\n']).next().unwrap_or("");
    english(first).or_else(|| by_name(name))
}

/// `user_created_start` is `User created start`.
fn by_name(name: &str) -> Option<String> {
    let words: Vec<String> = names::field(name)
        .split('_')
        .map(|word| match word {
            "num" | "cnt" => "number".to_owned(),
            "img" | "pic" => "picture".to_owned(),
            "desc" => "description".to_owned(),
            "msg" => "message".to_owned(),
            "addr" => "address".to_owned(),
            "url" => "link".to_owned(),
            "uid" => "user id".to_owned(),
            other => other.to_owned(),
        })
        .collect();
    let readable = words.iter().all(|word| word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' '));
    (readable && !words.is_empty()).then(|| sentence(&words))
}

fn sentence(words: &[String]) -> String {
    let text = words.join(" ");
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_names_become_english() {
        assert_eq!(english("用户昵称").as_deref(), Some("User nickname"));
        assert_eq!(english("绑定的手机号").as_deref(), Some("Bound phone number"));
        assert_eq!(english("奇怪的东西"), None);
        assert_eq!(field("wx_union_id", "微信 union_id").as_deref(), Some("WeChat union id"));
        assert_eq!(field("created_start", "查不懂的话").as_deref(), Some("Created start"));
        assert_eq!(field("x1", "查不懂的话"), None);
    }
}
