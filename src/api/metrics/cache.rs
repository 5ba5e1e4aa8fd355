//! How memory is used.

use super::Family;
use crate::gateway::{Instance, Lookup};

/// `capacity`: how many bytes there is room for.
pub(super) fn families(instances: &[&Instance], capacity: u64) -> Vec<Family> {
    let mut lookups = Family::counter("cache_lookups_total", "Looks into memory for a contact, by what came of them.");
    let mut evictions =
        Family::counter("cache_evictions_total", "Answers that have left memory, other than for newer ones.");
    let mut entries = Family::gauge("cache_entries", "Answers in memory.");
    let mut bytes = Family::gauge("cache_bytes", "The memory that they take.");
    for instance in instances {
        let provider = ("provider", &*instance.name);
        let looked = instance.lookups.total();
        for lookup in Lookup::ALL {
            lookups.count(&[provider, ("result", lookup.name())], looked.count(lookup));
        }
        for (eviction, count) in instance.shelf.evictions() {
            evictions.count(&[provider, ("cause", eviction.name())], count);
        }
        entries.count(&[provider], instance.shelf.entries());
        bytes.count(&[provider], instance.shelf.bytes());
    }
    let mut room = Family::gauge("cache_capacity_bytes", "The memory that all answers together may take.");
    room.count(&[], capacity);
    vec![lookups, evictions, entries, bytes, room]
}
