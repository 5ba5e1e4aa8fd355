//! The budget that all gateways have together.

use std::time::Duration;

use providers::Rate;

use crate::{fleet::Fleet, load::alone, redis::Redis};

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
