//! Lists that move at random while they are read.

use std::collections::{BTreeSet, HashMap};

use fastrand::Rng;
use providers::{Time, emulator::Change};

use super::{
    people, read_all,
    reordered::{Reordered, by_id, newest_first, oldest_first},
    start,
};

const PEOPLE: u32 = 120;

/// What happened to the contacts of one server during one listing.
#[derive(Default)]
struct Story {
    there: BTreeSet<u32>,
    vanished: BTreeSet<u32>,
    touched: BTreeSet<u32>,
}

impl Story {
    /// Something that can happen next.
    fn change(&mut self, random: &mut Rng) -> Change {
        let number = random.u32(0..PEOPLE + 40);
        if !self.there.contains(&number) {
            self.there.insert(number);
            return Change::Appear(number);
        }
        if random.u8(0..3) == 0 {
            self.there.remove(&number);
            self.vanished.insert(number);
            return Change::Vanish(number);
        }
        self.touched.insert(number);
        Change::Touch(number)
    }
}

/// Reads a list in pages of random length, while random changes happen.
async fn tell(seed: u64, order: Option<fn(&serde_json::Value, &serde_json::Value) -> std::cmp::Ordering>) {
    let mut random = Rng::with_seed(seed);
    let server = people(PEOPLE);
    let (server, provider) = match order {
        Some(order) => start(Box::new(Reordered::new(server, order))).await,
        None => start(server).await,
    };
    let mut story = Story { there: (0..PEOPLE).collect(), ..Story::default() };
    let (limit, busy, until) = (random.u16(1..40), random.usize(1..20), random.usize(1..40));
    let contacts = read_all(&*provider, limit, None, |page| {
        if page < until {
            for _ in 0..random.usize(0..busy) {
                server.change(story.change(&mut random));
            }
        }
    })
    .await;

    let mut given: HashMap<String, Vec<Option<Time>>> = HashMap::new();
    for contact in contacts {
        given.entry(contact.native_id.unwrap()).or_default().push(contact.updated_at);
    }
    let all_along = (0..PEOPLE).filter(|number| !story.vanished.contains(number));
    for number in all_along {
        let id = people(0).change(Change::Vanish(number));
        let times = given.get(&id).unwrap_or_else(|| panic!("seed {seed}: {number} was lost"));
        if order.is_none() && !story.touched.contains(&number) {
            assert_eq!(times.len(), 1, "seed {seed}: {number} came more than once and had not changed");
        }
    }
}

#[tokio::test]
async fn nobody_who_was_there_all_along_is_lost_in_the_order_of_changes() {
    for seed in 0..40 {
        tell(seed, None).await;
    }
}

#[tokio::test]
async fn nobody_who_was_there_all_along_is_lost_with_those_without_a_time_at_the_end() {
    for seed in 0..30 {
        tell(seed, Some(newest_first)).await;
    }
}

#[tokio::test]
async fn nobody_who_was_there_all_along_is_lost_in_other_orders() {
    for seed in 0..25 {
        tell(seed, Some(by_id)).await;
        tell(seed, Some(oldest_first)).await;
    }
}
