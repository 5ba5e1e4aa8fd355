//! Who asks for the others, and what becomes of them if it can't go on.

use crate::{
    fleet::{Fleet, PLENTY},
    load::alone,
    redis::Redis,
};

const ID: &str = "periskope:919537851844";

#[tokio::test]
async fn losing_the_gateway_that_asks_costs_one_more_call() {
    // Who hears nothing of Redis for 50 ms does without, and asks by itself.
    let _alone = alone().await;
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    fleet.provider.hold();
    let [first, second, third] = &fleet.gateways[..] else { unreachable!("there are three") };
    let asking = first.request(reqwest::Method::GET, &format!("/contacts/{ID}")).send();
    let lost = async {
        fleet.provider.wait_for_calls(1).await;
        first.kill();
        fleet.provider.wait_for_calls(2).await;
        fleet.provider.release();
    };
    let follow = async {
        fleet.provider.wait_for_calls(1).await;
        tokio::join!(second.contact(ID), third.contact(ID))
    };
    let (gone, (), (one, other)) = tokio::join!(asking, lost, follow);
    assert!(gone.is_err());
    assert_eq!(one.1, other.1);
    assert_eq!(fleet.provider.calls("contact"), 2);
}

#[tokio::test]
async fn a_failure_is_no_answer_for_the_others() {
    let redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    for gateway in &fleet.gateways {
        let answer = gateway.get("/contacts/periskope:fault-garbage").await;
        assert_eq!(answer.status(), 502);
    }
    assert_eq!(fleet.provider.calls("fault-garbage"), 3);
}
