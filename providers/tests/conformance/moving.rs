//! All contacts, while they appear, change and vanish.

use std::{collections::BTreeSet, ops::Range};

use providers::{Time, emulator::Change};

use crate::{
    listing::{contacts, counted, follow},
    subject::Subject,
};

promises! { |can| can.list;
    "nothing is lost when the contacts of earlier pages vanish" => earlier_ones_may_vanish,
    "nothing is lost when the contacts of later pages vanish" => later_ones_may_vanish,
    "nothing is lost when contacts appear" => others_may_appear,
    "nothing is lost when contacts change" => any_may_change,
    "nothing is lost, whatever happens in whatever order" => anything_may_happen,
}

const PEOPLE: u32 = 90;

/// Follows a list while `happen` says what happens after each page, and checks that whoever was there all along has come: in
/// the list of all, and in that of those which have changed since long ago.
async fn nothing_is_lost(subject: &Subject, limit: u16, mut happen: impl FnMut(u32) -> Vec<Change>) {
    for since in [None, Time::parse("2001-01-01T00:00:00Z")] {
        let subject = subject.with_people(PEOPLE).await;
        let mut expected = contacts(&subject, PEOPLE).await;
        if since.is_some() {
            // Of those that don't say when they changed, nobody knows.
            expected = dated(&subject, expected).await;
        }
        let mut vanished = BTreeSet::new();
        let mut page = 0;
        let listed = follow(
            &subject,
            since.as_ref(),
            || limit,
            || {
                for change in happen(page) {
                    let id = subject.server.change(change);
                    if matches!(change, Change::Vanish(_)) {
                        vanished.insert(id);
                    }
                }
                page += 1;
            },
        );
        let counts = counted(&listed.await);
        expected.retain(|id| !vanished.contains(id));
        assert!(!expected.is_empty());
        let missing: Vec<_> = expected.iter().filter(|id| !counts.contains_key(*id)).collect();
        assert!(missing.is_empty(), "{} of {} lost, since {since:?}: {missing:?}", missing.len(), expected.len());
    }
}

/// Those that say when they have changed.
async fn dated(subject: &Subject, ids: impl IntoIterator<Item = String>) -> BTreeSet<String> {
    let mut dated = BTreeSet::new();
    for id in ids {
        if subject.contact(&id).await.is_some_and(|contact| contact.updated_at.is_some()) {
            dated.insert(id);
        }
    }
    dated
}

fn each(change: fn(u32) -> Change, people: Range<u32>) -> Vec<Change> {
    people.map(change).collect()
}

async fn earlier_ones_may_vanish(subject: Subject) {
    nothing_is_lost(&subject, 10, |page| each(Change::Vanish, (page * 5)..(page * 5 + 5).min(PEOPLE))).await;
    // So many that a page begins far too late.
    nothing_is_lost(&subject, 30, |page| if page == 1 { each(Change::Vanish, 0..60) } else { Vec::new() }).await;
}

async fn later_ones_may_vanish(subject: Subject) {
    nothing_is_lost(&subject, 10, |page| each(Change::Vanish, PEOPLE - (page + 1).min(10)..PEOPLE)).await;
    nothing_is_lost(&subject, 20, |page| if page == 0 { each(Change::Vanish, 25..PEOPLE) } else { Vec::new() }).await;
}

async fn others_may_appear(subject: Subject) {
    let appear =
        |page| if page < 20 { each(Change::Appear, PEOPLE + page * 9..PEOPLE + page * 9 + 9) } else { Vec::new() };
    nothing_is_lost(&subject, 10, appear).await;
}

async fn any_may_change(subject: Subject) {
    nothing_is_lost(&subject, 10, |page| if page < 40 { vec![Change::Touch(page * 7 % PEOPLE)] } else { Vec::new() })
        .await;
    // Those that are still to come, and those that nobody had named: they change lists.
    nothing_is_lost(
        &subject,
        8,
        |page| if page < 3 { each(Change::Touch, page * 30..page * 30 + 30) } else { Vec::new() },
    )
    .await;
}

async fn anything_may_happen(subject: Subject) {
    for seed in 0..12 {
        let mut dice = Dice(seed);
        let limit = u16::try_from(1 + dice.below(25)).unwrap();
        nothing_is_lost(&subject, limit, |page| {
            // It ends some day, else so might not the list.
            let changes = if page < 60 { dice.below(8) } else { 0 };
            let change = |_| match dice.below(4) {
                0 => Change::Appear(PEOPLE + dice.below(50)),
                1 => Change::Vanish(dice.below(PEOPLE + 20)),
                _ => Change::Touch(dice.below(PEOPLE)),
            };
            (0..changes).map(change).collect()
        })
        .await;
    }
}

/// The same throws for the same seed (SplitMix64).
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u32::try_from((mixed ^ (mixed >> 31)) % u64::from(bound)).unwrap()
    }
}
