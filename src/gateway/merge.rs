//! One person out of several contacts. A pure function.

use std::{cmp::Reverse, collections::HashSet};

use providers::{Conflict, Contact, ContactType, Unreachable};
use serde::Serialize;
use serde_json::{Map, Value};

/// Merges the contacts of one person.
///
/// - `sources` names every contact; the items of lists carry the one that they come from.
/// - A single value is that of the contact that was updated last, among those that have one; each other value is in
///   `conflicts`. So are custom fields, by their names.
/// - `provider_data` has the providers' own words under the id of each contact.
///
/// The order of `contacts` makes no difference, nor does a contact that is given twice: of two with the same id, the newer one
/// counts.
pub(super) fn merge(id: &str, mut contacts: Vec<Contact>, mut unreachable: Vec<Unreachable>) -> Contact {
    // The last to be updated first; whoever doesn't say when comes last.
    contacts.sort_by_cached_key(|contact| {
        let updated = contact.updated_at.as_ref().map(providers::Time::moment);
        // Texts that differ in nothing else still have an order.
        (Reverse(updated), contact.id.clone(), serde_json::to_string(contact).unwrap_or_default())
    });
    let mut seen = HashSet::new();
    contacts.retain(|contact| seen.insert(contact.id.clone()));
    unreachable.sort_by(|a, b| (&a.provider, &a.code).cmp(&(&b.provider, &b.code)));
    unreachable.dedup();

    let mut person = Person::new(id);
    for contact in contacts {
        person.take(contact);
    }
    person.finish(unreachable)
}

/// A merged contact in the making.
struct Person {
    merged: Contact,
    conflicts: Vec<Conflict>,
}

impl Person {
    fn new(id: &str) -> Self {
        let mut merged = Contact::new("", "", ContactType::Unknown);
        id.clone_into(&mut merged.id);
        merged.provider = None;
        merged.native_id = None;
        merged.sources.clear();
        Self { merged, conflicts: Vec::new() }
    }

    /// Adds a contact that was updated no later than those before.
    fn take(&mut self, contact: Contact) {
        let source = contact.id;
        let Self { merged, conflicts } = self;
        let mut differ = |field: &str, value: Value| {
            conflicts.push(Conflict { field: field.to_owned(), value, source: Some(source.clone()) });
        };

        if contact.contact_type != ContactType::Unknown {
            if merged.contact_type == ContactType::Unknown {
                merged.contact_type = contact.contact_type;
            } else if contact.contact_type != merged.contact_type {
                differ("type", json(&contact.contact_type));
            }
        }
        single(&mut merged.name, contact.name, "name", &mut differ);
        single(&mut merged.username, contact.username, "username", &mut differ);
        single(&mut merged.owner, contact.owner, "owner", &mut differ);
        single(&mut merged.avatar_url, contact.avatar_url, "avatar_url", &mut differ);
        single(&mut merged.created_at, contact.created_at, "created_at", &mut differ);
        single(&mut merged.updated_at, contact.updated_at, "updated_at", &mut differ);
        single(&mut merged.last_active_at, contact.last_active_at, "last_active_at", &mut differ);
        for (name, value) in contact.custom_fields {
            match merged.custom_fields.get(&name) {
                None => drop(merged.custom_fields.insert(name, value)),
                Some(known) if *known == value => {}
                Some(_) => differ(&format!("custom_fields.{name}"), value),
            }
        }
        conflicts.extend(contact.conflicts.into_iter().map(|conflict| from(conflict, &source, |c| &mut c.source)));

        merged.emails.extend(contact.emails.into_iter().map(|email| from(email, &source, |e| &mut e.source)));
        merged.phones.extend(contact.phones.into_iter().map(|phone| from(phone, &source, |p| &mut p.source)));
        merged.channels.extend(contact.channels.into_iter().map(|channel| from(channel, &source, |c| &mut c.source)));
        merged.add_chats(contact.chat_ids);
        for label in contact.labels {
            if !merged.labels.contains(&label) {
                merged.labels.push(label);
            }
        }
        if !contact.provider_data.is_empty() {
            merged.provider_data.insert(source.clone(), Value::Object(contact.provider_data));
        }
        merged.sources.push(source);
    }

    fn finish(mut self, unreachable: Vec<Unreachable>) -> Contact {
        self.conflicts.sort_by_cached_key(|c| (c.field.clone(), c.source.clone(), c.value.to_string()));
        self.conflicts.dedup();
        self.merged.conflicts = self.conflicts;
        self.merged.sources.sort_unstable();
        sort_keys(&mut self.merged.custom_fields);
        sort_keys(&mut self.merged.provider_data);
        self.merged.unreachable = Some(unreachable);
        self.merged
    }
}

/// Takes a value where there is none yet; a different one is a conflict.
fn single<T: PartialEq + Serialize>(
    known: &mut Option<T>,
    value: Option<T>,
    field: &str,
    differ: &mut impl FnMut(&str, Value),
) {
    match (known, value) {
        (known @ None, value) => *known = value,
        (Some(known), Some(value)) if *known != value => differ(field, json(&value)),
        _ => {}
    }
}

/// Says where an item comes from.
fn from<T>(mut item: T, source: &str, place: impl FnOnce(&mut T) -> &mut Option<String>) -> T {
    *place(&mut item) = Some(source.to_owned());
    item
}

fn json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

fn sort_keys(map: &mut Map<String, Value>) {
    let mut entries: Vec<_> = std::mem::take(map).into_iter().collect();
    entries.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    map.extend(entries);
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, option, prelude::*};
    use providers::{Channel, Owner, Time};
    use serde_json::json;

    use super::*;

    fn contact() -> impl Strategy<Value = Contact> {
        let times =
            || option::of((0..3u8).prop_map(|n| Time::parse(&format!("2025-01-0{}T00:00:00Z", n + 1)).unwrap()));
        let word = || prop_oneof!["a", "b", "c"].prop_map(String::from);
        let ids = (prop_oneof!["rocketchat", "periskope"], word());
        let singles = (option::of(word()), option::of(word()), option::of(word()), times(), times());
        let lists =
            (vec(word(), 0..3), vec(word(), 0..3), vec(word(), 0..3), vec(word(), 0..3), vec((word(), word()), 0..3));
        (ids, singles, lists, any::<bool>()).prop_map(
            |(
                (instance, native),
                (name, owner, conflict, updated, created),
                (emails, phones, chats, labels, fields),
                person,
            )| {
                let kind = if person { ContactType::Person } else { ContactType::Business };
                let mut contact = Contact::new(&instance, &native, kind);
                contact.name = name;
                contact.owner = owner.map(|id| Owner { id: Some(id), username: None, name: None });
                contact.conflicts = conflict
                    .map(|value| Conflict { field: "name".into(), value: json!(value), source: None })
                    .into_iter()
                    .collect();
                contact.updated_at = updated;
                contact.created_at = created;
                emails.iter().for_each(|email| contact.add_email(&format!("{email}@example.com")));
                phones.iter().for_each(|phone| contact.add_phone(phone, None));
                contact.channels = vec![Channel { id: Some(native), ..Channel::default() }];
                contact.add_chats(chats.iter().map(String::as_str));
                contact.labels = labels;
                contact.custom_fields = fields.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
                contact.provider_data = fields.into_iter().map(|(name, value)| (value, json!(name))).collect();
                contact
            },
        )
    }

    fn bytes(contact: &Contact) -> String {
        serde_json::to_string(contact).unwrap()
    }

    /// Every text anywhere in a document, with its key where it has one.
    fn facts(value: &Value, facts: &mut HashSet<String>) {
        match value {
            Value::Array(items) => items.iter().for_each(|item| self::facts(item, facts)),
            Value::Object(fields) => fields.values().for_each(|field| self::facts(field, facts)),
            Value::Null => {}
            single => drop(facts.insert(single.to_string())),
        }
    }

    proptest! {
        #[test]
        fn the_order_of_the_sources_makes_no_difference(contacts in vec(contact(), 0..5).prop_shuffle(), seed in any::<usize>()) {
            let mut others = contacts.clone();
            others.rotate_left(seed % contacts.len().max(1));
            others.reverse();
            prop_assert_eq!(bytes(&merge("tel:+1", contacts, vec![])), bytes(&merge("tel:+1", others, vec![])));
        }

        #[test]
        fn a_contact_given_twice_counts_once(contacts in vec(contact(), 1..4), twice in any::<prop::sample::Index>()) {
            let mut more = contacts.clone();
            more.push(twice.get(&contacts).clone());
            prop_assert_eq!(bytes(&merge("tel:+1", contacts, vec![])), bytes(&merge("tel:+1", more, vec![])));
        }

        #[test]
        fn nothing_is_lost(mut contacts in vec(contact(), 1..4)) {
            let mut seen = HashSet::new();
            contacts.retain(|contact| seen.insert(contact.id.clone()));
            let merged = merge("tel:+1", contacts.clone(), vec![]);
            let mut kept = HashSet::new();
            facts(&json(&merged), &mut kept);
            for contact in contacts {
                let mut mine = json(&contact);
                // They say nothing that `sources` and `source` don't.
                mine.as_object_mut().unwrap().retain(|key, _| key != "provider" && key != "native_id");
                let mut known = HashSet::new();
                facts(&mine, &mut known);
                prop_assert!(known.is_subset(&kept), "{:?}", known.difference(&kept).collect::<Vec<_>>());
                prop_assert!(merged.sources.contains(&contact.id));
            }
        }

        #[test]
        fn every_item_and_conflict_says_where_it_comes_from(contacts in vec(contact(), 0..4)) {
            let merged = merge("tel:+1", contacts, vec![]);
            let sources = merged.emails.iter().map(|e| &e.source);
            let sources = sources.chain(merged.phones.iter().map(|p| &p.source)).chain(merged.channels.iter().map(|c| &c.source));
            for source in sources.chain(merged.conflicts.iter().map(|c| &c.source)) {
                prop_assert!(merged.sources.contains(source.as_ref().unwrap()));
            }
        }
    }

    #[test]
    fn the_last_to_be_updated_has_the_word_and_the_others_are_heard() {
        let mut old = Contact::new("rocketchat", "1", ContactType::Person);
        old.name = Some("Jon".into());
        old.username = Some("jon".into());
        old.updated_at = Time::parse("2025-01-01T00:00:00Z");
        let mut new = Contact::new("periskope", "2", ContactType::Person);
        new.name = Some("John".into());
        new.updated_at = Time::parse("2025-01-02T00:00:00Z");
        let merged = merge("tel:+1", vec![old, new], vec![]);
        assert_eq!((merged.name.as_deref(), merged.username.as_deref()), (Some("John"), Some("jon")));
        assert_eq!(merged.sources, ["periskope:2", "rocketchat:1"]);
        let conflicts: Vec<_> =
            merged.conflicts.iter().map(|c| (c.field.as_str(), c.source.as_deref().unwrap())).collect();
        assert_eq!(conflicts, [("name", "rocketchat:1"), ("updated_at", "rocketchat:1")]);
        assert_eq!((merged.provider, merged.native_id), (None, None));
    }
}
