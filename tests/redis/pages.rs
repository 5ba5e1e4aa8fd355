//! Pages that all gateways have, and one question for all of them.

use futures_util::future::join_all;

use crate::{
    fleet::{Fleet, PLENTY},
    load::alone,
    redis::Redis,
};

const ID: &str = "periskope:919537851844";

#[tokio::test]
async fn what_one_gateway_has_asked_for_all_have() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let (status, body) = fleet.gateways[0].contact(ID).await;
    assert_eq!(status, "contact-gateway; fwd=uri-miss; stored");
    for other in &fleet.gateways[1..] {
        assert_eq!(other.contact(ID).await.1, body);
        assert!(other.has_fresh(ID).await);
    }
    assert_eq!(fleet.provider.calls("contact"), 1);
}

#[tokio::test]
async fn whom_nobody_has_one_gateway_knows_for_all() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    for gateway in fleet.gateways.iter().cycle().take(6) {
        assert_eq!(gateway.get("/contacts/periskope:10000000001").await.status(), 404);
    }
    assert_eq!(fleet.provider.calls("contact"), 1);
}

#[tokio::test]
async fn who_is_found_by_a_number_in_one_gateway_is_found_in_all() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let mut bodies = Vec::new();
    for gateway in &fleet.gateways {
        let answer = gateway.get("/contacts/tel:+919537851844").await;
        assert_eq!(answer.status(), 200);
        bodies.push(answer.text().await.unwrap());
    }
    assert!(bodies.iter().all(|body| *body == bodies[0]));
    let calls = fleet.provider.seen().len();
    fleet.gateways[2].get("/contacts/tel:+919537851844").await;
    assert_eq!(fleet.provider.seen().len(), calls);
}

#[tokio::test]
async fn whoever_insists_is_answered_by_the_provider_and_the_others_have_that_answer() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    fleet.gateways[0].contact(ID).await;
    let request = fleet.gateways[1].request(reqwest::Method::GET, &format!("/contacts/{ID}"));
    let answer = request.header("cache-control", "no-cache").send().await.unwrap();
    assert_eq!(answer.headers()["cache-status"], "contact-gateway; fwd=uri-miss; stored");
    assert!(fleet.gateways[2].has_fresh(ID).await);
    assert_eq!(fleet.provider.calls("contact"), 2);
}

#[tokio::test]
async fn redis_keeps_no_more_than_the_gateways_would_and_names_nobody_in_its_keys() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    fleet.gateways[0].contact(ID).await;
    fleet.gateways[1].contact(ID).await;
    let keys: Vec<String> = redis.ask("KEYS *");
    assert!(keys.iter().all(|key| key.starts_with("contact-gateway:") && !key.contains("919537851844")), "{keys:?}");
    let page = keys.iter().find(|key| key.contains(":page:")).unwrap();
    let left: i64 = redis.ask(&format!("PTTL {page}"));
    assert!((1..=24 * 3600 * 1000).contains(&left), "{left}");
}

#[tokio::test]
async fn one_question_for_one_contact_however_many_gateways_are_asked_for_it() {
    // Who hears nothing of Redis for 50 ms does without, and asks by itself.
    let _alone = alone().await;
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    fleet.provider.hold();
    let asked = fleet.gateways.iter().flat_map(|gateway| (0..30).map(move |_| gateway.contact(ID)));
    let released = async {
        fleet.provider.wait_for_calls(1).await;
        // Nobody else asks while the answer is on its way, for longer than half a second, after which a lease is taken over, and for
        // less than the second after which the call would be repeated: each of the three tells ten times a second that it is there,
        // and the two that wait look four times.
        let before = redis.scripts();
        while redis.scripts() < before + 26 {
            tokio::task::yield_now().await;
        }
        fleet.provider.release();
    };
    let (answers, ()) = tokio::join!(join_all(asked), released);
    assert!(answers.iter().all(|(_, body)| *body == answers[0].1));
    assert_eq!(fleet.provider.calls("contact"), 1);
}
