//! The budget against an upstream that counts calls in windows of its own, on a paused clock.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use proptest::prelude::*;
use providers::{
    Rate,
    upstream::{Budget, Limits},
};
use tokio::time::{Instant, sleep, sleep_until};

/// When calls reached the upstream.
type Arrivals = Arc<Mutex<Vec<Instant>>>;

fn paused<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(test)
}

/// Makes one call whose way there and back take the given time.
async fn call(budget: Arc<Budget>, deadline: Instant, there: Duration, back: Duration, arrivals: Arrivals) -> bool {
    let Ok(permit) = budget.acquire(deadline).await else { return false };
    sleep(there).await;
    arrivals.lock().unwrap().push(Instant::now());
    sleep(back).await;
    permit.answered();
    true
}

/// The most calls that arrived in any half-open stretch of one window.
fn most_in_a_window(arrivals: &[Instant], window: Duration) -> usize {
    let mut sorted = arrivals.to_vec();
    sorted.sort_unstable();
    let count = |start: &Instant| sorted.iter().filter(|at| (*start..*start + window).contains(at)).count();
    sorted.iter().map(count).max().unwrap_or(0)
}

#[test]
fn ten_times_the_demand_uses_the_whole_budget_and_never_more() {
    paused(async {
        let rate = Rate::per_seconds(10, 60);
        let (budget, arrivals) = (Arc::new(Budget::new(rate)), Arrivals::default());
        let start = Instant::now();
        let deadline = start + Duration::from_secs(600);
        let (there, back) = (Duration::from_millis(20), Duration::from_millis(30));
        let calls = (0..200).map(|_| tokio::spawn(call(budget.clone(), deadline, there, back, arrivals.clone())));
        for one in calls.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        let arrivals = arrivals.lock().unwrap();
        assert_eq!(most_in_a_window(&arrivals, rate.per), 10);
        let possible = 10 * 10;
        assert!(arrivals.len() * 100 >= possible * 95, "{} of {possible}", arrivals.len());
    });
}

#[test]
fn who_comes_first_goes_first() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(2, 1)));
        let (order, deadline) = (Arc::new(Mutex::new(Vec::new())), Instant::now() + Duration::from_secs(60));
        let mut calls = Vec::new();
        for number in 0..20 {
            let (budget, order) = (budget.clone(), order.clone());
            calls.push(tokio::spawn(async move {
                let permit = budget.acquire(deadline).await.unwrap();
                order.lock().unwrap().push(number);
                permit.answered();
            }));
            tokio::task::yield_now().await;
        }
        for one in calls {
            one.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    });
}

#[test]
fn whoever_cannot_be_in_time_is_told_at_once_and_truly_when_to_come_back() {
    paused(async {
        let budget = Budget::new(Rate::per_seconds(1, 60));
        let start = Instant::now();
        budget.acquire(start).await.unwrap().answered();
        let refused = budget.acquire(start + Duration::from_secs(10)).await.unwrap_err();
        assert_eq!(Instant::now(), start, "told at once");
        assert!((Duration::from_secs(60)..Duration::from_secs(61)).contains(&refused.retry_after));
        sleep(refused.retry_after).await;
        budget.acquire(Instant::now()).await.expect("a call after that time goes through at once").answered();
    });
}

#[test]
fn a_waiter_that_gives_up_leaves_its_turn_to_the_next() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(1, 10)));
        let deadline = Instant::now() + Duration::from_secs(100);
        budget.acquire(deadline).await.unwrap().answered();
        let gone = tokio::time::timeout(Duration::from_secs(5), budget.acquire(deadline)).await;
        assert!(gone.is_err());
        let start = Instant::now();
        budget.acquire(deadline).await.unwrap().answered();
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    });
}

#[test]
fn a_call_that_never_left_costs_nothing() {
    paused(async {
        let budget = Budget::new(Rate::per_seconds(1, 60));
        let start = Instant::now();
        for _ in 0..100 {
            budget.acquire(start).await.unwrap().unused();
        }
        assert_eq!(Instant::now(), start);
    });
}

#[test]
fn a_lower_limit_and_calls_of_others_are_learned_from_the_answers() {
    paused(async {
        let start = Instant::now();
        let budget = Budget::new(Rate::per_seconds(10, 60));
        budget.acquire(start).await.unwrap().answered();
        // Five a window, of which others have used three.
        budget.learn(&Limits { limit: Some(5), remaining: Some(1), reset_in: Some(Duration::from_secs(30)) });
        budget.acquire(start).await.unwrap().answered();
        let refused = budget.acquire(start).await.unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_secs(30), "the others' calls are forgotten with their window");
    });
}

#[test]
fn headers_that_repeat_what_we_know_change_nothing() {
    paused(async {
        let start = Instant::now();
        let budget = Budget::new(Rate::per_seconds(10, 1));
        for remaining in (0..10).rev() {
            budget.acquire(start).await.unwrap().answered();
            let reset_in = Some(Duration::from_secs(2));
            budget.learn(&Limits { limit: Some(10), remaining: Some(remaining), reset_in });
        }
        assert!(budget.acquire(start).await.unwrap_err().retry_after <= Duration::from_millis(1010));
    });
}

#[test]
fn a_pause_holds_everybody_back_and_tells_those_who_cannot_wait() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(1, 1)));
        let start = Instant::now();
        budget.acquire(start).await.unwrap().answered();
        let waiting = tokio::spawn({
            let budget = budget.clone();
            async move { budget.acquire(start + Duration::from_secs(5)).await.map(drop) }
        });
        tokio::task::yield_now().await;
        budget.pause(Duration::from_secs(42));
        let told = waiting.await.unwrap().unwrap_err();
        assert_eq!(Instant::now(), start);
        assert!(told.retry_after >= Duration::from_secs(42));
        let patient = start + Duration::from_secs(60);
        budget.acquire(patient).await.unwrap().answered();
        assert_eq!(start.elapsed(), Duration::from_secs(42));
    });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// However slow the ways are and however the demand comes, no window is ever exceeded, wherever it starts. The one
    /// condition is the one in the budget's description: no round trip is much faster than the fastest seen before.
    #[test]
    fn no_window_is_ever_exceeded(
        limit in 1u32..20,
        window in 200u64..5_000,
        calls in prop::collection::vec((0u64..3_000, 0u64..400, 0u64..400), 1..120),
    ) {
        paused(async move {
            let rate = Rate { calls: limit, per: Duration::from_millis(window) };
            let (budget, arrivals) = (Arc::new(Budget::new(rate)), Arrivals::default());
            let start = Instant::now();
            let deadline = start + Duration::from_secs(3_600);
            let fastest = (Duration::from_millis(5), Duration::from_millis(5));
            call(budget.clone(), deadline, fastest.0, fastest.1, arrivals.clone()).await;
            let tasks: Vec<_> = calls.into_iter().map(|(at, there, back)| {
                let (budget, arrivals) = (budget.clone(), arrivals.clone());
                tokio::spawn(async move {
                    sleep_until(start + Duration::from_millis(at)).await;
                    let ms = Duration::from_millis;
                    call(budget, deadline, fastest.0 + ms(there), fastest.1 + ms(back), arrivals).await
                })
            }).collect();
            for task in tasks {
                prop_assert!(task.await.unwrap());
            }
            prop_assert!(most_in_a_window(&arrivals.lock().unwrap(), rate.per) <= limit as usize);
            Ok(())
        })?;
    }
}
