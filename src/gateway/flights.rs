//! One question per id at a time, however many wait for its answer.
//!
//! moka can coalesce too, but ties the load to the caller that came first: if that one leaves, another has to start
//! again. Here the load is a task of its own, which nobody's leaving or lateness stops.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use providers::{Error, ErrorKind};
use tokio::{runtime::Handle, sync::watch, time::Instant};

use super::{Failure, Page};

/// What a flight brings.
type Outcome = Result<Arc<Page>, Failure>;

/// The flights under way.
#[derive(Debug)]
pub(super) struct Flights {
    runtime: Handle,
    flying: Flying,
}

type Flying = Arc<Mutex<HashMap<Arc<str>, watch::Receiver<Option<Outcome>>>>>;

/// What a flight brought to one of those who waited for it.
pub(super) struct Landing {
    pub(super) outcome: Outcome,
    /// Whether somebody else had started it.
    pub(super) collapsed: bool,
}

impl Flights {
    /// Loads will run on this runtime.
    pub(super) fn new(runtime: Handle) -> Self {
        Self { runtime, flying: Flying::default() }
    }

    /// Waits, at most until `deadline`, for the flight to this key; starts it if there is none.
    pub(super) async fn join<L>(&self, key: &Arc<str>, deadline: Instant, load: impl FnOnce() -> L) -> Landing
    where
        L: Future<Output = Outcome> + Send + 'static,
    {
        let (mut flight, collapsed) = self.board(key, load);
        let landed = tokio::time::timeout_at(deadline, flight.wait_for(Option::is_some)).await;
        let outcome = match landed {
            Ok(Ok(outcome)) => outcome.clone().unwrap_or(Err(Failure::ShuttingDown)),
            // The task is gone: its runtime is shutting down, or it panicked.
            Ok(Err(_)) => Err(Failure::ShuttingDown),
            Err(_) => Err(late(key)),
        };
        Landing { outcome, collapsed }
    }

    fn board<L>(&self, key: &Arc<str>, load: impl FnOnce() -> L) -> (watch::Receiver<Option<Outcome>>, bool)
    where
        L: Future<Output = Outcome> + Send + 'static,
    {
        let mut flying = lock(&self.flying);
        if let Some(flight) = flying.get(key) {
            return (flight.clone(), true);
        }
        let (land, flight) = watch::channel(None);
        flying.insert(Arc::clone(key), flight.clone());
        let entry = Entry { key: Arc::clone(key), flying: Arc::clone(&self.flying) };
        let load = load();
        self.runtime.spawn(async move {
            let outcome = load.await;
            // Off the list before the news is out, so that whoever comes later starts anew. A page is in memory by now.
            drop(entry);
            land.send_replace(Some(outcome));
        });
        (flight, false)
    }
}

/// A flight's place on the list, which it leaves even if its task panics or is dropped.
struct Entry {
    key: Arc<str>,
    flying: Flying,
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.flying).remove(&self.key);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn late(key: &str) -> Failure {
    let provider = key.split(':').next().unwrap_or_default();
    let error = Error::new(ErrorKind::Timeout, "no answer by the request's deadline");
    Failure::Provider { provider: provider.into(), error }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use tokio::sync::Semaphore;

    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(10)
    }

    fn no_page() -> Outcome {
        Err(Failure::NoLookup)
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
                flights.join(&"a:1".into(), soon(), load).await.collapsed
            }));
            tokio::task::yield_now().await;
        }
        gate.add_permits(1);
        let mut collapsed = 0;
        for one in waiting {
            collapsed += usize::from(one.await.unwrap());
        }
        assert_eq!((loads.load(Ordering::SeqCst), collapsed), (1, 199));
        assert!(lock(&flights.flying).is_empty());
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
            async move { flights.join(&"a:1".into(), soon(), load).await.collapsed }
        });
        tokio::task::yield_now().await;
        first.abort();
        let second =
            tokio::spawn(async move { flights.join(&"a:1".into(), soon(), async || no_page()).await.collapsed });
        tokio::task::yield_now().await;
        gate.add_permits(1);
        assert!(second.await.unwrap(), "the second shares what the first had started");
    }

    #[tokio::test(start_paused = true)]
    async fn a_load_that_panics_fails_those_who_wait_and_not_those_who_come_later() {
        let flights = Flights::new(Handle::current());
        let landing = flights.join(&"a:1".into(), soon(), || async { panic!("a defect") }).await;
        assert!(matches!(landing.outcome, Err(Failure::ShuttingDown)));
        let landing = flights.join(&"a:1".into(), soon(), || async { no_page() }).await;
        assert!(matches!(landing.outcome, Err(Failure::NoLookup)));
    }

    #[tokio::test(start_paused = true)]
    async fn nobody_waits_beyond_the_own_deadline() {
        let flights = Flights::new(Handle::current());
        let start = Instant::now();
        let landing = flights.join(&"a:1".into(), soon(), std::future::pending).await;
        assert_eq!(start.elapsed(), Duration::from_secs(10));
        assert!(matches!(landing.outcome, Err(Failure::Provider { .. })));
    }
}
