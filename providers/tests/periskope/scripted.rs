//! Lists that move while they are read, in the ways that are hardest to follow.

use providers::emulator::Change;

use super::{
    people, read_all,
    reordered::{Reordered, by_id, newest_first},
    sorted, start,
};

/// Every change that these people go through after the first page.
async fn change_after_the_first_page(changes: impl Iterator<Item = Change> + Clone) -> [Vec<String>; 3] {
    let mut given = Vec::new();
    for order in [None, Some(by_id as fn(&_, &_) -> _), Some(newest_first)] {
        let server = people(300);
        let server = match order {
            Some(order) => Box::new(Reordered::new(server, order)),
            None => server,
        };
        let (server, provider) = start(server).await;
        let mut changes = Some(changes.clone());
        let contacts = read_all(&*provider, 60, None, |_| {
            for change in changes.take().into_iter().flatten() {
                server.change(change);
            }
        });
        given.push(sorted(&contacts.await));
    }
    given.try_into().unwrap()
}

/// The ids of some of the people.
fn ids(numbers: impl Iterator<Item = u32>) -> Vec<String> {
    // Asking for the change of nobody tells the id all the same.
    let server = people(0);
    numbers.map(|number| server.change(Change::Vanish(number))).collect()
}

#[track_caller]
fn all_there(given: &[Vec<String>; 3], numbers: impl Iterator<Item = u32>) {
    for id in ids(numbers) {
        for (order, given) in given.iter().enumerate() {
            assert!(given.binary_search(&id).is_ok(), "{id} was lost in order {order}");
        }
    }
}

#[tokio::test]
async fn nobody_is_lost_when_half_of_the_contacts_vanish() {
    let given = change_after_the_first_page((0..300).filter(|number| number % 2 == 0).map(Change::Vanish)).await;
    all_there(&given, (0..300).filter(|number| number % 2 == 1));
}

#[tokio::test]
async fn nobody_is_lost_when_all_are_touched() {
    let given = change_after_the_first_page((0..300).map(Change::Touch)).await;
    all_there(&given, 0..300);
}

#[tokio::test]
async fn nobody_is_lost_when_three_thousand_appear() {
    let given = change_after_the_first_page((300..3300).map(Change::Appear)).await;
    all_there(&given, 0..300);
}

#[tokio::test]
async fn nobody_is_lost_when_all_but_a_few_vanish_and_these_are_touched() {
    let gone = (0..290).map(Change::Vanish);
    let given = change_after_the_first_page(gone.chain((290..300).map(Change::Touch))).await;
    all_there(&given, 290..300);
}

#[tokio::test]
async fn nobody_is_lost_when_three_thousand_vanish_at_once() {
    for order in [by_id, newest_first] {
        let (server, provider) = start(Box::new(Reordered::new(people(4000), order))).await;
        let contacts = read_all(&*provider, 1900, None, |page| {
            if page == 0 {
                (0..4000)
                    .filter(|number| number % 4 != 2)
                    .for_each(|number| drop(server.change(Change::Vanish(number))));
            }
        });
        let given = sorted(&contacts.await);
        for id in ids((0..4000).filter(|number| number % 4 == 2)) {
            assert!(given.binary_search(&id).is_ok());
        }
    }
}

#[tokio::test]
async fn whoever_is_touched_after_being_read_comes_again_and_newer() {
    let (server, provider) = start(people(300)).await;
    let mut touched = String::new();
    let contacts = read_all(&*provider, 100, None, |page| {
        if page == 1 {
            touched = server.change(Change::Touch(3));
        }
    });
    let contacts = contacts.await;
    let times: Vec<_> = contacts
        .iter()
        .filter(|contact| contact.native_id.as_ref() == Some(&touched))
        .map(|contact| contact.updated_at.as_ref().unwrap().moment())
        .collect();
    assert!(!times.is_empty() && times.is_sorted_by(|one, next| one < next), "{times:?}");
    let last = times.last().unwrap().to_string();
    assert!(last.as_str() > "2026", "{times:?}");
}
