//! A rate limit as the real servers keep it: a fixed window that starts with the first call after the last one ended.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use crate::Rate;

/// The windows of one server, one per key (a route, an account).
#[derive(Debug)]
pub(crate) struct Window {
    rate: Rate,
    open: Mutex<HashMap<String, (SystemTime, u32)>>,
}

/// Where a call stands in its window.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) limit: u32,
    pub(crate) remaining: u32,
    /// When the window ends.
    pub(crate) reset: SystemTime,
    /// Whether the call was one too many.
    pub(crate) exceeded: bool,
}

impl Window {
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, open: Mutex::default() }
    }

    /// Counts a call.
    pub(crate) fn count(&self, key: &str) -> Count {
        let now = SystemTime::now();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, calls) = open.entry(key.to_owned()).or_insert((now, 0));
        if now.duration_since(*start).unwrap_or_default() >= self.rate.per {
            (*start, *calls) = (now, 0);
        }
        *calls += 1;
        Count {
            limit: self.rate.calls,
            remaining: self.rate.calls.saturating_sub(*calls),
            reset: *start + self.rate.per,
            exceeded: *calls > self.rate.calls,
        }
    }
}

impl Count {
    /// How long the window still lasts.
    pub(crate) fn left(&self) -> Duration {
        self.reset.duration_since(SystemTime::now()).unwrap_or_default()
    }

    /// The window's end, since 1970.
    pub(crate) fn epoch(&self) -> Duration {
        self.reset.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
    }
}
