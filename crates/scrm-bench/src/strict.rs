//! The baseline: what a person writes in an afternoon. Strict serde structs in the document's order; scores and unknown fields are dropped.

#![allow(missing_docs, dead_code, unreachable_pub)]

use serde::Deserialize;

#[derive(Deserialize)]
pub struct Users {
    pub code: i64,
    pub msg: Option<String>,
    pub data: Option<UserPage>,
}

#[derive(Deserialize)]
pub struct UserPage {
    pub list: Vec<User>,
    pub total: f64,
}

#[derive(Deserialize)]
pub struct User {
    pub user_id: String,
    pub user_nickname: String,
    pub bind_phone: Option<String>,
    pub collect_phone: String,
    pub avatar: String,
    pub from: String,
    pub pay_sum: f64,
    pub punch_count: i64,
    pub wx_union_id: String,
    pub wx_app_open_id: String,
    pub wx_open_id: String,
    pub user_created_at: String,
}

#[derive(Deserialize)]
pub struct Points {
    pub code: i64,
    pub msg: String,
    pub data: Option<PointsPage>,
}

#[derive(Deserialize)]
pub struct PointsPage {
    pub list: Vec<Account>,
    pub page: PageInfo,
}

#[derive(Deserialize)]
pub struct Account {
    pub id: i64,
    pub app_id: String,
    pub user_id: String,
    pub total_balance: i64,
    pub balance: i64,
    pub freeze_balance: i64,
    pub created_at: String,
}

#[derive(Deserialize)]
pub struct PageInfo {
    pub current_page: i64,
    pub last_page: i64,
    pub page_size: i64,
    pub total: i64,
}

#[derive(Deserialize)]
pub struct Leads {
    pub code: i64,
    pub msg: String,
    pub data: LeadPage,
}

#[derive(Deserialize)]
pub struct LeadPage {
    pub total: i64,
    pub list: Vec<Lead>,
    pub header: Vec<Column>,
}

#[derive(Deserialize)]
pub struct Lead {
    #[serde(rename = "FullName")]
    pub full_name: Option<String>,
    #[serde(rename = "MobilePhone")]
    pub mobile_phone: Option<String>,
    #[serde(rename = "Email")]
    pub email: Option<String>,
    #[serde(rename = "Company")]
    pub company: Option<String>,
    #[serde(rename = "IsLead")]
    pub is_lead: Option<String>,
    #[serde(rename = "CreatedTime")]
    pub created_time: Option<String>,
    pub identity_value: Option<String>,
    pub identity_id: Option<String>,
    pub client_type: Option<String>,
    #[serde(rename = "nextId")]
    pub next_id: Option<String>,
    pub is_del: Option<i64>,
}

#[derive(Deserialize)]
pub struct Column {
    pub label: String,
    pub prop: String,
}

#[derive(Deserialize)]
pub struct Customers {
    pub code: String,
    #[serde(rename = "errorCode")]
    pub error_code: Option<String>,
    pub msg: Option<String>,
    pub data: Vec<Customer>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    pub org_id: Option<String>,
    pub create_time: Option<i64>,
    pub audience_user_id: Option<i64>,
    #[serde(default)]
    pub openids: Vec<OpenId>,
    pub openid: Option<String>,
    pub unionid: Option<String>,
    pub mp_appid: Option<String>,
    pub third_id: Option<String>,
    #[serde(default)]
    pub phone_list: Vec<Phone>,
    pub real_name: Option<String>,
    pub sex: Option<i64>,
    pub avatar: Option<String>,
    pub wx_nickname: Option<String>,
    pub wx_country: Option<String>,
    pub wx_province: Option<String>,
    pub wx_city: Option<String>,
    pub province: Option<String>,
    pub city: Option<String>,
    pub lbs_province: Option<String>,
    pub lbs_city: Option<String>,
    #[serde(default)]
    pub address_list: Vec<Address>,
    pub birthday: Option<i64>,
    pub remark: Option<String>,
    pub last_active_time: Option<i64>,
    pub gzh_interact_time: Option<i64>,
    pub mark_flag: Option<i64>,
    #[serde(default)]
    pub sub_wechat_list: Vec<FollowedAccount>,
    pub active: Option<i64>,
    pub week_active: Option<Counted>,
    pub month_active: Option<Counted>,
    pub spread: Option<i64>,
    pub week_spread: Option<Counted>,
    pub month_spread: Option<Counted>,
    #[serde(default)]
    pub group_id_list: Vec<String>,
    #[serde(default)]
    pub tag_id_list: Vec<String>,
}

#[derive(Deserialize)]
pub struct OpenId {
    pub openid: Option<String>,
    #[serde(rename = "appId")]
    pub app_id: Option<String>,
}

#[derive(Deserialize)]
pub struct Phone {
    pub phone: Option<String>,
    #[serde(rename = "isVerify")]
    pub is_verify: Option<String>,
}

#[derive(Deserialize)]
pub struct Address {
    pub address: Option<String>,
}

#[derive(Deserialize)]
pub struct FollowedAccount {
    pub appid: Option<String>,
    #[serde(rename = "wechatName")]
    pub wechat_name: Option<String>,
}

#[derive(Deserialize)]
pub struct Counted {
    pub count: i64,
    #[serde(rename = "updateTime")]
    pub update_time: i64,
}
