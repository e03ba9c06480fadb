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
