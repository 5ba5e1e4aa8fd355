//! What there is of each provider: its kind, its places, and how its answers differ from what is documented.

use super::Family;
use crate::gateway::Instance;

pub(super) fn families(instances: &[&Instance]) -> Vec<Family> {
    let mut info = Family::gauge("provider_info", "1 for each provider, with its kind and what is known of its API.");
    let mut used = Family::gauge(
        "places_used",
        "Places of a provider that are taken: by callers who wait, by contacts that are asked for.",
    );
    let mut most =
        Family::gauge("places_limit", "How many of these places there are. Beyond, callers are told to come back.");
    let mut drift = Family::counter(
        "schema_drift_total",
        "Answers of a provider in which a field is unknown, missing, or of another type than is documented.",
    );
    for instance in instances {
        let provider = ("provider", &*instance.name);
        let generation = instance.provider.generation().unwrap_or_default();
        info.count(&[provider, ("kind", instance.kind.name), ("generation", generation)], 1);
        for places in instance.places() {
            used.count(&[provider, ("place", places.name)], places.used as u64);
            most.count(&[provider, ("place", places.name)], places.most as u64);
        }
        for (difference, answers) in
            instance.provider.upstream().iter().flat_map(|(upstream, _)| upstream.drift().seen())
        {
            let deviation = difference.deviation.name();
            drift.count(&[provider, ("field", &difference.field), ("deviation", deviation)], answers);
        }
    }
    vec![info, used, most, drift]
}
