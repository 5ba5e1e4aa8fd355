//! Contacts by phone number or e-mail address.

use std::collections::VecDeque;

use super::{
    answer::{Asked, accept, living_guest, only},
    generation::Generation,
    page::{Asking, LARGEST, page},
    server::Server,
    shape, spellings, wire,
};
use crate::{
    Call, Contact, Handle, LocalId,
    trail::mapping,
    upstream::{Answer, Request, Route},
};

/// Finds one visitor by a whole text, as it is stored.
static CONTACT_SEARCH: Route = Route::new("api/v1/omnichannel/contact.search").shaped(&shape::VISITOR_FOUND);

/// The most calls for one handle. Two parts among the known and the unknown contacts are four; two are left for further
/// pages, should a part of a number be in very many texts. By default a server allows ten calls in a minute.
const MOST_CALLS: usize = 6;

/// Finds the contacts that have this handle.
pub(super) async fn find(server: &Server, generation: Generation, handle: &Handle, call: &Call) -> Asked<Vec<Contact>> {
    match generation {
        Generation::Modern => contacts(server, handle, call).await,
        Generation::Legacy => Ok(visitor(server, handle, call).await?.into_iter().collect()),
    }
}

/// Searches for every part, among the contacts that somebody has named and among the others.
async fn contacts(server: &Server, handle: &Handle, call: &Call) -> Asked<Vec<Contact>> {
    let parts = spellings::parts(handle);
    let mut searches: VecDeque<_> = parts.iter().flat_map(|part| [(part, false, 0), (part, true, 0)]).collect();
    let mut found: Vec<Contact> = Vec::new();
    for _ in 0..MOST_CALLS {
        let Some((text, unknown, offset)) = searches.pop_front() else { break };
        let asking = Asking { text, unknown, sort: r#"{"_id":1}"#, offset, count: LARGEST };
        let page = page(server, Generation::Modern, &asking, call).await?;
        if page.may_go_on && page.length > 0 {
            searches.push_back((text, unknown, offset + page.length));
        }
        for contact in page.items.into_iter().filter_map(|item| item.contact) {
            // The part may stand in another number, or in a name.
            if handle.is_of(&contact) && !found.iter().any(|other| other.id == contact.id) {
                found.push(contact);
            }
        }
    }
    Ok(found)
}

/// Asks for one spelling after the other, until there is a visitor who has it.
async fn visitor(server: &Server, handle: &Handle, call: &Call) -> Asked<Option<Contact>> {
    let name = match handle {
        Handle::Phone(_) => "phone",
        Handle::Email(_) => "email",
    };
    let wholes = spellings::wholes(handle, server.instance().default_region.as_deref());
    for whole in wholes.iter().take(MOST_CALLS) {
        let request = Request::get(&CONTACT_SEARCH).parameter(name, whole);
        let answer = server.upstream.send(call, &request).await?;
        accept(&answer)?;
        if let Some(contact) = mapping(|| guest(server, &answer))?.filter(|contact| handle.is_of(contact)) {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}

fn guest(server: &Server, answer: &Answer) -> Asked<Option<Contact>> {
    only(answer, |document: wire::Guest| {
        let id = document.id.filled().and_then(|id| LocalId::parse(id).ok());
        id.map_or(Ok(None), |id| living_guest(server.instance(), &id, document))
    })
}
