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
    quota,
    refusal::Refusal,
    state::{Current, State},
};
use crate::{
    auth::{Left, Quota},
    gateway::Caller,
};

/// What stands before a key.
const SCHEME: &str = "Bearer ";

/// Somebody who has been admitted, and the state in which that was.
///
/// It, or a [`Guest`], is the only way to a gateway that a handler has, so that none can forget to ask who calls.
#[derive(Debug, Clone)]
pub(super) struct Admitted {
    pub(super) state: Arc<State>,
    pub(super) caller: Arc<Caller>,
    /// Of which quota this was a request, and what is left of it.
    left: Option<(Arc<Quota>, Left)>,
}

/// The same for who is answered at once: borrowed, because counting references to what all threads share takes time.
#[derive(Debug)]
pub(super) struct Guest<'a> {
    pub(super) state: &'a Arc<State>,
    pub(super) caller: &'a Arc<Caller>,
    left: Option<(&'a Arc<Quota>, Left)>,
}

/// Lets those requests pass that have a key, or need none, and whose quota is not used up.
pub(super) async fn admit<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    match Admitted::of(&request) {
        Ok(admitted) => {
            request.extensions_mut().insert(admitted.clone());
            let mut answer = next.call(request).await?.map_into_left_body();
            admitted.guest().tell(answer.headers_mut());
            Ok(answer)
        }
        Err(refusal) => {
            let refused = refusal.respond(request.head());
            Ok(request.into_response(refused).map_into_right_body())
        }
    }
}

impl Admitted {
    fn of(request: &ServiceRequest) -> Result<Self, Refusal> {
        let state = request.app_data::<web::Data<Current>>().ok_or(Refusal::NotGuarded)?.load();
        Guest::of(request.head(), &state).map(Guest::stay)
    }

    /// The same, where it need not last.
    pub(super) fn guest(&self) -> Guest<'_> {
        Guest { state: &self.state, caller: &self.caller, left: self.left.as_ref().map(|(quota, left)| (quota, *left)) }
    }
}

impl<'a> Guest<'a> {
    /// Who has sent this request.
    ///
    /// # Errors
    /// Why they are not admitted.
    pub(super) fn of(request: &RequestHead, state: &'a Arc<State>) -> Result<Self, Refusal> {
        if let Some(caller) = state.keys.anybody() {
            return Ok(Self { state, caller, left: None });
        }
        let admission = state.keys.admission(key(request).ok_or(Refusal::NoKey)?).ok_or(Refusal::UnknownKey)?;
        let left = match &admission.quota {
            Some(quota) => Some((quota, quota.take().map_err(|wait| Refusal::UsedUp(Arc::clone(quota), wait))?)),
            None => None,
        };
        Ok(Self { state, caller: &admission.caller, left })
    }

    /// The same for who has to wait.
    pub(super) fn stay(self) -> Admitted {
        let left = self.left.map(|(quota, left)| (Arc::clone(quota), left));
        Admitted { state: Arc::clone(self.state), caller: Arc::clone(self.caller), left }
    }

    /// Tells them in an answer's headers what is left of their quota.
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        if let Some((quota, left)) = self.left {
            quota::tell(quota, left, headers);
        }
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

/// The caller's key. Two of them are none: what stands in front may have looked at the other one.
fn key(request: &RequestHead) -> Option<&[u8]> {
    let mut all = request.headers().get_all(AUTHORIZATION);
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (scheme, key) = value.to_str().ok()?.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| key.trim().as_bytes())
}
