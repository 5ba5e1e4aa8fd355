//! Who may ask: whoever has a key, as often as that may be used.

use std::{
    future::{Ready, ready},
    sync::Arc,
};

use actix_web::{
    Error, FromRequest, HttpMessage as _, HttpRequest,
    body::{EitherBody, MessageBody},
    dev::{Payload, ServiceRequest, ServiceResponse},
    error::InternalError,
    http::header::AUTHORIZATION,
    middleware::Next,
    web,
};

use super::{
    head::{Head, text},
    header::Headers,
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
/// It is the only way to a gateway that a handler has, so that none can forget to ask who calls.
#[derive(Debug, Clone)]
pub(super) struct Admitted {
    pub(super) state: Arc<State>,
    pub(super) caller: Arc<Caller>,
    /// Of which quota this was a request, and what is left of it.
    left: Option<(Arc<Quota>, Left)>,
}

/// Whoever has a key, and is admitted if something is left of its quota.
#[derive(Debug)]
pub(super) struct Holder<'a> {
    pub(super) caller: &'a Arc<Caller>,
    quota: Option<&'a Arc<Quota>>,
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
            admitted.tell(answer.headers_mut());
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
        let state = request.app_data::<web::Data<Current>>().ok_or(Refusal::NotGuarded)?.load_full();
        let holder = Holder::of(request.head(), &state)?;
        let left = holder.take()?;
        let (caller, left) = (Arc::clone(holder.caller), holder.quota.cloned().zip(left));
        Ok(Self { state, caller, left })
    }

    /// Tells them in an answer's headers what is left of their quota.
    fn tell(&self, headers: &mut impl Headers) {
        if let Some((quota, left)) = &self.left {
            quota::tell(quota, *left, headers);
        }
    }
}

impl<'a> Holder<'a> {
    /// Whose key this request has.
    ///
    /// # Errors
    /// Nobody's.
    pub(super) fn of(request: &impl Head, state: &'a State) -> Result<Self, Refusal> {
        if let Some(caller) = state.keys.anybody() {
            return Ok(Self { caller, quota: None });
        }
        let admission = state.keys.admission(key(request).ok_or(Refusal::NoKey)?).ok_or(Refusal::UnknownKey)?;
        Ok(Self { caller: &admission.caller, quota: admission.quota.as_ref() })
    }

    /// Takes one request from their quota, if they have one, and says what is left of it.
    ///
    /// # Errors
    /// Nothing was.
    pub(super) fn take(&self) -> Result<Option<Left>, Refusal> {
        let take = |quota: &Arc<Quota>| quota.take().map_err(|wait| Refusal::UsedUp(Arc::clone(quota), wait));
        self.quota.map(take).transpose()
    }

    /// Tells them in an answer's headers what is left of it.
    pub(super) fn tell(&self, left: Option<Left>, headers: &mut impl Headers) {
        if let (Some(quota), Some(left)) = (self.quota, left) {
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
fn key(request: &impl Head) -> Option<&[u8]> {
    let mut all = request.values(&AUTHORIZATION);
    let (Some(value), None) = (all.next(), all.next()) else { return None };
    let (scheme, key) = text(value)?.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| key.trim().as_bytes())
}
