//! All contacts of a server, page by page, or those that have changed.
//!
//! Rocket.Chat counts the contacts that come before a page; it can't begin a page behind a given contact. On a list that
//! moves, a count alone would skip contacts. So a page begins with the last contact of the page before; if that is not there
//! any more, the order tells whether the page begins too late, and by how much a further look back is needed.
//!
//! **All contacts** come in the order of their ids, which never change and are indexed. Whatever else appears, changes or
//! vanishes, a contact keeps its place between the others.
//!
//! **Changed ones** come newest first, so that a look at what is new ends with the first old one. Whatever changes meanwhile
//! goes to the front. So where there is more than a page, only those are given that are older than the newest was at the
//! beginning, and that one and all newer ones in a further round, until a round fits into one page. The moments that are
//! compared are all the server's.
//!
//! Servers before 7.1 sort by the last change too, but don't show it in their list: visitors are read one by one to see
//! where the boundary lies, in steps that double and then by halves. Which makes some ten calls for a page of a hundred.
//! A visitor that changes between the list and that look may bring older ones with it; none is lost.
//!
//! What a modern server never lists, this doesn't: contacts without the field `unknown`, and those that have neither name nor
//! e-mail address nor phone number.

mod place;
mod step;
mod view;

use self::{
    place::{Order, Place},
    step::step,
};
use super::{
    answer::Asked,
    generation::Generation,
    page::{Asking, page},
    server::Server,
};
use crate::{Call, Listing, Query};

/// The most pages that the server is asked for to make one of ours. More than one is needed where contacts have vanished,
/// where whole pages hold nothing new, and at the end of a round.
const MOST_PAGES: usize = 8;

/// The next page. It may be empty before the last one.
pub(super) async fn list(server: &Server, generation: Generation, query: &Query, call: &Call) -> Asked<Listing> {
    let mut place = match &query.from {
        None => Place::first(generation, query.since.as_ref()),
        Some(position) => Place::read(position, generation)?,
    };
    for _ in 0..MOST_PAGES {
        let (contacts, next) = step(server, place, query.limit, call).await?;
        match next {
            Some(next) if contacts.is_empty() => place = next,
            next => return Ok(Listing { contacts, next: next.map(|next| next.write()) }),
        }
    }
    Ok(Listing { contacts: Vec::new(), next: Some(place.write()) })
}

/// How many contacts all lists have together, by the server's own count; `None` if it gives none.
pub(super) async fn count(server: &Server, generation: Generation, call: &Call) -> Asked<Option<u64>> {
    let lists: &[bool] = if generation == Generation::Modern { &[true, false] } else { &[false] };
    let mut count = Some(0);
    for &unknown in lists {
        let asking = Asking { text: "", unknown, sort: Order::Id.sort(), offset: 0, count: 1 };
        let page = page(server, generation, &asking, call).await?;
        count = count.zip(page.total).map(|(count, total): (u64, u64)| count.saturating_add(total));
    }
    Ok(count)
}
