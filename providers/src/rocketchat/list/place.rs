//! Where in a list we are: what a [`Position`] of this kind holds.

use std::cmp::{Ordering, Reverse};

use serde::{Deserialize, Serialize};

use super::super::{
    answer::invalid,
    generation::Generation,
    page::{LARGEST, nanoseconds},
};
use crate::{Error, ErrorKind, Position, Result, Time};

/// How often a list without order is begun anew.
const MOST_BEGINNINGS: u8 = 4;

/// Where in a list we are.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Place {
    pub(super) generation: Generation,
    /// Whether we are among the contacts whom nobody has named yet. They come first: they are named some day, and are then
    /// still to come; the way back doesn't exist.
    pub(super) unknown: bool,
    pub(super) order: Order,
    /// How many contacts of the list were before the next one, when we last looked.
    pub(super) offset: usize,
    /// The last contact that was given.
    pub(super) last: Option<Key>,
    /// The last look was so much too late.
    back: usize,
    /// Only contacts that have changed then or later.
    pub(super) since: Option<i64>,
    /// In this round, only those that have changed then or later,
    pub(super) floor: Option<i64>,
    /// and before this.
    pub(super) mark: Option<i64>,
}

/// What decides on a contact's place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Key {
    pub(super) changed: Option<i64>,
    pub(super) id: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Order {
    /// By id.
    Id,
    /// By the last change, the newest first.
    Change,
    /// The server's own; it was asked for the order of ids and has given another one. So many times the list has begun anew.
    Own(u8),
}

impl Order {
    /// What the server is told.
    pub(super) fn sort(self) -> &'static str {
        match self {
            Self::Id | Self::Own(_) => r#"{"_id":1}"#,
            Self::Change => r#"{"_updatedAt":-1,"_id":1}"#,
        }
    }

    pub(super) fn compare(self, one: &Key, other: &Key) -> Ordering {
        let by_id = one.id.cmp(&other.id);
        match self {
            Self::Id => by_id,
            Self::Change => Reverse(one.changed).cmp(&Reverse(other.changed)).then(by_id),
            Self::Own(_) => Ordering::Equal,
        }
    }
}

impl Place {
    pub(super) fn first(generation: Generation, since: Option<&Time>) -> Self {
        Self {
            generation,
            unknown: generation == Generation::Modern,
            order: if since.is_some() { Order::Change } else { Order::Id },
            offset: 0,
            last: None,
            back: 0,
            since: since.map(nanoseconds),
            floor: since.map(nanoseconds),
            mark: None,
        }
    }

    pub(super) fn read(position: &Position, generation: Generation) -> Result<Self> {
        let place = serde_json::from_str::<Self>(&position.0).ok().filter(|place| place.generation == generation);
        place.ok_or_else(|| Error::new(ErrorKind::Unsupported, "a position of another version"))
    }

    pub(super) fn write(&self) -> Position {
        // It has nothing that JSON can't hold.
        Position(serde_json::to_string(self).unwrap_or_default())
    }

    /// Where the server's page should begin: with the contact that was given last.
    pub(super) fn from(&self) -> usize {
        if self.last.is_some() { self.offset.saturating_sub(1) } else { self.offset }
    }

    /// Behind the contact with this key, where so many are before the next. A page of contacts that had all been given
    /// ends before the last of those.
    pub(super) fn behind(self, end: Option<Key>, offset: usize) -> Self {
        let is_further = |last: &Key| end.as_ref().is_none_or(|end| self.order.compare(last, end) == Ordering::Greater);
        let last = self.last.clone().filter(is_further).or(end);
        Self { last, offset, back: 0, ..self }
    }

    /// Twice as far back as the last time, because so many contacts have vanished.
    pub(super) fn further_back(self) -> Self {
        let back = (self.back * 2).max(LARGEST);
        Self { offset: self.offset.saturating_sub(back), back, ..self }
    }

    /// From the beginning, in the order that the server has.
    pub(super) fn anew(self) -> Result<Self> {
        let begun = match self.order {
            Order::Own(begun) => begun + 1,
            Order::Id | Order::Change => 0,
        };
        if begun > MOST_BEGINNINGS {
            return Err(invalid("a list in no order, that changes all the time"));
        }
        Ok(Self { order: Order::Own(begun), ..self.rewound() })
    }

    /// With a bound: the newest change when the round began.
    pub(super) fn marked(self, newest: i64) -> Self {
        // Later than the round's own beginning in any case, else there would be no end of rounds.
        let least = self.floor.map_or(i64::MIN, |floor| floor.saturating_add(1));
        Self { mark: Some(newest.max(least)), ..self }
    }

    /// What follows where nothing older is wanted: what has changed since the round began, or the next list.
    pub(super) fn next_round(self) -> Option<Self> {
        match self.mark {
            Some(mark) => Some(Self { floor: Some(mark), ..self.rewound() }),
            None => self.next_list(),
        }
    }

    /// What follows where this list has ended.
    pub(super) fn next_list(self) -> Option<Self> {
        let order = if self.since.is_some() { Order::Change } else { Order::Id };
        self.unknown.then(|| Self { unknown: false, order, floor: self.since, ..self.rewound() })
    }

    fn rewound(self) -> Self {
        Self { offset: 0, last: None, back: 0, mark: None, ..self }
    }
}
