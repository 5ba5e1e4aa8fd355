//! `[auth.keys.*]`: the keys that callers must have.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use providers::{Contact, ContactType, Priority, Rate};
use serde_json::Value;

use super::{reader::Table, secret};
use crate::{
    auth::{Digest, Key, Quota},
    gateway::{Caller, Instance},
};

const NEW: &str = "write the line that `contact-gateway key NAME` prints";

/// All keys, sorted by name; `None` if one of them is mistaken.
pub(super) fn all(mut table: Table<'_>, instances: &BTreeSet<String>) -> Option<Vec<Key>> {
    let (names, fields) = (table.keys(), fields());
    let mut keys: Vec<Option<Key>> = Vec::new();
    for name in &names {
        let key = one(&mut table, name, instances, &fields);
        let twin = keys.iter().flatten().find(|other| key.as_ref().is_some_and(|key| key.digest == other.digest));
        if let Some(twin) = twin {
            table.mistake(name, format!("is the same key as {}", twin.name), "make another one for it, or remove it");
        }
        keys.push(key);
    }
    keys.into_iter().collect()
}

fn one(all: &mut Table<'_>, name: &str, instances: &BTreeSet<String>, fields: &BTreeSet<String>) -> Option<Key> {
    let has_name = Instance::is_name(name);
    if !has_name {
        all.mistake(name, "is no name for a key", "use a-z, 0-9 and _, a letter first");
    }
    let mut table = all.table(name);
    let digest = digest(&mut table);
    let priority = priority(&mut table);
    let rate = rate(&mut table);
    let providers = table.words("providers", "instances", instances);
    let fields = table.words("fields", "keys of a contact", fields);
    table.finish();
    let name: Arc<str> = name.into();
    let caller = Caller { name: Some(Arc::clone(&name)), priority: priority?, providers: providers?, fields: fields? };
    has_name.then_some(Key { name, digest: digest?, rate: rate?, caller: Arc::new(caller) })
}

/// Not repeated where it is wrong: it is a common slip to put the key itself there.
fn digest(table: &mut Table<'_>) -> Option<Digest> {
    if !table.has("hash") && !table.has(&secret::file_key("hash")) {
        table.mistake("hash", "is missing", NEW);
    }
    let (key, text) = secret::read(table, "hash")?;
    let digest = Digest::parse(text.trim());
    if digest.is_none() {
        table.mistake(&key, "is not the hash of a key", NEW);
    }
    digest
}

fn priority(table: &mut Table<'_>) -> Option<Priority> {
    if !table.has("priority") {
        return Some(Priority::Live);
    }
    table.parsed("priority", "is no priority", "write \"live\" or \"batch\"", |text| match text {
        "live" => Some(Priority::Live),
        "batch" => Some(Priority::Batch),
        _ => None,
    })
}

/// `Some(None)`: no limit.
fn rate(key: &mut Table<'_>) -> Option<Option<Rate>> {
    if !key.has("rate") {
        return Some(None);
    }
    let mut table = key.table("rate");
    let (most, least) = (u64::from(*Quota::CALLS.end()), u64::from(*Quota::CALLS.start()));
    table.require("calls", "write how many requests, such as 600");
    let calls = table.integer("calls", least..=most).and_then(|calls| u32::try_from(calls).ok());
    table.require("per", "write in how much time, such as \"60s\"");
    let per = table.duration("per", Quota::WINDOWS).filter(|per| is_whole(&table, *per));
    table.finish();
    Some(Some(Rate { calls: calls?, per: per? }))
}

fn is_whole(table: &Table<'_>, per: Duration) -> bool {
    let is_whole = per.subsec_nanos() == 0;
    if !is_whole {
        table.mistake(
            "per",
            "is no number of whole seconds, as callers are told it",
            "leave out what is below a second",
        );
    }
    is_whole
}

/// The keys that every contact has.
fn fields() -> BTreeSet<String> {
    match serde_json::to_value(Contact::new("", "", ContactType::Unknown)) {
        Ok(Value::Object(contact)) => contact.into_iter().map(|(key, _)| key).collect(),
        _ => BTreeSet::new(),
    }
}
