//! Whether the server lists the newest change first: a fact about the server.

use std::sync::atomic::{AtomicBool, Ordering};

use super::place::Place;

/// So many contacts in a row, each older than the one before, are in this order by no chance.
pub(super) const CERTAIN: u32 = 100;

/// Whether the server is known to list the newest change first.
///
/// Known is it only after a whole list was seen to be so: in the order in which contacts were created, too, long stretches look
/// like it. Until then, and again after any answer in another order, a list of changes reads everything; that is exact in any
/// order.
#[derive(Debug, Default)]
pub(in super::super) struct Order(AtomicBool);

impl Order {
    pub(super) fn is_known(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Looks at a pass that goes on.
    pub(super) fn heed(&self, place: &Place) {
        if !place.descends() {
            self.0.store(false, Ordering::Relaxed);
        }
    }

    /// Looks at a pass that has come to the list's end.
    pub(super) fn learn(&self, place: &Place) {
        if place.is_first_pass() && place.descends() && place.falls() >= CERTAIN {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}
