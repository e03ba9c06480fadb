//! What a shop costs that does nothing at the moment: its client has credentials, has got a token and has called once, so that its quota is there too.

use xiaoe_client::{Client, Credentials, user::UserList};

use super::{Figures, against_server, figure, memory, resident};
use crate::{
    report::{Figure, Goal, Report},
    server::EMPTY,
};

pub(super) const PART: &str = "shops";
const SHOPS: u32 = 10_000;

pub(super) fn run(report: &mut Report) -> Result<(), String> {
    let figures = against_server(PART, &[])?;
    let benchmark = "10,000 shops of one process, idle";
    memory(report, benchmark, "memory of one that never called", figure(&figures, "new"), None);
    memory(report, benchmark, "memory of one that has called: token, quota", figure(&figures, "idle"), Some(8.0));
    let tasks = figure(&figures, "tasks");
    report.push(Figure::goal(benchmark, "tasks, of all shops together", format!("{tasks}"), Goal { value: tasks, at_most: 0.0 }));
    Ok(())
}

/// Makes the shops and lets each call once.
pub(super) async fn measure(url: &str) -> Result<Figures, String> {
    let builder = Client::builder(Credentials::new("app", "xop", "secret")).base_url(format!("{url}/{EMPTY}"));
    let first = builder.build().map_err(|error| error.to_string())?;
    call(&first).await?;
    let mut shops = Vec::with_capacity(SHOPS as usize);
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let (before, tasks_before) = (resident(), tasks());
    for number in 0..SHOPS {
        shops.push(first.shop(credentials(number)));
    }
    let made = resident();
    for shop in &shops {
        call(shop).await?;
    }
    // What ends with a call has ended.
    tokio::task::yield_now().await;
    let (called, tasks) = (resident(), tasks().saturating_sub(tasks_before));
    #[allow(clippy::cast_precision_loss)]
    let figures = [("new", made - before), ("idle", called - before)].map(|(name, bytes)| (name.to_owned(), bytes / f64::from(SHOPS)));
    #[allow(clippy::cast_precision_loss)]
    let tasks = ("tasks".to_owned(), tasks as f64);
    drop(shops);
    Ok(figures.into_iter().chain([tasks]).collect())
}

/// As long as the vendor's are.
pub(super) fn credentials(number: u32) -> Credentials {
    Credentials::new(format!("app{number:012}"), format!("xop{number:012}"), format!("{number:032x}"))
}

async fn call(shop: &Client) -> Result<(), String> {
    shop.user().list(UserList::new()).await.map(drop).map_err(|error| error.to_string())
}
