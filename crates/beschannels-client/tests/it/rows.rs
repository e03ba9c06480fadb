//! The tenant's own columns.

use beschannels_client::group::GroupUserListData;
use scrm_core::{
    Tabular as _,
    table::{Inspect as _, ReadFields as _},
    tabular,
};
use serde_json::json;

#[test]
fn the_tenants_columns_are_told_by_the_answer() {
    let data: GroupUserListData = serde_json::from_value(json!({
        "header": [{"prop": "id", "label": "编号"}, {"prop": "c_1", "label": "城市"}, {"label": "no name"}, {"prop": "c_2"}],
        "list": [{"c_1": "上海"}]
    }))
    .unwrap();
    let columns = data.tenant_columns();
    assert_eq!(
        columns.iter().map(|column| (column.name.as_str(), column.label.as_str())).collect::<Vec<_>>(),
        [("id", "编号"), ("c_1", "城市"), ("c_2", "")]
    );
    assert_eq!((data.list[0].cell(&columns[1].name), data.column(&data.list[0], "城市")), (Some("上海".into()), Some("上海".into())));
    // by a program that knows no type
    assert_eq!(tabular::tenant_columns(&data.shown(), data.list[0].table()), columns);
    assert_eq!(tabular::tenant_columns(&data.shown(), data.table()), []);
}

#[test]
fn columns_that_the_answer_announces_are_no_drift_and_others_are_told_once() {
    let rows: Vec<_> = (0..50).map(|row| json!({ "c_1": row, "surprise": row, "c_2": "上海" })).collect();
    let header = json!([{ "prop": "c_1", "label": "城市" }, { "prop": "c_2", "label": "备注" }]);
    // The list may stand before the rows or behind them.
    // Keys may be escaped, as PHP does by default.
    let escaped = json!({ "header": header, "list": rows }).to_string().replace("\"c_1\":", "\"\\u0063_1\":");
    for data in [json!({ "header": header, "list": rows }).to_string(), json!({ "list": rows, "header": header }).to_string(), escaped] {
        let body = format!(r#"{{"code":0,"msg":"ok","data":{data}}}"#);
        let envelope = &beschannels_client::VENDOR.envelope;
        let options = scrm_core::decode::DecodeOptions { collect_drift: true, rows: 50 };
        let decoded = scrm_core::decode::decode::<GroupUserListData>(body.as_bytes(), envelope, &options).unwrap();
        let unknown = decoded.head.drifts.iter().filter(|drift| drift.what == scrm_core::DriftKind::UnknownKey);
        assert_eq!(unknown.map(|drift| drift.path.as_str()).collect::<Vec<_>>(), ["/data/list/0/surprise"]);
        assert_eq!(decoded.head.drifts_left_out, 0);
    }
}
