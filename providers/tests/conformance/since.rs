//! Those contacts that have changed.

use std::collections::BTreeMap;

use providers::{Time, emulator::Change};

use crate::{
    listing::{contacts, counted, follow},
    moving::Dice,
    subject::Subject,
};

promises! { |can| can.list;
    "since a moment, exactly those come that have changed then or later" => since_is_exact,
    "what has just changed comes, and nothing else" => the_latest_come,
    "while contacts change, none comes that has not, and none is missing" => since_is_exact_while_contacts_change,
}

const PEOPLE: u32 = 130;

/// When each contact was last changed.
async fn times(subject: &Subject) -> BTreeMap<String, Time> {
    let mut times = BTreeMap::new();
    for id in contacts(subject, PEOPLE).await {
        let contact = subject.contact(&id).await.unwrap();
        times.extend(contact.updated_at.map(|time| (id, time)));
    }
    times
}

async fn since_is_exact(subject: Subject) {
    let subject = subject.with_people(PEOPLE).await;
    let times = times(&subject).await;
    assert!(times.len() > 90);
    let mut moments: Vec<_> = times.values().cloned().collect();
    moments.sort_by_key(Time::moment);
    let at = |part: usize| moments[(moments.len() - 1) * part / 20].clone();
    let between = Time::parse("2025-06-15T12:00:00.000000001Z").unwrap();
    for since in [at(0), at(3), at(10), at(19), at(20), between, Time::parse("2001-01-01T00:00:00Z").unwrap()] {
        for limit in [3, 40, 100] {
            let counts = counted(&follow(&subject, Some(&since), || limit, || {}).await);
            for (id, time) in &times {
                let expected = usize::from(time.moment() >= since.moment());
                assert_eq!(
                    counts.get(id).copied().unwrap_or_default(),
                    expected,
                    "{id} of {time:?} since {since:?}, {limit}"
                );
            }
        }
    }
}

async fn the_latest_come(subject: Subject) {
    let subject = subject.with_people(PEOPLE).await;
    let mut touched = Vec::new();
    for number in [17, 3, 120, 64] {
        let id = subject.server.change(Change::Touch(number));
        touched.push(subject.contact(&id).await.unwrap());
    }
    for first in 0..touched.len() {
        let since = touched[first].updated_at.clone().unwrap();
        let counts = counted(&follow(&subject, Some(&since), || 100, || {}).await);
        let mut ids: Vec<_> = touched[first..].iter().map(|contact| contact.native_id.clone().unwrap()).collect();
        ids.sort_unstable();
        assert_eq!(counts.into_keys().collect::<Vec<_>>(), ids);
    }
    let later = Time::parse("2027-01-01T00:00:00Z").unwrap();
    assert!(follow(&subject, Some(&later), || 100, || {}).await.is_empty());
}

async fn since_is_exact_while_contacts_change(subject: Subject) {
    let since = Time::parse("2025-08-01T00:00:00Z").unwrap();
    for seed in 0..8 {
        let mut dice = Dice(seed);
        let subject = subject.with_people(PEOPLE).await;
        let before = times(&subject).await;
        let mut page = 0;
        let listed = follow(
            &subject,
            Some(&since),
            || 1 + u16::try_from(seed).unwrap() * 4,
            || {
                page += 1;
                for _ in 0..if page < 50 { dice.below(4) } else { 0 } {
                    subject.server.change(Change::Touch(dice.below(PEOPLE)));
                }
            },
        );
        let counts = counted(&listed.await);
        let after = times(&subject).await;
        for (id, time) in &before {
            if time.moment() >= since.moment() {
                assert!(counts.contains_key(id), "{id} is missing");
            }
        }
        for id in counts.keys() {
            // Not all that come are made up.
            let fits = after.get(id).is_none_or(|time| time.moment() >= since.moment());
            assert!(fits, "{id} has not changed");
        }
    }
}
