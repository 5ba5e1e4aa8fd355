//! Who may ask: whoever has a key, as often as that may be used.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    Error, FromRequest, HttpMessage as _, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{Payload, RequestHead, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::{AUTHORIZATION, HeaderMap},
    middleware::Next,
    web,
};

use super::{
    quota::{self, Told},
    refusal::Refusal,
    state::{Current, State},
};
use crate::gateway::Caller;

/// Somebody who has been admitted, and the state in which that was.
///
/// It, or a [`Guest`], is the only way to a gateway that a handler has, so that none can forget to ask who calls.
#[derive(Debug, Clone)]
pub(super) struct Admitted {
    pub(super) state: Arc<State>,
    pub(super) caller: Arc<Caller>,
}

/// The same for who is answered at once: borrowed, because counting references to what all threads share takes time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Guest<'a> {
    pub(super) state: &'a State,
    pub(super) caller: &'a Arc<Caller>,
}

/// Lets those requests pass that have a key, or need none, and whose quota is not used up.
pub(super) async fn admit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match Admitted::of(&request) {
        Ok((admitted, told)) => {
            request.extensions_mut().insert(admitted);
            let mut answer = next.call(request).await?.map_into_left_body();
            tell(told, answer.headers_mut());
            Ok(answer)
        }
        Err(refusal) => {
            let refused = refusal.respond(request.head());
            Ok(request.into_response(refused).map_into_right_body())
        }
    }
}

impl Admitted {
    fn of(request: &ServiceRequest) -> Result<(Self, Option<Told>), Refusal> {
        let state = request.app_data::<web::Data<Current>>().ok_or(Refusal::NotGuarded)?.load_full();
        let (guest, told) = Guest::of(request.head(), &state)?;
        let caller = Arc::clone(guest.caller);
        Ok((Self { state, caller }, told))
    }

    /// The same, where it need not last.
    pub(super) fn guest(&self) -> Guest<'_> {
        Guest { state: &self.state, caller: &self.caller }
    }
}

impl<'a> Guest<'a> {
    /// Who has sent this request, and what they are told of their quota.
    ///
    /// # Errors
    /// Why they are not admitted.
    pub(super) fn of(request: &RequestHead, state: &'a State) -> Result<(Self, Option<Told>), Refusal> {
        if let Some(caller) = state.keys.anybody() {
            return Ok((Self { state, caller }, None));
        }
        let admission = state.keys.admission(key(request).ok_or(Refusal::NoKey)?).ok_or(Refusal::UnknownKey)?;
        let told = match &admission.quota {
            Some(quota) => {
                let left = quota.take().map_err(|wait| Refusal::UsedUp(Arc::clone(quota), wait))?;
                Some(quota::told(quota, left))
            }
            None => None,
        };
        Ok((Self { state, caller: &admission.caller }, told))
    }
}

impl FromRequest for Admitted {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = request.extensions().get::<Self>().cloned();
        let refuse = || InternalError::from_response("not guarded", Refusal::NotGuarded.respond(request.head())).into();
        ready(admitted.ok_or_else(refuse))
    }
}

/// Adds what they are told to the answer.
pub(super) fn tell(told: Option<Told>, headers: &mut HeaderMap) {
    for (name, value) in told.into_iter().flatten() {
        headers.insert(name, value);
    }
}

/// The caller's key. Two of them are none: what stands in front may have looked at the other one.
fn key(request: &RequestHead) -> Option<&[u8]> {
    let mut all = request.headers().get_all(AUTHORIZATION);
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().as_bytes())
}
