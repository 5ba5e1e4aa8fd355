//! The budget against an upstream that counts calls in windows of its own, on a paused clock.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use proptest::prelude::*;
use providers::{
    Call, Priority, Rate,
    upstream::{Budget, Limits, ResetUnit},
};
use tokio::time::{Instant, sleep, sleep_until};

/// When calls reached the upstream.
type Arrivals = Arc<Mutex<Vec<Instant>>>;

fn paused<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(test)
}

/// An answer without a word of the limit.
const SAYS_NOTHING: Limits =
    Limits { unit: ResetUnit::Milliseconds, limit: None, remaining: None, reset_in: None, reset_at: None };

/// Somebody who waits until then.
fn by(deadline: Instant) -> Call {
    Call::new(deadline, Priority::Live)
}

/// Makes one call whose way there and back take the given time.
async fn call(budget: Arc<Budget>, deadline: Instant, there: Duration, back: Duration, arrivals: Arrivals) -> bool {
    let Ok(permit) = budget.acquire(&by(deadline)).await else { return false };
    sleep(there).await;
    arrivals.lock().unwrap().push(Instant::now());
    sleep(back).await;
    permit.answered(&SAYS_NOTHING);
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
fn turns_come_so_early_that_the_answers_come_in_time() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(20, 1)));
        let latency = Duration::from_millis(100);
        let mut calls = Vec::new();
        for _ in 0..4000 {
            let budget = budget.clone();
            let deadline = Instant::now() + Duration::from_secs(1);
            calls.push(tokio::spawn(async move {
                let permit = budget.acquire(&by(deadline)).await.ok()?;
                sleep(latency).await;
                permit.answered(&SAYS_NOTHING);
                Some(Instant::now() <= deadline)
            }));
            sleep(Duration::from_millis(5)).await;
        }
        let (mut in_time, mut late) = (0, 0);
        for one in calls {
            match one.await.unwrap() {
                Some(true) => in_time += 1,
                Some(false) => late += 1,
                None => {}
            }
        }
        assert!(late <= 5, "{late} of {in_time} were in vain");
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
                let permit = budget.acquire(&by(deadline)).await.unwrap();
                order.lock().unwrap().push(number);
                permit.answered(&SAYS_NOTHING);
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
        budget.acquire(&by(start)).await.unwrap().answered(&SAYS_NOTHING);
        let refused = budget.acquire(&by(start + Duration::from_secs(10))).await.unwrap_err();
        assert_eq!(Instant::now(), start, "told at once");
        assert!((Duration::from_secs(60)..Duration::from_secs(61)).contains(&refused.retry_after));
        sleep(refused.retry_after).await;
        budget
            .acquire(&by(Instant::now()))
            .await
            .expect("a call after that time goes through at once")
            .answered(&SAYS_NOTHING);
    });
}

#[test]
fn a_waiter_that_gives_up_leaves_its_turn_to_the_next() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(1, 10)));
        let deadline = Instant::now() + Duration::from_secs(100);
        budget.acquire(&by(deadline)).await.unwrap().answered(&SAYS_NOTHING);
        let gone = tokio::time::timeout(Duration::from_secs(5), budget.acquire(&by(deadline))).await;
        assert!(gone.is_err());
        let start = Instant::now();
        budget.acquire(&by(deadline)).await.unwrap().answered(&SAYS_NOTHING);
        assert!(start.elapsed() < Duration::from_secs(6), "{:?}", start.elapsed());
    });
}

#[test]
fn a_call_that_never_left_costs_nothing() {
    paused(async {
        let budget = Budget::new(Rate::per_seconds(1, 60));
        let start = Instant::now();
        for _ in 0..100 {
            budget.acquire(&by(start)).await.unwrap().unused();
        }
        assert_eq!(Instant::now(), start);
    });
}

#[test]
fn a_lower_limit_and_calls_of_others_are_learned_from_the_answers() {
    paused(async {
        let start = Instant::now();
        let budget = Budget::new(Rate::per_seconds(10, 60));
        // Five a window, of which others have used three.
        let reset_in = Some(Duration::from_secs(30));
        let said = Limits { limit: Some(5), remaining: Some(1), reset_in, ..SAYS_NOTHING };
        budget.acquire(&by(start)).await.unwrap().answered(&said);
        budget.acquire(&by(start)).await.unwrap().answered(&SAYS_NOTHING);
        let refused = budget.acquire(&by(start)).await.unwrap_err();
        assert_eq!(refused.retry_after, Duration::from_secs(30), "the others' calls are forgotten with their window");
    });
}

#[test]
fn headers_that_repeat_what_we_know_change_nothing() {
    paused(async {
        let start = Instant::now();
        let budget = Budget::new(Rate::per_seconds(10, 1));
        for remaining in (0..10).rev() {
            let reset_in = Some(Duration::from_secs(2));
            let said = Limits { limit: Some(10), remaining: Some(remaining), reset_in, ..SAYS_NOTHING };
            budget.acquire(&by(start)).await.unwrap().answered(&said);
        }
        assert!(budget.acquire(&by(start)).await.unwrap_err().retry_after <= Duration::from_millis(1010));
    });
}

#[test]
fn a_pause_holds_everybody_back_and_tells_those_who_cannot_wait() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(1, 1)));
        let start = Instant::now();
        budget.acquire(&by(start)).await.unwrap().answered(&SAYS_NOTHING);
        let waiting = tokio::spawn({
            let budget = budget.clone();
            async move { budget.acquire(&by(start + Duration::from_secs(5))).await.map(drop) }
        });
        tokio::task::yield_now().await;
        budget.refused(Duration::from_secs(42));
        let told = waiting.await.unwrap().unwrap_err();
        assert_eq!(Instant::now(), start);
        assert!(told.retry_after >= Duration::from_secs(42));
        let patient = start + Duration::from_secs(60);
        budget.acquire(&by(patient)).await.unwrap().answered(&SAYS_NOTHING);
        assert_eq!(start.elapsed(), Duration::from_secs(42));
    });
}

#[test]
fn live_callers_go_first_and_batches_get_a_tenth() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(1, 1)));
        let (order, deadline) = (Arc::new(Mutex::new(Vec::new())), Instant::now() + Duration::from_secs(600));
        budget.acquire(&by(deadline)).await.unwrap().answered(&SAYS_NOTHING);
        let mut calls = Vec::new();
        for priority in [[Priority::Batch; 5].as_slice(), &[Priority::Live; 25]].concat() {
            let (budget, order) = (budget.clone(), order.clone());
            calls.push(tokio::spawn(async move {
                let permit = budget.acquire(&Call::new(deadline, priority)).await.unwrap();
                order.lock().unwrap().push(priority);
                permit.answered(&SAYS_NOTHING);
            }));
            tokio::task::yield_now().await;
        }
        for one in calls {
            one.await.unwrap();
        }
        let order = order.lock().unwrap();
        let batches: Vec<_> = (0..30).filter(|turn| order[*turn] == Priority::Batch).collect();
        assert_eq!(batches, [9, 19, 27, 28, 29]);
    });
}

#[test]
fn what_a_batch_has_asked_for_goes_first_once_somebody_waits_for_it() {
    paused(async {
        let budget = Arc::new(Budget::new(Rate::per_seconds(1, 10)));
        let deadline = Instant::now() + Duration::from_secs(600);
        budget.acquire(&by(deadline)).await.unwrap().answered(&SAYS_NOTHING);
        let raised = Call::new(deadline, Priority::Batch);
        let mut waiting = Vec::new();
        for call in [Call::new(deadline, Priority::Batch), raised.clone()] {
            let budget = budget.clone();
            waiting.push(tokio::spawn(async move {
                budget.acquire(&call).await.unwrap().answered(&SAYS_NOTHING);
                Instant::now()
            }));
            tokio::task::yield_now().await;
        }
        raised.raise();
        let second = waiting.pop().unwrap().await.unwrap();
        let first = waiting.pop().unwrap().await.unwrap();
        assert!(second < first, "the raised one overtakes");
    });
}

#[test]
fn without_a_limit_nobody_waits_until_the_upstream_says_otherwise() {
    paused(async {
        let start = Instant::now();
        let budget = Budget::new(Rate { calls: Rate::UNLIMITED, per: Duration::from_secs(1) });
        let mut permits = Vec::new();
        budget.acquire(&by(start)).await.unwrap().answered(&SAYS_NOTHING);
        for _ in 0..10_000 {
            permits.push(budget.acquire(&by(start)).await.unwrap());
        }
        let said =
            Limits { limit: Some(5), remaining: Some(0), reset_in: Some(Duration::from_secs(1)), ..SAYS_NOTHING };
        permits.into_iter().for_each(|permit| permit.answered(&said));
        assert!(budget.acquire(&by(start)).await.is_err());
        budget.acquire(&by(start + Duration::from_secs(2))).await.unwrap().answered(&SAYS_NOTHING);
    });
}

#[test]
fn the_first_call_goes_alone_because_its_answer_tells_what_is_left() {
    paused(async {
        let (budget, start) = (Arc::new(Budget::new(Rate::per_seconds(10, 60))), Instant::now());
        let first = budget.acquire(&by(start)).await.unwrap();
        let others: Vec<_> = (0..9)
            .map(|_| {
                let budget = budget.clone();
                tokio::spawn(async move {
                    let permit = budget.acquire(&by(start + Duration::from_secs(5))).await;
                    permit.map(|permit| permit.answered(&SAYS_NOTHING)).is_ok()
                })
            })
            .collect();
        sleep(Duration::from_millis(100)).await;
        // A process before this one has used seven.
        let reset_in = Some(Duration::from_secs(40));
        first.answered(&Limits { limit: Some(10), remaining: Some(2), reset_in, ..SAYS_NOTHING });
        let mut sent = 0;
        for other in others {
            sent += usize::from(other.await.unwrap());
        }
        assert_eq!((sent, start.elapsed()), (2, Duration::from_millis(100)));
    });
}

#[test]
fn a_first_call_that_is_not_answered_holds_nobody_up_for_long() {
    paused(async {
        let (budget, start) = (Budget::new(Rate::per_seconds(10, 60)), Instant::now());
        let _silent = budget.acquire(&by(start)).await.unwrap();
        let _second = budget.acquire(&by(start + Duration::from_secs(5))).await.unwrap();
        assert_eq!(start.elapsed(), Duration::from_millis(500));
    });
}

#[test]
fn calls_that_are_given_up_on_their_way_exceed_no_window() {
    paused(async {
        let (limit, window) = (10, Duration::from_secs(1));
        let (budget, arrivals) = (Arc::new(Budget::new(Rate { calls: limit, per: window })), Arrivals::default());
        let deadline = Instant::now() + Duration::from_secs(600);
        let (there, back) = (Duration::from_millis(5), Duration::from_millis(95));
        for _ in 0..110 {
            call(budget.clone(), deadline, there, back, arrivals.clone()).await;
        }
        let mut calls = Vec::new();
        for number in 0..100 {
            let (budget, arrivals) = (budget.clone(), arrivals.clone());
            calls.push(tokio::spawn(async move {
                if number >= 30 {
                    call(budget, deadline, there, back, arrivals).await;
                    return;
                }
                let permit = budget.acquire(&by(deadline)).await.unwrap();
                sleep(Duration::from_millis(60)).await;
                drop(permit);
                sleep(Duration::from_millis(20)).await;
                arrivals.lock().unwrap().push(Instant::now());
            }));
        }
        for one in calls {
            one.await.unwrap();
        }
        assert!(most_in_a_window(&arrivals.lock().unwrap(), window) <= limit as usize);
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
