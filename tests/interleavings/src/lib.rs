//! The gateway's coalescer in a world of its own, for the tests that try the orders in which threads may run.

// What the coalescer knows of its surroundings, under the names that it has for them.
extern crate self as providers;

#[path = "../../../src/gateway/flights.rs"]
#[expect(dead_code, reason = "the tests need less of it than the gateway")]
mod flights;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use parking_lot::Mutex;
use tokio::{runtime::Handle, time::Instant};

use self::flights::{Flights, Outcome};

/// What a question brings; its number tells which.
#[derive(Debug, Clone)]
struct Page(usize);

#[derive(Debug, Clone)]
enum Failure {
    ShuttingDown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Priority {
    Live,
}

/// A call in whose priority nobody takes an interest.
#[derive(Debug, Clone)]
struct Call;

impl Call {
    fn priority(&self) -> Priority {
        Priority::Live
    }

    fn raise(&self) {}
}

/// A gateway with one id: its flights, its memory, and an upstream that counts.
#[derive(Clone)]
pub struct World {
    flights: Arc<Flights>,
    memory: Arc<Mutex<Option<Page>>>,
    asked: Arc<AtomicUsize>,
    started: Arc<AtomicUsize>,
}

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("asked", &self.asked()).field("started", &self.started()).finish_non_exhaustive()
    }
}

impl World {
    /// Nothing is in memory.
    #[must_use]
    pub fn new() -> Self {
        let flights = Arc::new(Flights::new(Handle::current()));
        Self { flights, memory: Arc::default(), asked: Arc::default(), started: Arc::default() }
    }

    /// What a request does: looks into memory, and takes the flight if there is nothing. Returns the number of the page that it
    /// gets, if it gets one.
    pub async fn request(self) -> Option<usize> {
        let kept = self.memory.lock().clone();
        if let Some(page) = kept {
            return Some(page.0);
        }
        match self.board() {
            // Time does not pass here.
            Ok(mut seat) => seat.land(Instant::now() + Duration::from_secs(10)).await?.ok().map(|page| page.0),
            Err(landed) => Some(landed.0),
        }
    }

    /// A request whose caller leaves before the answer.
    pub fn leave(self) {
        drop(self.board());
    }

    /// How often the upstream was asked.
    #[must_use]
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// How many were told that they had started a flight.
    #[must_use]
    pub fn started(&self) -> usize {
        self.started.load(Ordering::SeqCst)
    }

    fn board(&self) -> Result<flights::Seat, Page> {
        let seat = self.flights.board(&"a:1".into(), &Call, || {
            // What the gateway does: looks once more.
            let kept = self.memory.lock().clone();
            kept.map_or_else(|| Ok(self.clone().load()), Err)
        })?;
        self.started.fetch_add(usize::from(!seat.collapsed), Ordering::SeqCst);
        Ok(seat)
    }

    /// What the gateway's load does: it asks, and keeps what it got.
    async fn load(self) -> Outcome {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        shuttle::future::yield_now().await;
        let page = Page(number);
        *self.memory.lock() = Some(page.clone());
        Ok(page)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
