//! All contacts, page by page, from a list that moves while it is read.
//!
//! Periskope pages by offset. Whatever appears or vanishes before the place where a page ended, shifts what comes after it. So
//! each page overlaps with the one before: it begins [`OVERLAP`] contacts earlier, and goes on behind those that were given
//! last. Contacts that nobody touches never change places among themselves, so nothing unread lies before one of those that
//! were read. Where none of them is found, the page looks around in a wide window, and failing that begins again at the front:
//! then contacts may come twice, but none is lost.
//!
//! The order is not documented; the published example, and the emulator, have the newest change first. There a contact that is
//! touched jumps to the front, perhaps past the reader. Hence after the end the front is read once more, down to where the first
//! pass had begun, until what is to be read fits into one answer, which can't move. In an order that has nothing to do with
//! changes nothing jumps, and one pass is enough. Which order it is, is looked at on every page, never assumed.

mod floor;
mod order;
mod place;
mod sheet;

use jiff::Timestamp;

pub(super) use self::order::Order;
use self::{
    place::{Place, Reached},
    sheet::Sheet,
};
use crate::{
    Call, Listed, Listing, Query, Result,
    trail::mapping,
    upstream::{Request, Route, Upstream},
};

/// The most contacts that Periskope gives in one answer.
const MOST: usize = 2000;
/// How many contacts are asked for once more.
const OVERLAP: usize = 16;
/// How often a page goes on for want of contacts: where it only looks for those that have changed, or at the end.
const ROUNDS: usize = 4;

/// What a page is read with.
pub(super) struct Reader<'a> {
    pub(super) upstream: &'a Upstream,
    pub(super) route: &'static Route,
    pub(super) order: &'a Order,
    pub(super) call: &'a Call,
}

impl Reader<'_> {
    /// One page: a call, and up to twelve where the list has moved far or little of it is wanted.
    pub(super) async fn page(&self, query: &Query) -> Result<Listing> {
        let since = query.since.as_ref().map(crate::Time::moment);
        let limit = usize::from(query.limit.max(1));
        let mut place = Place::read(query.from.as_ref())?;
        let mut contacts = Vec::new();
        let mut is_sparse = since.is_some() && !self.order.is_known();
        for _ in 0..ROUNDS {
            let room = limit - contacts.len();
            let width = if is_sparse { MOST } else { MOST.min(room.max(1) + OVERLAP) };
            let sheet = self.sheet(&mut place, width).await?;
            let is_short = sheet.is_short();
            let before = contacts.len();
            match self.take(&mut place, sheet, since, room, &mut contacts) {
                Reached::Limit => break,
                Reached::End => match place.turn() {
                    Some(next) => place = next,
                    None => return Ok(Listing { contacts, next: None }),
                },
                // Perhaps the end: the next answer tells. A server may give fewer contacts than it was asked for.
                Reached::Sheet if is_short => {}
                Reached::Sheet if contacts.is_empty() => {}
                Reached::Sheet => break,
            }
            is_sparse = contacts.len() == before;
        }
        Ok(Listing { contacts, next: Some(place.position()) })
    }

    /// Takes what is new and wanted out of an answer.
    fn take(
        &self,
        place: &mut Place,
        sheet: Sheet,
        since: Option<Timestamp>,
        room: usize,
        contacts: &mut Vec<Listed>,
    ) -> Reached {
        self.order.heed(place);
        place.begin_sheet();
        // Only in the order of changes does the first older contact mean that all others are older.
        let stop = since.filter(|_| self.order.is_known());
        let (wanted, is_short) = (contacts.len() + room, sheet.is_short());
        let mut is_new = false;
        for (offset, row) in sheet.unread() {
            if place.has_read(&row) {
                place.pass_by(offset);
                continue;
            }
            if place.is_beyond(&row, stop) {
                return Reached::End;
            }
            if contacts.len() == wanted {
                return Reached::Limit;
            }
            is_new = true;
            place.take(offset, &row);
            if place.wants(&row, since) {
                contacts
                    .extend(row.contact(self.upstream.instance()).map(|contact| Listed { contact, is_whole: false }));
            }
        }
        if is_new || !is_short {
            return Reached::Sheet;
        }
        self.order.learn(place);
        Reached::End
    }

    /// The next answer that hangs together with what was read before.
    async fn sheet(&self, place: &mut Place, width: usize) -> Result<Sheet> {
        let mut sheet = self.fetch(place.offset().saturating_sub(OVERLAP), width).await?;
        if !place.attach(&mut sheet) {
            sheet = self.fetch(place.offset().saturating_sub(MOST / 2), MOST).await?;
        }
        if !place.attach(&mut sheet) {
            place.restart();
            sheet = self.fetch(0, MOST).await?;
            place.attach(&mut sheet);
        }
        Ok(sheet)
    }

    async fn fetch(&self, start: usize, limit: usize) -> Result<Sheet> {
        let (offset, width) = (start.to_string(), limit.to_string());
        let request = Request::get(self.route).parameter("limit", &width);
        // Whether the first contact's offset is 0 or 1 is documented both ways. What we don't say is right.
        let request = if start == 0 { request } else { request.parameter("offset", &offset) };
        let answer = self.upstream.send(self.call, &request).await?;
        mapping(|| Sheet::read(&answer, start, limit, self.upstream.instance()))
    }
}
