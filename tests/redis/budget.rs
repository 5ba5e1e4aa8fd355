//! The budget that all gateways have together.

use std::{collections::HashSet, time::Duration};

use providers::Rate;
use reqwest::Method;
use serde_json::json;

use crate::{
    fleet::Fleet,
    load::{alone, fresh_path},
    redis::Redis,
};

const RATE: Rate = Rate::per_seconds(40, 2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_times_the_demand_uses_the_whole_budget_and_never_more() {
    let _alone = alone().await;
    let redis = Redis::start();
    let fleet = Fleet::with(&redis.url(), RATE, "server.deadline = \"1s\"").await;
    let time = Duration::from_secs(8);
    let outcome = fleet.load(Duration::from_millis(5), time).await;
    fleet.assert_within_the_limit();
    assert!(outcome.others.is_empty(), "{outcome:?}");
    let (used, possible) = (fleet.calls_within(time), 4 * RATE.calls as usize);
    assert!(used * 10 >= possible * 9, "{used} of {possible}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_one_gateway_learns_of_the_limit_holds_for_all() {
    let _alone = alone().await;
    let redis = Redis::start();
    let believed = Rate { calls: 10 * RATE.calls, ..RATE };
    let fleet = Fleet::believing(believed, &redis.url(), RATE, "server.deadline = \"1s\"").await;
    // Its answer tells the limit.
    assert_eq!(fleet.gateways[0].get(&fresh_path()).await.status(), 404);
    let outcome = fleet.load(Duration::from_millis(5), Duration::from_secs(5)).await;
    fleet.assert_within_the_limit();
    assert!(outcome.others.is_empty() && outcome.answered >= RATE.calls as usize, "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_callers_of_any_gateway_go_before_the_batches_of_all() {
    let _alone = alone().await;
    let redis = Redis::start();
    let fleet = Fleet::with(&redis.url(), RATE, "server.deadline = \"6s\"").await;
    let ids: Vec<_> = (0..200).map(|_| fresh_path().replace("/contacts/", "")).collect();
    let request = fleet.gateways[0].request(Method::POST, "/contacts/batch/read");
    let body = json!({ "ids": ids }).to_string();
    let batch = request.header("content-type", "application/json").body(body).send();
    let (answer, outcome) = tokio::join!(batch, fleet.load(Duration::from_millis(20), Duration::from_secs(6)));
    assert_eq!(answer.unwrap().status(), 200);
    fleet.assert_within_the_limit();
    assert!(outcome.others.is_empty(), "{outcome:?}");
    let ids: HashSet<_> = ids.iter().map(|id| id.replace("periskope:", "")).collect();
    let seen = fleet.provider.seen();
    let is_batch = |target: &str| target.rsplit('/').next().is_some_and(|id| ids.contains(id));
    let of_batch = seen.iter().filter(|seen| is_batch(&seen.target)).count();
    // A tenth, and what was free before the others came.
    assert!(of_batch > 0 && of_batch * 3 <= seen.len(), "{of_batch} of {}", seen.len());
}
