//! Redis in every kind of trouble, under load: whatever happens to it, the provider never gets more than it allows.

use std::time::Duration;

use providers::Rate;
use tokio::time::sleep;

use crate::{
    fleet::{Fleet, PLENTY},
    gateway::Gateway,
    load::{alone, fresh_path},
    proxy::Proxy,
    redis::Redis,
};

const RATE: Rate = Rate::per_seconds(20, 1);
/// Ten times as much.
const PAUSE: Duration = Duration::from_millis(5);

/// `SEED=N` repeats what chance did in a run that printed that seed.
fn chance() -> fastrand::Rng {
    let seed = std::env::var("SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| fastrand::u64(..));
    println!("SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_and_frozen_at_random_moments_it_never_lets_the_limit_be_exceeded() {
    let _alone = alone().await;
    let (mut redis, mut chance) = (Redis::start(), chance());
    let fleet = Fleet::with(&redis.url(), RATE, "server.deadline = \"1s\"").await;
    let milliseconds = |chance: &mut fastrand::Rng, most| Duration::from_millis(chance.u64(0..most));
    let load = fleet.load(PAUSE, Duration::from_secs(40));
    let trouble = async {
        for _ in 0..8 {
            sleep(milliseconds(&mut chance, 3000)).await;
            let while_gone = milliseconds(&mut chance, 1500);
            match chance.u8(0..4) {
                0 => {
                    redis.freeze();
                    sleep(while_gone).await;
                    redis.thaw();
                }
                1 => redis.ask::<()>("FLUSHALL"),
                // Long enough for the gateways to go on alone, or not.
                kind => {
                    redis.kill();
                    sleep(while_gone * if kind == 2 { 1 } else { 5 }).await;
                    redis.restart();
                }
            }
        }
    };
    let (outcome, ()) = tokio::join!(load, trouble);
    fleet.assert_within_the_limit();
    assert!(outcome.others.is_empty(), "{outcome:?}");
    // In the worst case, it was there for a moment now and then.
    assert!(outcome.answered > 5 * RATE.calls as usize, "{outcome:?}");
}

/// Asks each gateway for contacts that there are; all must be answered, whatever is wrong with Redis.
async fn all_answer(fleet: &Fleet) {
    for number in 0..8 {
        for gateway in &fleet.gateways {
            // The first is in every memory, the others are not.
            for id in ["periskope:919537851844".to_owned(), fresh_path().replace("/contacts/", "")] {
                let answer = gateway.get(&format!("/contacts/{id}")).await;
                assert!(matches!(answer.status().as_u16(), 200 | 404), "{number}: {answer:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_redis_is_a_miss_and_no_error() {
    let _alone = alone().await;
    let redis = Redis::start();
    let proxy = Proxy::start(redis.socket()).await;
    let fleet = Fleet::start(&proxy.url(), PLENTY).await;
    for delay in [20, 60, 200, 2000] {
        proxy.delay(Duration::from_millis(delay));
        if delay < 1000 {
            all_answer(&fleet).await;
        } else {
            // As good as none: each gateway has its share, once the others' calls count no more.
            fleet.lost().await;
            fleet.goes_on().await;
            all_answer(&fleet).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_that_break_off_are_no_answers() {
    let _alone = alone().await;
    let (redis, mut chance) = (Redis::start(), chance());
    let proxy = Proxy::start(redis.socket()).await;
    let fleet = Fleet::with(&proxy.url(), RATE, "server.deadline = \"1s\"").await;
    let cutting = async {
        for _ in 0..60 {
            proxy.cut_after(chance.usize(1..20_000));
            sleep(Duration::from_millis(100)).await;
        }
        proxy.cut_after(usize::MAX);
    };
    let (outcome, ()) = tokio::join!(fleet.load(PAUSE, Duration::from_secs(10)), cutting);
    fleet.assert_within_the_limit();
    assert!(outcome.others.is_empty(), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_redis_keeps_no_page_and_counts_all_the_same() {
    let _alone = alone().await;
    let redis = Redis::with(&["--maxmemory", "1", "--maxmemory-policy", "noeviction"]);
    let fleet = Fleet::with(&redis.url(), RATE, "server.deadline = \"1s\"").await;
    let time = Duration::from_secs(5);
    let outcome = fleet.load(PAUSE, time).await;
    fleet.assert_within_the_limit();
    assert!(outcome.others.is_empty(), "{outcome:?}");
    let (used, possible) = (fleet.calls_within(time), 5 * RATE.calls as usize);
    assert!(used * 10 >= possible * 7, "{used} of {possible}");
    assert!(redis.ask::<Vec<String>>("KEYS *:page:*").is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metrics_tell_whether_there_is_redis() {
    let mut redis = Redis::start();
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let has = async |gateway: &Gateway, line: &str| {
        let text = gateway.get("/metrics").await.text().await.unwrap();
        text.lines().any(|one| one == format!("contact_gateway_redis_{line}"))
    };
    for gateway in &fleet.gateways {
        // Told with the next beat.
        while !has(gateway, "gateways 3").await {
            tokio::task::yield_now().await;
        }
        assert!(has(gateway, "connected 1").await && has(gateway, "unanswered_total 0").await);
    }
    redis.kill();
    fleet.lost().await;
    for gateway in &fleet.gateways {
        assert!(has(gateway, "connected 0").await && has(gateway, "gateways 3").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_redis_each_gateway_goes_on_with_its_share() {
    let _alone = alone().await;
    let mut redis = Redis::start();
    let fleet = Fleet::with(&redis.url(), RATE, "server.deadline = \"1s\"").await;
    fleet.load(PAUSE, Duration::from_secs(2)).await;
    redis.kill();
    fleet.lost().await;
    // A window and the longest calls later, nothing of what the others have done counts any more.
    fleet.goes_on().await;
    let before = fleet.provider.take_seen().len();
    fleet.load(PAUSE, Duration::from_secs(4)).await;
    assert!(before >= RATE.calls as usize);
    fleet.assert_within_the_limit();
    let (used, shares) = (fleet.calls_within(Duration::from_secs(4)), 4 * 3 * (RATE.calls as usize / 3));
    assert!(used * 10 >= shares * 8, "{used} of {shares}");
    redis.restart();
    fleet.connected(2).await;
    fleet.load(PAUSE, Duration::from_secs(2)).await;
    fleet.assert_within_the_limit();
}
