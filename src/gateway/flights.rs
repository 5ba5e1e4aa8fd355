//! One question per id at a time, however many wait for its answer.
//!
//! moka can coalesce too, but ties the load to the caller that came first: if that one leaves, another has to start
//! again. Here the load is a task of its own, which nobody's leaving or lateness stops.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;
use providers::{Call, Priority};
use tokio::{runtime::Handle, sync::watch, time::Instant};

use super::{Failure, Page};

/// What a flight brings.
pub(super) type Outcome = Result<Page, Failure>;

/// The flights under way.
#[derive(Debug)]
pub(super) struct Flights {
    runtime: Handle,
    flying: Flying,
    started: AtomicU64,
}

type Flying = Arc<Mutex<HashMap<Arc<str>, UnderWay>>>;

#[derive(Debug, Clone)]
struct UnderWay {
    landing: watch::Receiver<Option<Outcome>>,
    call: Call,
    number: u64,
}

/// A seat on a flight. Giving it up stops nothing.
pub(super) struct Seat {
    landing: watch::Receiver<Option<Outcome>>,
    /// Whether somebody else had started the flight.
    pub(super) collapsed: bool,
    /// What the flight is for.
    pub(super) call: Call,
}

impl Flights {
    /// Loads will run on this runtime.
    pub(super) fn new(runtime: Handle) -> Self {
        Self { runtime, flying: Flying::default(), started: AtomicU64::new(0) }
    }

    /// Takes a seat on the flight to this key; starts it if there is none. A flight that was of no hurry hurries once
    /// somebody waits for it.
    ///
    /// # Errors
    /// Those of `start`, which makes the load, or finds that there is no need of it: whatever earlier flights have brought is
    /// in memory by the time that it is called.
    pub(super) fn board<L, E>(
        &self,
        key: &Arc<str>,
        call: &Call,
        start: impl FnOnce() -> Result<L, E>,
    ) -> Result<Seat, E>
    where
        L: Future<Output = Outcome> + Send + 'static,
    {
        let mut flying = self.flying.lock();
        if let Some(flight) = flying.get(key) {
            if call.priority() == Priority::Live {
                flight.call.raise();
            }
            return Ok(Seat { landing: flight.landing.clone(), collapsed: true, call: flight.call.clone() });
        }
        let load = start()?;
        let (land, landing) = watch::channel(None);
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        flying.insert(Arc::clone(key), UnderWay { landing: landing.clone(), call: call.clone(), number });
        let entry = Entry { key: Arc::clone(key), flying: Arc::clone(&self.flying), number };
        drop(flying);
        self.runtime.spawn(async move {
            let outcome = load.await;
            // Off the list before the news is out, so that whoever comes later starts anew. A page is in memory by now.
            drop(entry);
            land.send_replace(Some(outcome));
        });
        Ok(Seat { landing, collapsed: false, call: call.clone() })
    }
}

impl Flights {
    /// Nobody boards the flight to this key any more: what it brings is outdated.
    pub(super) fn outdate(&self, key: &str) {
        self.flying.lock().remove(key);
    }

    /// The same for all keys of which that is true.
    pub(super) fn outdate_all(&self, which: impl Fn(&str) -> bool) {
        self.flying.lock().retain(|key, _| !which(key));
    }
}

impl Seat {
    /// Waits for the landing; `None` if there is none by then.
    pub(super) async fn land(&mut self, until: Instant) -> Option<Outcome> {
        match tokio::time::timeout_at(until, self.landing.wait_for(Option::is_some)).await {
            Ok(Ok(outcome)) => outcome.clone(),
            // The task is gone: its runtime is shutting down, or it panicked.
            Ok(Err(_)) => Some(Err(Failure::ShuttingDown)),
            Err(_) => None,
        }
    }
}

/// A flight's place on the list, which it leaves even if its task panics or is dropped.
struct Entry {
    key: Arc<str>,
    flying: Flying,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut flying = self.flying.lock();
        // The place may be another flight's by now.
        if flying.get(&self.key).is_some_and(|flight| flight.number == self.number) {
            flying.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use tokio::sync::Semaphore;

    use super::*;

    fn no_page() -> Outcome {
        Err(Failure::NoLookup)
    }

    /// Boards the flight to the one key of these tests.
    fn board<L>(flights: &Flights, priority: Priority, load: impl FnOnce() -> L) -> Seat
    where
        L: Future<Output = Outcome> + Send + 'static,
    {
        flights.board(&"a:1".into(), &Call::new(soon(), priority), || Ok::<_, Failure>(load())).unwrap()
    }

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    #[tokio::test(start_paused = true)]
    async fn many_who_want_the_same_share_one_load() {
        let flights = Arc::new(Flights::new(Handle::current()));
        let (loads, gate) = (Arc::new(AtomicUsize::new(0)), Arc::new(Semaphore::new(0)));
        let mut waiting = Vec::new();
        for _ in 0..200 {
            let (flights, loads, gate) = (flights.clone(), loads.clone(), gate.clone());
            waiting.push(tokio::spawn(async move {
                let load = || async move {
                    loads.fetch_add(1, Ordering::SeqCst);
                    let _open = gate.acquire().await;
                    no_page()
                };
                let mut seat = board(&flights, Priority::Live, load);
                let collapsed = seat.collapsed;
                seat.land(soon()).await.unwrap().unwrap_err();
                collapsed
            }));
            tokio::task::yield_now().await;
        }
        gate.add_permits(1);
        let mut collapsed = 0;
        for one in waiting {
            collapsed += usize::from(one.await.unwrap());
        }
        assert_eq!((loads.load(Ordering::SeqCst), collapsed), (1, 199));
        assert!(flights.flying.lock().is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn whoever_leaves_takes_the_load_from_nobody() {
        let flights = Arc::new(Flights::new(Handle::current()));
        let gate = Arc::new(Semaphore::new(0));
        let first = tokio::spawn({
            let (flights, gate) = (flights.clone(), gate.clone());
            let load = || async move {
                let _open = gate.acquire().await;
                no_page()
            };
            async move { board(&flights, Priority::Live, load).land(soon()).await }
        });
        tokio::task::yield_now().await;
        first.abort();
        let mut second =
            board(&flights, Priority::Live, async || panic!("the second shares what the first had started"));
        assert!(second.collapsed);
        gate.add_permits(1);
        assert!(matches!(second.land(soon()).await, Some(Err(Failure::NoLookup))));
    }

    #[tokio::test(start_paused = true)]
    async fn a_load_that_panics_fails_those_who_wait_and_not_those_who_come_later() {
        let flights = Flights::new(Handle::current());
        let landing = board(&flights, Priority::Live, || async { panic!("a defect") }).land(soon()).await;
        assert!(matches!(landing, Some(Err(Failure::ShuttingDown))));
        let landing = board(&flights, Priority::Live, || async { no_page() }).land(soon()).await;
        assert!(matches!(landing, Some(Err(Failure::NoLookup))));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_beyond_the_own_deadline() {
        let flights = Flights::new(Handle::current());
        let start = Instant::now();
        let landing = board(&flights, Priority::Live, std::future::pending).land(soon()).await;
        assert!(landing.is_none());
        assert_eq!(start.elapsed(), Duration::from_secs(10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_flight_of_no_hurry_hurries_once_somebody_waits_for_it() {
        let flights = Flights::new(Handle::current());
        let call = Call::new(soon(), Priority::Batch);
        let seat = flights.board(&"a:1".into(), &call, || Ok::<_, Failure>(std::future::pending())).unwrap();
        assert_eq!((call.priority(), seat.collapsed), (Priority::Batch, false));
        assert!(board(&flights, Priority::Live, async || no_page()).collapsed);
        assert_eq!(call.priority(), Priority::Live);
    }

    #[tokio::test(start_paused = true)]
    async fn a_flight_that_may_not_start_leaves_nothing_behind() {
        let flights = Flights::new(Handle::current());
        let full = || Err::<std::future::Pending<Outcome>, _>(Failure::NotCached);
        assert!(flights.board(&"a:1".into(), &Call::new(soon(), Priority::Live), full).is_err());
        assert!(flights.flying.lock().is_empty());
    }
}
