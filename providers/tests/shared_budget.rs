//! A budget beside a ledger that can forget, on a paused clock.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use providers::{
    Call, Ledger, Priority, Rate,
    upstream::{Budget, Ended, Entry, Learned, Word},
};
use tokio::time::{Instant, sleep};

const RATE: Rate = Rate::per_seconds(6, 1);
const LONGEST: Duration = Duration::from_secs(2);
/// How many processes the ledger counts for.
const PROCESSES: u32 = 3;

/// A ledger that always says yes, and takes note of what it is told.
#[derive(Debug, Default)]
struct Yes {
    is_own: Mutex<Vec<bool>>,
    lost: Mutex<Option<Instant>>,
}

#[async_trait]
impl Ledger for Yes {
    async fn begin(&self, entry: Entry) -> Option<Word> {
        self.is_own.lock().unwrap().push(entry.is_own);
        Some(Word { turn: Ok(1), is_whole: true, limit: (RATE.calls, RATE.per), used: 1 })
    }

    fn begin_alone(&self, _: Duration) -> Option<u64> {
        None
    }

    fn end(&self, _: u64, _: Ended) {}

    fn pause(&self, _: Rate, _: Duration, _: Learned) {}

    fn unknown_until(&self) -> Option<Instant> {
        *self.lost.lock().unwrap()
    }

    fn share(&self, calls: u32) -> u32 {
        calls / PROCESSES
    }
}

#[tokio::test(start_paused = true)]
async fn a_ledger_that_forgot_while_nobody_asked_it_is_told_what_the_share_allows() {
    let ledger = Arc::new(Yes::default());
    let budget = Budget::shared(RATE, Arc::clone(&ledger) as _, LONGEST);
    let ask = async || {
        let call = Call::new(Instant::now() + Duration::from_secs(60), Priority::Live);
        // It has ended when it is dropped.
        drop(budget.acquire(&call).await.unwrap());
        *ledger.is_own.lock().unwrap().last().unwrap()
    };
    assert!(ask().await, "one call is less than the share");
    *ledger.lost.lock().unwrap() = Some(Instant::now());
    assert!(!ask().await, "the others may have used everything");
    sleep(LONGEST + RATE.per * 2).await;
    assert!(ask().await && ask().await, "what the others have used counts no more");
    assert!(!ask().await, "the share is used");
}
