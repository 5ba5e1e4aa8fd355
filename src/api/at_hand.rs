//! Answers from memory to requests as they come over a connection: what nearly all requests are.
//!
//! They say the same as those that the server gives (`contacts`), for less work: no table is made of a request's headers, nor
//! of an answer's, and what all threads share is borrowed instead of counting references to it.

use std::{cell::RefCell, collections::HashMap, sync::Arc, time::Instant};

use actix_web::http::{
    Method, StatusCode,
    header::{CONTENT_TYPE, ETAG, VARY},
};

use super::{
    admission::Holder,
    cache_control, caching,
    code::Code,
    contacts::{FORMS, VARIES},
    entrance::Entrance,
    head::Head as _,
    header::{Headers as _, Text},
    identity::RequestId,
    log,
    negotiation::negotiate,
    operation::Operation,
    plain::Plain,
    problem::{self, Problem, Template},
    question::id_of,
    record, told,
    written::Written,
};
use crate::{
    auth::Left,
    forms::Form,
    gateway::{Content, Page, Served, Wish},
};

/// Larger contacts are left to the server, which needs no room for all of them at once. Their way to it is little of what they take.
const LARGEST: usize = 64 << 10;

impl Entrance {
    /// Writes the answer to a request that has just come and asks for one contact, if memory has it and there is nothing else to be
    /// done or told. Else `None`: nothing has been written or counted.
    pub(crate) fn at_hand(&self, request: &Plain<'_>, begun: Instant, to: &mut Vec<u8>) -> Option<()> {
        let operation = Operation::of(&Method::GET, request.path());
        let operation = operation.filter(|operation| operation.is_reading_a_contact())?;
        let state = self.current.load();
        if request.query().is_some() || record::is_traced() || log::tells_of_all(state.lines) {
            return None;
        }
        let holder = Holder::of(request, &state).ok()?;
        if holder.caller.fields.is_some() || negotiate(request, FORMS) != Some(Form::Json) {
            return None;
        }
        let (id, demand) = (id_of(request, "/contacts/").ok()?, cache_control::demand(request).ok()?);
        let wish = Wish { demand, ..Wish::new(&id, holder.caller, told) };
        let admit = |page: &Page| if page.length() > LARGEST { None } else { holder.take().ok() };
        let (served, left) = state.gateway.at_hand(&wish, admit)?;

        let mut text = Text(std::mem::take(to));
        let status = write(request, &served, (&holder, left), begun, &mut text);
        *to = text.0;

        let (in_flight, took) = (self.tally.begin(), begun.elapsed());
        in_flight.answered(operation, status, took);
        if served.page.is_found() {
            in_flight.remembered(took);
        } else {
            in_flight.failed(Code::ContactNotFound);
        }
        Some(())
    }
}

fn write(
    request: &Plain<'_>,
    served: &Served,
    (holder, left): (&Holder<'_>, Option<Left>),
    now: Instant,
    to: &mut Text,
) -> StatusCode {
    let id = RequestId::of(request);
    let document;
    let (status, form, body) = match served.page.content() {
        Content::Found(_) if caching::has_already(request, served.page.etag()) => {
            (StatusCode::NOT_MODIFIED, None, None)
        }
        Content::Found(body) => (StatusCode::OK, Some(Form::Json.content_type()), Some(body)),
        Content::Known(_) | Content::Absent => {
            document = not_found(served.provider.as_ref(), &id);
            (Code::ContactNotFound.entry().status, Some(problem::JSON), Some(&*document))
        }
    };
    let mut answer = Written::begin(to, status, body.map(<[u8]>::len));
    caching::describe(&mut answer, served);
    id.tell(&mut answer);
    holder.tell(left, &mut answer);
    if served.page.is_found() {
        answer.put(ETAG, |text| text.ascii(&served.page.etag().to_ascii()));
        answer.put(VARY, |text| text.push(VARIES));
    }
    if let Some(form) = form {
        answer.put(CONTENT_TYPE, |text| text.push(form));
    }
    answer.end(now, body.unwrap_or_default());
    status
}

/// That a provider has no such contact. Only the request's id differs from one document to the next.
fn not_found(provider: Option<&Arc<str>>, id: &RequestId) -> Vec<u8> {
    thread_local! {
        /// As many as there are instances.
        static TEMPLATES: RefCell<HashMap<Option<Arc<str>>, Template>> = RefCell::default();
    }
    TEMPLATES.with_borrow_mut(|templates| {
        let template = || Problem::not_found(provider.map(|name| &**name)).template();
        templates.entry(provider.cloned()).or_insert_with(template).to_json(id)
    })
}
