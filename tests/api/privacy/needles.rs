//! What must not be told, and where it is.

use std::collections::BTreeSet;

use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Of a contact, these say nothing of it: kinds, our side, and times.
const NOBODYS: [&str; 9] = [
    "type",
    "provider",
    "source",
    "destination",
    "created_at",
    "updated_at",
    "last_active_at",
    "provider_data",
    "labels",
];
/// Shorter texts are in everything.
const SHORTEST: usize = 7;

/// Collects every text that says something of a contact.
pub(super) fn collect(contact: &Value, told: &mut BTreeSet<String>) {
    match contact {
        Value::String(text) => {
            // Without the instance, which is no secret.
            let text = text.split_once(':').filter(|(name, _)| !name.contains("http")).map_or(&**text, |(_, id)| id);
            if text.len() >= SHORTEST {
                told.insert(normal(text));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, told)),
        Value::Object(fields) => {
            fields.iter().filter(|(name, _)| !NOBODYS.contains(&&***name)).for_each(|(_, value)| collect(value, told));
        }
        _ => {}
    }
}

/// Those of them that are in a text, in whatever way they are written there, and what stands around them.
pub(super) fn found(text: &str, needles: &BTreeSet<String>) -> Vec<(String, String)> {
    let text = normal(text);
    let around = |at: usize| {
        let before: Vec<_> = text[..at].chars().rev().take(160).collect();
        before.into_iter().rev().chain(text[at..].chars().take(100)).collect()
    };
    needles.iter().filter_map(|needle| Some((needle.clone(), around(text.find(&**needle)?)))).collect()
}

/// The text without the ways of writing that make one text look like another.
pub(super) fn normal(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().replace("\\\"", "\"").to_lowercase()
}
