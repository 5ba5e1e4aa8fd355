//! What one gateway learns, all know.

use providers::emulator::Fault;
use reqwest::Method;

use crate::{
    fleet::{Fleet, PLENTY, emulation},
    gateway::Gateway,
    redis::Redis,
};

const ID: &str = "periskope:919537851844";
const CHAT: &str = "rocketchat:673c76df47a6c9b89dd263d8";

/// Waits until all gateways have the contact.
async fn know(fleet: &Fleet, id: &str) {
    for gateway in &fleet.gateways {
        while !gateway.has_fresh(id).await {
            tokio::task::yield_now().await;
        }
    }
}

/// Waits until a gateway has the contact no more, of which the provider says nothing any more.
async fn forgets(gateway: &Gateway, id: &str) {
    while gateway.get(&format!("/contacts/{id}")).await.status() == 200 {
        tokio::task::yield_now().await;
    }
}

/// Sends a message, as this emulation does, to an instance.
async fn send(gateway: &Gateway, instance: &str, emulated: &str, id: &str) {
    let message = (emulation(emulated).webhook.unwrap())(id);
    let request = gateway.request(Method::POST, &format!("/webhooks/{instance}"));
    let answer = request.headers(message.headers).body(message.body).send().await.unwrap();
    assert_eq!(answer.status(), 204);
}

#[tokio::test]
async fn what_is_outdated_in_one_gateway_is_outdated_in_all() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let [one, others @ ..] = &fleet.gateways[..] else { unreachable!("there are three") };
    for path in ["/cache/periskope:919537851844", "/cache?provider=periskope"] {
        know(&fleet, ID).await;
        fleet.provider.set_fault(Some(Fault::Status(404)));
        assert_eq!(one.request(Method::DELETE, path).send().await.unwrap().status(), 204);
        for other in others {
            forgets(other, ID).await;
        }
        fleet.provider.set_fault(None);
    }
}

#[tokio::test]
async fn a_webhook_reaches_every_gateway_whichever_hears_it() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    know(&fleet, ID).await;
    fleet.provider.set_fault(Some(Fault::Status(404)));
    send(&fleet.gateways[1], "periskope", "periskope", "919537851844@c.us").await;
    for gateway in [&fleet.gateways[0], &fleet.gateways[2]] {
        forgets(gateway, ID).await;
    }
}

#[tokio::test]
async fn a_webhook_about_a_channel_reaches_the_gateway_that_knows_whose_it_is() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    fleet.gateways[0].contact(CHAT).await;
    assert!(fleet.gateways[0].has_fresh(CHAT).await);
    fleet.chat.set_fault(Some(Fault::Status(404)));
    send(&fleet.gateways[1], "rocketchat", "rocketchat_legacy", "673c76df1e2e6feb77939c70").await;
    forgets(&fleet.gateways[0], CHAT).await;
}

#[tokio::test]
async fn a_newer_page_replaces_the_older_ones() {
    let redis = Redis::start();
    let fleet = Fleet::with(&redis.url(), PLENTY, "").await;
    know(&fleet, ID).await;
    let request = fleet.gateways[0].request(Method::GET, &format!("/contacts/{ID}"));
    request.header("cache-control", "no-cache").send().await.unwrap();
    let calls = fleet.provider.calls("contact");
    let newest = async |gateway: &Gateway| {
        let answer = gateway.get(&format!("/contacts/{ID}")).await;
        answer.headers()["cache-status"].to_str().unwrap().to_owned()
    };
    // Pages of one second's age at the most, with a time to live of their own.
    for other in &fleet.gateways[1..] {
        while newest(other).await != newest(&fleet.gateways[0]).await {
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(fleet.provider.calls("contact"), calls);
}

#[tokio::test]
async fn after_the_connection_was_lost_nothing_older_is_fresh() {
    let mut redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    know(&fleet, ID).await;
    redis.kill();
    fleet.lost().await;
    for gateway in &fleet.gateways {
        // It is still an answer, while the next one is asked for.
        let (status, _) = gateway.contact(ID).await;
        assert!(status.starts_with("contact-gateway; hit; ttl=-") || status.contains("fwd="), "{status}");
        while !gateway.has_fresh(ID).await {
            tokio::task::yield_now().await;
        }
    }
    // What is kept while nobody hears of the others is in doubt once they can be heard again.
    redis.restart();
    fleet.connected(2).await;
    let (status, _) = fleet.gateways[0].contact(ID).await;
    assert!(!status.starts_with("contact-gateway; hit; ttl=5"), "{status}");
}

#[tokio::test]
async fn what_became_outdated_while_redis_was_gone_is_outdated_once_it_is_back() {
    let mut redis = Redis::with(&["--appendonly", "yes", "--appendfsync", "always"]);
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    know(&fleet, ID).await;
    let old = redis.ask::<Vec<String>>("KEYS *:page:*");
    assert_eq!(old.len(), 1);
    redis.kill();
    fleet.lost().await;
    let gone = fleet.gateways[0].request(Method::DELETE, &format!("/cache/{ID}")).send().await.unwrap();
    assert_eq!(gone.status(), 204);
    redis.restart();
    fleet.connected(2).await;
    while redis.ask::<Option<String>>(&format!("HGET {} body", old[0])).is_some() {
        tokio::task::yield_now().await;
    }
}
