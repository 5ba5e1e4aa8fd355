//! How far a list has been read.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    OVERLAP,
    floor::Floor,
    order::CERTAIN,
    sheet::{Key, Row, Sheet},
};
use crate::{Error, ErrorKind, Position, Result};

/// How often a listing begins again at the front. After that it trusts the offset, so that it ends.
const RESTARTS: u8 = 3;

/// How far a list has been read. It is kept by whoever reads the list, and so holds nobody's data.
#[derive(Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    /// How many contacts lay before the next one.
    offset: usize,
    /// Those that were read last.
    last: Vec<Key>,
    /// The oldest time read in this pass, in microseconds.
    oldest: Option<i64>,
    /// Whether any answer was in another order than that of changes.
    is_mixed: bool,
    /// How often a contact was older than the one before, up to [`CERTAIN`].
    falls: u32,
    /// Whether contacts were passed by because of their time.
    has_skipped: bool,
    /// How many answers this pass has taken contacts from that may move; two stand for more.
    sheets: u8,
    /// Whether the answer at hand is counted already.
    #[serde(skip)]
    is_counted: bool,
    restarts: u8,
    /// Down to where this pass goes; none for the first.
    floor: Option<Floor>,
    /// Down to where the next one would go.
    next: Floor,
}

/// Why no more is taken from an answer.
pub(super) enum Reached {
    /// There is room for no more contacts.
    Limit,
    /// It has no more.
    Sheet,
    /// The pass is over.
    End,
}

impl Place {
    pub(super) fn read(position: Option<&Position>) -> Result<Self> {
        position.map_or_else(
            || Ok(Self::default()),
            |Position(text)| {
                serde_json::from_str(text)
                    .map_err(|_| Error::new(ErrorKind::Unsupported, "a position of another version"))
            },
        )
    }

    pub(super) fn position(&self) -> Position {
        // Numbers and lists of them: nothing that JSON could not hold.
        Position(serde_json::to_string(self).unwrap_or_default())
    }

    pub(super) fn offset(&self) -> usize {
        self.offset
    }

    /// Whether all that was seen is in the order of changes, the newest first.
    pub(super) fn descends(&self) -> bool {
        !self.is_mixed
    }

    pub(super) fn falls(&self) -> u32 {
        self.falls
    }

    pub(super) fn is_first_pass(&self) -> bool {
        self.floor.is_none()
    }

    /// Finds where an answer goes on from what was read; `false` if the two don't hang together.
    pub(super) fn attach(&mut self, sheet: &mut Sheet) -> bool {
        let times: Vec<_> = sheet.rows.iter().filter_map(Row::micros).collect();
        self.is_mixed |= !times.is_sorted_by(|one, next| one >= next);
        if self.is_mixed && self.has_skipped {
            // What was passed by for its time may never have been read.
            return false;
        }
        let last = sheet.rows.iter().position(|row| self.last.contains(&row.key));
        let newer = || sheet.rows.iter().position(|row| self.is_newer(row));
        let found = last.or_else(newer).or((sheet.start == 0).then_some(0));
        if found.is_none() && self.restarts >= RESTARTS {
            tracing::warn!("the list changes faster than it can be followed: contacts may be missing");
            sheet.first = self.offset.saturating_sub(sheet.start);
            return true;
        }
        sheet.first = found.unwrap_or_default();
        found.is_some()
    }

    /// Begins again at the front.
    pub(super) fn restart(&mut self) {
        self.offset = 0;
        self.has_skipped = false;
        self.sheets = 2;
        self.restarts = self.restarts.saturating_add(1);
    }

    /// Whether a contact lies in what was read, or has jumped there.
    pub(super) fn has_read(&mut self, row: &Row) -> bool {
        let is_newer = self.is_newer(row);
        self.has_skipped |= is_newer;
        is_newer || self.last.contains(&row.key)
    }

    /// In the order of changes, whatever is newer than what was read came before it.
    fn is_newer(&self, row: &Row) -> bool {
        let times = row.micros().zip(self.oldest);
        self.descends() && times.is_some_and(|(time, oldest)| time > oldest)
    }

    /// Whether this contact, and so all others behind it, is too old.
    pub(super) fn is_beyond(&self, row: &Row, stop: Option<Timestamp>) -> bool {
        let is_read = |floor: &Floor| row.micros().is_some_and(|time| floor.is_after(time));
        let is_early = |stop: Timestamp| row.changed.is_some_and(|changed| changed < stop);
        self.descends() && (self.floor.as_ref().is_some_and(is_read) || stop.is_some_and(is_early))
    }

    /// Whether this contact is one of those looked for. One without a time is never among those that have changed since: nobody
    /// knows when it did, and every question for changes would get all of them.
    pub(super) fn wants(&self, row: &Row, since: Option<Timestamp>) -> bool {
        let is_late = since.is_none_or(|since| row.changed.is_some_and(|changed| changed >= since));
        is_late && self.floor.as_ref().is_none_or(|floor| floor.wants(row.key, row.micros()))
    }

    /// Goes past a contact that was read before.
    pub(super) fn pass_by(&mut self, offset: usize) {
        self.offset = offset.saturating_add(1);
    }

    /// A new answer is at hand.
    pub(super) fn begin_sheet(&mut self) {
        self.is_counted = false;
    }

    /// Goes past a contact.
    pub(super) fn take(&mut self, offset: usize, row: &Row) {
        self.pass_by(offset);
        // After the first pass, only those are looked for that have changed, and so have a time.
        if !self.is_counted && (self.is_first_pass() || row.micros().is_some()) {
            self.is_counted = true;
            self.sheets = 2.min(self.sheets.saturating_add(1));
        }
        if let Some(time) = row.micros() {
            if self.oldest.is_some_and(|oldest| time < oldest) {
                self.falls = CERTAIN.min(self.falls.saturating_add(1));
            }
            self.oldest = Some(self.oldest.map_or(time, |oldest| oldest.min(time)));
        }
        if row.is_contact() {
            self.last.push(row.key);
            let surplus = self.last.len().saturating_sub(OVERLAP);
            self.last.drain(..surplus);
            self.next.note(row.key, row.micros());
        }
    }

    /// The pass after this one; none if all has been read. What was read from one answer can't have moved meanwhile.
    pub(super) fn turn(&self) -> Option<Self> {
        let again = self.descends() && self.sheets > 1;
        again.then(|| Self { floor: Some(self.next.clone()), restarts: self.restarts, ..Self::default() })
    }
}
