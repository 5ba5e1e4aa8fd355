//! One page of a server's lists of contacts and of visitors.

use serde_json::Value;

use super::{
    answer::{Asked, accept, list, living, living_guest},
    generation::Generation,
    server::Server,
    shape, wire,
};
use crate::{
    Call, Contact, LocalId, Time,
    trail::mapping,
    upstream::{Answer, Request, Route},
};

static CONTACTS_SEARCH: Route = Route::new("api/v1/omnichannel/contacts.search").shaped(&shape::CONTACTS);
static VISITORS_SEARCH: Route = Route::new("api/v1/livechat/visitors.search").shaped(&shape::VISITORS);

/// The largest page that a server gives, unless it was told otherwise.
pub(super) const LARGEST: usize = 100;

/// Which page.
pub(super) struct Asking<'a> {
    /// What the contact's name, an address or a number must contain.
    pub(super) text: &'a str,
    /// Whether contacts are wanted whom nobody has named yet, or the others; there is no asking for both. Visitors are all
    /// alike.
    pub(super) unknown: bool,
    /// As JSON.
    pub(super) sort: &'static str,
    /// How many are left out before.
    pub(super) offset: usize,
    /// How many are wanted, at most [`LARGEST`].
    pub(super) count: usize,
}

/// What the server gave.
pub(super) struct Page {
    /// Those that can be told apart, in the server's order.
    pub(super) items: Vec<Item>,
    /// How many documents there were: the unit in which servers count.
    pub(super) length: usize,
    /// How many documents there are on all pages together, as far as the server says.
    pub(super) total: Option<u64>,
    /// Whether more may follow: the server gave as many as asked for, or doesn't say that there are no more. Its `count` is
    /// what was asked for, and its `total` is counted apart, so neither alone ends a list.
    pub(super) may_go_on: bool,
}

/// One contact of a page.
pub(super) struct Item {
    /// Its place in the page.
    pub(super) at: usize,
    pub(super) id: LocalId,
    /// When it was last changed, in nanoseconds since 1970.
    pub(super) changed: LastChange,
    /// None if it was erased.
    pub(super) contact: Option<Contact>,
    /// Whether that is all that the server has of it.
    pub(super) is_whole: bool,
}

/// When a contact was last changed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LastChange {
    /// The list doesn't say.
    Untold,
    /// Then; `None` if the server doesn't know.
    At(Option<i64>),
    /// It is not there any more.
    Gone,
}

impl LastChange {
    pub(super) fn at(time: Option<&Time>) -> Self {
        Self::At(time.map(nanoseconds))
    }
}

/// A moment as a number. It lasts until 2262.
pub(super) fn nanoseconds(time: &Time) -> i64 {
    i64::try_from(time.moment().as_nanosecond()).unwrap_or(i64::MAX)
}

/// Asks for a page.
pub(super) async fn page(server: &Server, generation: Generation, asking: &Asking<'_>, call: &Call) -> Asked<Page> {
    let (route, name) = match generation {
        Generation::Modern => (&CONTACTS_SEARCH, "contacts"),
        Generation::Legacy => (&VISITORS_SEARCH, "visitors"),
    };
    let (count, offset) = (asking.count.to_string(), asking.offset.to_string());
    let mut request =
        Request::get(route).parameter("count", &count).parameter("offset", &offset).parameter("sort", asking.sort);
    request = match generation {
        Generation::Modern => request.parameter("unknown", if asking.unknown { "true" } else { "false" }),
        // Must be there, and means all if it is empty.
        Generation::Legacy => request.parameter("term", asking.text),
    };
    if generation == Generation::Modern && !asking.text.is_empty() {
        request = request.parameter("searchText", asking.text);
    }
    let answer = server.upstream.send(call, &request).await?;
    mapping(|| read(server, generation, asking, name, &answer))
}

fn read(server: &Server, generation: Generation, asking: &Asking<'_>, name: &str, answer: &Answer) -> Asked<Page> {
    accept(answer)?;
    let (documents, total) = list(answer, name)?;
    let length = documents.len();
    let seen = u64::try_from(asking.offset + length).unwrap_or(u64::MAX);
    let may_go_on = length >= asking.count || total.is_none_or(|total| total > seen);
    let mut items = Vec::with_capacity(length);
    for (at, document) in documents.into_iter().enumerate() {
        match item(server, generation, at, document)? {
            Some(item) => items.push(item),
            None => {
                tracing::warn!(provider = %server.instance().name, list = name, "a contact without an id is left out");
            }
        }
    }
    Ok(Page { items, length, total, may_go_on })
}

fn item(server: &Server, generation: Generation, at: usize, document: Value) -> Asked<Option<Item>> {
    let legal = |id: &crate::wire::Text| id.filled().and_then(|id| LocalId::parse(id).ok());
    let item = match generation {
        Generation::Modern => {
            let Ok(document) = serde_json::from_value::<wire::Contact>(document) else { return Ok(None) };
            let Some(id) = legal(&document.id) else { return Ok(None) };
            let changed = LastChange::at(document.updated_at.time().as_ref());
            let contact = living(server.instance(), &id, document)?;
            Item { at, id, changed, contact, is_whole: true }
        }
        Generation::Legacy => {
            let Ok(document) = serde_json::from_value::<wire::Guest>(document) else { return Ok(None) };
            let Some(id) = legal(&document.id) else { return Ok(None) };
            let contact = living_guest(server.instance(), &id, document)?;
            Item { at, id, changed: LastChange::Untold, contact, is_whole: false }
        }
    };
    Ok(Some(item))
}
