//! The breaker, on a paused clock.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on should stop")]

use std::time::Duration;

use proptest::prelude::*;
use providers::{
    Error, ErrorKind,
    upstream::{Breaker, Change},
};
use tokio::time::{Instant, advance};

fn paused<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap().block_on(test)
}

fn error(kind: ErrorKind) -> Error {
    Error::new(kind, "as arranged")
}

/// Makes a call that ends like this.
fn call(breaker: &Breaker, error: Option<&Error>) -> Option<Change> {
    breaker.enter().expect("the breaker lets it through").settle(error)
}

/// Fails until the breaker opens; the pause.
fn open(breaker: &Breaker) -> Duration {
    for _ in 0..20 {
        if let Some(Change::Opened(pause)) = call(breaker, Some(&error(ErrorKind::Unavailable))) {
            return pause;
        }
    }
    panic!("it never opens")
}

/// The pause after a probe that fails.
async fn fail_probe(breaker: &Breaker, pause: Duration) -> Duration {
    advance(pause).await;
    let change = call(breaker, Some(&error(ErrorKind::Timeout)));
    let Some(Change::Opened(pause)) = change else { panic!("{change:?}") };
    pause
}

#[test]
fn five_failures_in_a_row_open_it_and_callers_are_told_when_to_come_back() {
    paused(async {
        let breaker = Breaker::new();
        for _ in 0..4 {
            assert_eq!(call(&breaker, Some(&error(ErrorKind::Timeout))), None);
        }
        let Some(Change::Opened(pause)) = call(&breaker, Some(&error(ErrorKind::Timeout))) else { panic!("closed") };
        let refusal = breaker.enter().unwrap_err();
        assert_eq!((refusal.kind(), refusal.retry_after()), (ErrorKind::Unavailable, Some(pause)));
        assert!(refusal.is_foreseen());
    });
}

#[test]
fn what_an_upstream_answers_properly_is_no_failure() {
    paused(async {
        let breaker = Breaker::new();
        for kind in [ErrorKind::InvalidAnswer, ErrorKind::InvalidId, ErrorKind::RateLimited, ErrorKind::Unsupported] {
            for _ in 0..100 {
                assert_eq!(call(&breaker, Some(&error(kind))), None, "{kind}");
            }
        }
    });
}

#[test]
fn one_probe_at_a_time_finds_out_whether_the_upstream_is_back() {
    paused(async {
        let breaker = Breaker::new();
        let pause = open(&breaker);
        advance(pause).await;
        let probe = breaker.enter().unwrap();
        assert!(breaker.admits().is_err() && breaker.enter().is_err());
        assert_eq!(probe.settle(None), Some(Change::Closed));
        assert!(breaker.enter().is_ok() && breaker.enter().is_ok());
    });
}

#[test]
fn a_probe_that_is_given_up_leaves_its_place_to_the_next_call() {
    paused(async {
        let breaker = Breaker::new();
        let pause = open(&breaker);
        advance(pause).await;
        drop(breaker.enter().unwrap());
        assert_eq!(call(&breaker, None), Some(Change::Closed));
    });
}

#[test]
fn pauses_grow_up_to_half_a_minute_and_shrink_once_it_has_closed() {
    paused(async {
        let breaker = Breaker::new();
        let mut pause = open(&breaker);
        let mut whole = Duration::from_secs(1);
        for _ in 0..10 {
            assert!((whole / 2..=whole).contains(&pause), "{pause:?} of {whole:?}");
            pause = fail_probe(&breaker, pause).await;
            whole = (whole * 2).min(Duration::from_secs(30));
        }
        advance(pause).await;
        assert_eq!(call(&breaker, None), Some(Change::Closed));
        assert!(open(&breaker) <= Duration::from_secs(1));
    });
}

#[test]
fn credentials_that_are_rejected_open_it_at_once_for_longer_and_say_so() {
    paused(async {
        let breaker = Breaker::new();
        let rejected = error(ErrorKind::RejectedCredentials).for_all();
        let Some(Change::Opened(pause)) = call(&breaker, Some(&rejected)) else { panic!("it must open") };
        assert!(pause >= Duration::from_secs(5), "{pause:?}");
        assert_eq!(breaker.admits().unwrap_err().kind(), ErrorKind::RejectedCredentials);
        advance(pause).await;
        assert_eq!(call(&breaker, None), Some(Change::Closed));
    });
}

#[test]
fn another_trouble_than_the_one_before_begins_with_its_own_first_pause() {
    paused(async {
        let breaker = Breaker::new();
        let mut pause = open(&breaker);
        for _ in 0..6 {
            pause = fail_probe(&breaker, pause).await;
        }
        advance(pause).await;
        let rejected = error(ErrorKind::RejectedCredentials).for_all();
        let Some(Change::Opened(pause)) = call(&breaker, Some(&rejected)) else { panic!("it stays open") };
        assert!(pause <= Duration::from_secs(10), "{pause:?}");
        assert!(fail_probe(&breaker, pause).await <= Duration::from_secs(1));
    });
}

#[test]
fn a_rejection_that_concerns_one_id_closes_nobody_out() {
    paused(async {
        let breaker = Breaker::new();
        for _ in 0..100 {
            assert_eq!(call(&breaker, Some(&error(ErrorKind::RejectedCredentials))), None);
        }
    });
}

#[test]
fn those_who_wait_for_something_else_hear_that_it_opens() {
    paused(async {
        let breaker = std::sync::Arc::new(Breaker::new());
        let waiting = tokio::spawn({
            let breaker = breaker.clone();
            async move { breaker.opened().await }
        });
        tokio::task::yield_now().await;
        open(&breaker);
        assert_eq!(waiting.await.unwrap().kind(), ErrorKind::Unavailable);
    });
}

proptest! {
    /// Against a model: it opens exactly when half of the last twenty calls of the last minute, of at least five, have failed;
    /// lets nobody through during its pause; and closes with the first success after it.
    #[test]
    fn it_opens_on_the_rate_of_failures_and_on_nothing_else(
        calls in prop::collection::vec((any::<bool>(), 0u64..20_000), 1..200),
    ) {
        paused(async move {
            let breaker = Breaker::new();
            let mut recent: Vec<(Instant, bool)> = Vec::new();
            let mut open_until: Option<Instant> = None;
            for (fails, wait) in calls {
                advance(Duration::from_millis(wait)).await;
                let now = Instant::now();
                if open_until.is_some_and(|until| until > now) {
                    prop_assert!(breaker.enter().is_err());
                    continue;
                }
                let failure = error(ErrorKind::Unavailable);
                let change = call(&breaker, fails.then_some(&failure));
                recent.push((now, fails));
                let window: Vec<_> = recent.iter().rev().take(20)
                    .take_while(|(at, _)| now - *at <= Duration::from_secs(60)).collect();
                let failed = window.iter().filter(|(_, failed)| *failed).count();
                let opens = fails && (open_until.is_some() || (window.len() >= 5 && failed * 2 >= window.len()));
                match change {
                    Some(Change::Opened(pause)) => {
                        prop_assert!(opens);
                        open_until = Some(now + pause);
                    }
                    Some(Change::Closed) => {
                        prop_assert!(!fails && open_until.is_some());
                        open_until = None;
                        recent.clear();
                    }
                    None => prop_assert!(!opens && open_until.is_none()),
                }
            }
            Ok(())
        })?;
    }
}
