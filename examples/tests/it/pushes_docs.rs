//! Every block of Rust code in the guide's page on pushes stands here, and so is compiled; `guide/pages.rs` compares them.

#![allow(dead_code, unused_variables, clippy::print_stdout, reason = "blocks show what can be written; they are not run")]

use std::{error::Error, time::Duration};

use rabbitpre_client::callback;
use scrm_mock::{Mock, Subscription};
use serde_json::json;
use tokio::net::TcpListener;

type Outcome = Result<(), Box<dyn Error>>;

async fn receive(token: String, key: String, app_id: String, listener: TcpListener) -> Outcome {
    use xiaoe_client::push::{Event, Receiver, WechatSeal, queue};

    let (sink, mut queue) = queue(1000);
    let seal = WechatSeal::new(token, &key, app_id)?; // token and key of the vendor's console
    let receiver = Receiver::<Event>::builder(seal, sink).build();
    axum::serve(listener, receiver.router()).await?;

    // elsewhere
    while let Some(message) = queue.next().await {
        match &message.event {
            Event::UserRegister(user) => println!("{:?}", user.user_id),
            Event::Order(order) => println!("{:?} of {:?}", order.order_id, order.user_id),
            Event::Unknown(unknown) => println!("{} is documented nowhere", unknown.kind),
            _ => {}
        }
    }
    Ok(())
}

async fn by_hand(receiver: xiaoe_client::push::Receiver<xiaoe_client::push::Event>, query: &str, body: Vec<u8>) {
    let respond = |status: u16, content_type: &str, body: Vec<u8>| {};
    let headers: Vec<(&str, &str)> = Vec::new();
    let received = receiver.receive(&headers, query, &body).await; // headers: name and value; query: without `?`
    respond(received.reply.status, received.reply.content_type, received.reply.body);
}

struct Shop;

impl Shop {
    async fn page(&self, number: Option<i64>) -> Result<callback::PrizeShelfPage, callback::BoxError> {
        Ok(callback::PrizeShelfPage::new())
    }
    async fn freeze(&self, prizes: &[callback::FrozenStock]) -> Result<(), callback::BoxError> {
        Ok(())
    }
}

use rabbitpre_client::callback::{
    Answering, Answers, BoxError, PrizeShelfList, PrizeShelfListAnswer, PrizeStockFreeze, PrizeStockFreezeAnswer,
};

impl Answers for Shop {
    async fn prize_shelf_list(&self, asked: &PrizeShelfList) -> Result<PrizeShelfListAnswer, BoxError> {
        Ok(PrizeShelfListAnswer::new("200").with_data(self.page(asked.page_no).await?))
    }
    async fn prize_stock_freeze(&self, asked: &PrizeStockFreeze) -> Result<PrizeStockFreezeAnswer, BoxError> {
        self.freeze(&asked.callback_data).await?;
        Ok(PrizeStockFreezeAnswer::new("200"))
    }
}

fn answering(seal: callback::ParameterSeal, sink: callback::QueueSink<callback::Event>) {
    use rabbitpre_client::callback::Receiver;

    let receiver = Receiver::builder(seal, sink).answering(Answering(Shop)).build();
}

async fn in_the_box(mock: Mock, url: String, token: String, key: String) -> Outcome {
    mock.subscribe(Subscription::new("xiaoe", url).sealed(token, key).speed(3600.0).nasty(0.2))?;
    mock.push("xiaoe/order", json!({ "phone": "13800138000" }))?; // about this person; fields given here stand as they are
    assert!(mock.pushes_settled(Duration::from_secs(10)).await);
    println!("{:?}", mock.pushes()); // attempts, statuses, what became of each
    Ok(())
}
