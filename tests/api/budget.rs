//! The providers' rate limits, as callers and providers see them.

use std::time::Duration;

use futures_util::future::join_all;

use crate::site::{Site, upstream};

#[tokio::test]
async fn ten_times_the_demand_earns_no_429_and_uses_the_budget() {
    // Two windows' worth is answered in time; the rest is told at once that it can't be.
    let site = Site::over([upstream("periskope", "periskope").rate(10, 2000)], "server.deadline = \"3s\"").await;
    let answers = join_all((0..200).map(|n| {
        let site = &site;
        async move { site.get(&format!("/contacts/periskope:1000000{n:04}")).await }
    }))
    .await;
    let seen = site.upstream("periskope").seen();
    assert_eq!(seen.iter().filter(|seen| seen.status == 429).count(), 0);
    // Ten at once and ten a window later; on a slow machine, some come late enough to see a third window.
    assert!((20..=30).contains(&seen.len()), "{}", seen.len());
    for refused in answers.iter().filter(|answer| answer.status != 404) {
        assert_eq!((refused.status.as_u16(), refused.problem().as_str()), (503, "provider-rate-limited"));
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        assert_eq!(refused.json()["retryable"], true);
    }
}

#[tokio::test]
async fn a_used_up_budget_does_not_keep_cached_contacts_away() {
    let site = Site::over([upstream("periskope", "periskope").rate(1, 60_000)], "server.deadline = \"200ms\"").await;
    assert_eq!(site.get("/contacts/periskope:919537851844").await.status, 200);
    let refused = site.get("/contacts/periskope:10000000001").await;
    assert_eq!(refused.problem(), "provider-rate-limited");
    let wait = Duration::from_secs(refused.header("retry-after").parse().unwrap());
    assert!((Duration::from_secs(55)..=Duration::from_secs(61)).contains(&wait), "true: {wait:?}");
    assert_eq!(site.get("/contacts/periskope:919537851844").await.status, 200);
}

#[tokio::test]
async fn one_instances_budget_is_not_anothers() {
    let upstreams = [upstream("one", "periskope").rate(1, 60_000), upstream("two", "periskope").rate(1, 60_000)];
    let site = Site::over(upstreams, "server.deadline = \"200ms\"").await;
    for name in ["one", "two"] {
        assert_eq!(site.get(&format!("/contacts/{name}:919537851844")).await.status, 200);
    }
}
