//! 100,000 quotas: ten operations of each of 10,000 shops, which an answer in the process itself lets be called at once.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use scrm_core::{
    Operation,
    spec::QuotaSpec,
    transport::{HttpRequest, HttpResponse, Transport, TransportError},
};
use tokio::runtime::Runtime;
use xiaoe_client::{
    Client, activity::ActivityList, after_sale::AfterSaleList, college::CollegeStudentList, course::CourseList, exam::ExamList,
    form::FormList, points::PointsList, staff::StaffList, user::UserList, user::UserListV2,
};

use super::{Figures, figure, in_process, memory, resident, shops::credentials};
use crate::{
    hot,
    measure::{Rounds, Variant, compare},
    report::{Figure, Goal, Report, time},
};

pub(super) const PART: &str = "keys";
const SHOPS: u32 = 10_000;
const OPERATIONS: u32 = 10;
/// For the one key: more than can be used up here.
const QUOTA: QuotaSpec = QuotaSpec { calls: 1_000_000, seconds: 1 };

/// How much longer than with one key a take may last with all of them in turn: what lies in no cache of the processor is read from memory.
const TIMES_ONE_KEY: f64 = 10.0;

pub(super) fn run(report: &mut Report) -> Result<(), String> {
    let figures = in_process(&[PART])?;
    memory(report, "100,000 quotas", "memory of one, whose operation was called once", figure(&figures, "bytes"), Some(1.0));
    let mut pair = |benchmark: &str, one: &str, all: &str, at_most: f64| {
        let (one, all) = (figure(&figures, one), figure(&figures, all));
        report.push(Figure { ratio: Some(1.0), ..Figure::plain(benchmark, "always the same of one", time(one)) });
        let goal = Some(Goal { value: all / one, at_most });
        report.push(Figure { ratio: Some(all / one), goal, ..Figure::plain(benchmark, "any of 100,000", time(all)) });
    };
    pair("a quota's slot taken and given back", "take of one", "take of all", TIMES_ONE_KEY);
    pair("a whole call, answered in the process itself", "call of one", "call of all", 3.0);
    Ok(())
}

/// Answers at once.
struct Here;

#[async_trait]
impl Transport for Here {
    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let body: &[u8] = match request.url.contains("/token") {
            true => br#"{"code":0,"msg":"success","data":{"access_token":"0123456789abcdef0123456789abcdef","expires_in":7200}}"#,
            false => br#"{"code":0,"msg":"success","data":{}}"#,
        };
        Ok(HttpResponse { status: 200, headers: Vec::new(), body: Bytes::from_static(body) })
    }
}

pub(super) fn measure(runtime: &Runtime) -> Result<Figures, String> {
    let first = Client::builder(credentials(0)).transport(Arc::new(Here)).build().map_err(|error| error.to_string())?;
    let shops: Vec<Client> = (1..=SHOPS).map(|number| first.shop(credentials(number))).collect();
    let call_all = async |operations: std::ops::Range<u32>| {
        for shop in &shops {
            for operation in operations.clone() {
                call(shop, operation).await?;
            }
        }
        Ok::<_, String>(())
    };
    runtime.block_on(call_all(0..1))?;
    let before = resident();
    runtime.block_on(call_all(1..OPERATIONS))?;
    let bytes = (resident() - before) / f64::from(SHOPS * (OPERATIONS - 1));
    let mut figures = Figures::from([("bytes".to_owned(), bytes)]);
    takes(&mut figures);
    calls(&mut figures, runtime, &shops)?;
    Ok(figures)
}

fn takes(figures: &mut Figures) {
    let (one, all) = (hot::quota(), (0..SHOPS * OPERATIONS).map(|_| hot::quota()).collect::<Vec<_>>());
    let timings = compare(
        Rounds::default(),
        vec![
            Variant::new("take of one", || hot::check_and_answer(&one)),
            Variant::new("take of all", || hot::check_and_answer(&all[fastrand::usize(..all.len())])),
        ],
    );
    figures.extend(timings.iter().map(|timing| (timing.name.to_owned(), timing.seconds)));
}

fn calls(figures: &mut Figures, runtime: &Runtime, shops: &[Client]) -> Result<(), String> {
    let builder = Client::builder(credentials(0)).transport(Arc::new(Here)).quota("user_list", QUOTA);
    let one = builder.build().map_err(|error| error.to_string())?;
    let timings = compare(
        Rounds { rounds: 21, ..Rounds::default() },
        vec![
            Variant::new("call of one", || runtime.block_on(call(&one, 0)).is_ok()),
            Variant::new("call of all", || {
                let shop = &shops[fastrand::usize(..shops.len())];
                runtime.block_on(call(shop, fastrand::u32(..OPERATIONS))).is_ok()
            }),
        ],
    );
    figures.extend(timings.iter().map(|timing| (timing.name.to_owned(), timing.seconds)));
    Ok(())
}

async fn call(shop: &Client, operation: u32) -> Result<(), String> {
    match operation {
        0 => sent(shop, UserList::new()).await,
        1 => sent(shop, UserListV2::new()).await,
        2 => sent(shop, PointsList::new()).await,
        3 => sent(shop, ActivityList::new()).await,
        4 => sent(shop, AfterSaleList::new()).await,
        5 => sent(shop, CollegeStudentList::new()).await,
        6 => sent(shop, CourseList::new()).await,
        7 => sent(shop, ExamList::new()).await,
        8 => sent(shop, FormList::new()).await,
        _ => sent(shop, StaffList::new()).await,
    }
}

async fn sent<O: Operation<Vendor = xiaoe_client::Xiaoe>>(shop: &Client, request: O) -> Result<(), String> {
    shop.call(request).await.map(drop).map_err(|error| error.to_string())
}
