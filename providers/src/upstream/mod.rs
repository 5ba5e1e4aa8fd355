//! The only place that owns an HTTP client: paces, limits, sends and repeats the calls to one account.

mod answer;
mod breaker;
mod budget;
mod drift;
mod lane;
mod limits;
mod meter;
mod quote;
mod report;
mod request;
mod retry;
mod shape;
mod trace;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use sha2::{Digest as _, Sha256};
use tokio::{sync::Semaphore, time::Instant};
use tracing::{Instrument as _, info_span};
use url::Url;

use self::lane::Lane;
use self::quote::Sent;
pub use self::{
    answer::{Answer, failing, is_failing},
    breaker::{Breaker, Change, LONGEST_PAUSE, Pass},
    budget::{Budget, Ended, Entry, Exhausted, Learned, Ledger, Ledgers, OpenLedger, Permit, Word},
    drift::{Deviation, Difference, Drift},
    limits::{Limits, ResetUnit},
    meter::{Calls, Outcome},
    report::{BreakerReport, BreakerState, BudgetReport, RouteReport},
    request::{Request, Route},
    retry::Retries,
    shape::{Field, Shape},
};
use crate::{Call, Error, ErrorKind, Instance, Result, TRACE};

/// Periskope closes idle connections after 5 s; ours go before, so that no call meets a connection that is closing.
const IDLE: Duration = Duration::from_secs(4);
/// The largest body read. A page of 2,000 Periskope contacts has about 1 MB.
const LARGEST_BODY: usize = 16 << 20;
/// A body that is larger is read only while few others are, because hundreds may come at the same time. A contact in some
/// thousand groups has about 100 kB.
const LARGE_BODY: usize = 256 << 10;
const MOST_LARGE_BODIES: usize = 4;
/// An upstream that is silent for so long is ailing, even if it had less than its whole time limit.
const ENOUGH: Duration = Duration::from_secs(1);

/// One account at one upstream: the one way to its API.
pub struct Upstream {
    instance: Instance,
    /// Tells accounts apart, and nothing of the credentials.
    account: String,
    dialect: &'static Dialect,
    credentials: Arc<HeaderMap>,
    client: reqwest::Client,
    lanes: Mutex<HashMap<&'static str, Arc<Lane>>>,
    origin: Instant,
    retries: Retries,
    large_bodies: Semaphore,
    drift: Drift,
}

/// What differs between upstreams in how they say yes, no and not now.
#[derive(Debug)]
pub struct Dialect {
    /// The unit of `X-RateLimit-Reset`.
    pub reset: ResetUnit,
    /// Lets pass what the provider's mapping can read (contacts, and the upstream's word that there is none), and turns
    /// everything else into an error. A rate limit that it reports pauses the route for the error's `retry_after`.
    pub judge: fn(&Answer) -> Result<()>,
}

impl fmt::Debug for Upstream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upstream").field("instance", &self.instance).finish_non_exhaustive()
    }
}

impl Upstream {
    /// An upstream to which `credentials` are sent with every authenticated call, and never elsewhere.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] if no TLS can be had on this machine.
    pub fn new(instance: Instance, dialect: &'static Dialect, mut credentials: HeaderMap) -> Result<Self> {
        for value in credentials.values_mut() {
            // Else `Debug` of a request prints them.
            value.set_sensitive(true);
        }
        let mut client = reqwest::Client::builder()
            .user_agent(concat!("contact-gateway/", env!("CARGO_PKG_VERSION")))
            // A redirect would carry the credentials elsewhere.
            .redirect(reqwest::redirect::Policy::none())
            // Repeats are ours: each one costs budget.
            .retry(reqwest::retry::never())
            .pool_idle_timeout(IDLE)
            .http1_only();
        if is_loopback(&instance.base_url) {
            // A proxy's loopback is another machine's.
            client = client.no_proxy();
        }
        let client = client.build().map_err(|error| {
            Error::new(ErrorKind::Unavailable, format!("no TLS (is the package ca-certificates installed?): {error}"))
        })?;
        let (lanes, retries, large_bodies) = (Mutex::default(), Retries::new(), Semaphore::new(MOST_LARGE_BODIES));
        let account = account(&instance.base_url, &credentials);
        let (credentials, drift, origin) = (Arc::new(credentials), Drift::default(), Instant::now());
        Ok(Self { instance, account, dialect, credentials, client, lanes, origin, retries, large_bodies, drift })
    }

    /// The instance that this is the upstream of.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// How its answers have differed from their routes' shapes.
    #[must_use]
    pub fn drift(&self) -> &Drift {
        &self.drift
    }

    /// When its first [step](crate::measure::STEP) began.
    #[must_use]
    pub fn origin(&self) -> Instant {
        self.origin
    }

    /// Makes one call, as often as it takes and makes sense, and returns an answer that the dialect has let pass.
    ///
    /// A call with a body is repeated only if the upstream surely has not carried it out.
    ///
    /// # Errors
    /// By `call.deadline` at the latest; which kinds, [`Dialect::judge`] and [`ErrorKind`] say.
    pub async fn send(&self, call: &Call, request: &Request<'_>) -> Result<Answer> {
        let lane = self.lane(request);
        self.retries.earn();
        let (mut attempt, mut repeated, mut failed, mut sent) = (0, false, None::<Error>, 0);
        loop {
            let waiting = Instant::now();
            let admitted = lane.admit(call).instrument(info_span!(target: TRACE, "wait for the budget")).await;
            call.has_waited(waiting);
            let (pass, permit) = match admitted {
                Ok(admitted) => admitted,
                // Why the attempt before failed says more than why there can't be another.
                Err(refusal) => return Err(failed.map_or(refusal.clone(), |error| error.after(refusal.retry_after()))),
            };
            let limit = self.instance.timeout.min(call.remaining());
            let sending = Instant::now();
            let metered = lane.meter.begin(sending);
            let span = trace::attempt(&self.instance, request, sent);
            let answered =
                self.attempt(limit, request, &lane, permit, call.headers(&span)).instrument(span.clone()).await;
            trace::end(&span, answered.as_ref().err());
            sent += 1;
            call.was_upstream(sending);
            let error = match answered {
                Ok(answer) => {
                    metered.end(Outcome::Answered);
                    lane.settle(pass, None);
                    if let Some(shape) = request.route.shape {
                        self.drift.look(shape, &answer, &self.instance.name);
                    }
                    return Ok(answer);
                }
                Err(error) => error,
            };
            tracing::debug!(provider = %self.instance.name, route = request.route.path, attempt, %error, "call failed");
            if error.is_closed() && !repeated && self.retries.take() {
                // Upstreams close connections that were idle, at any moment. That is no failure; `pass` reports none.
                metered.end(Outcome::Closed);
                lane.meter.repeat();
                repeated = true;
                failed = Some(error);
                continue;
            }
            metered.end(Outcome::Failed(error.kind()));
            attempt += 1;
            // A probe that has failed is answer enough, and where much of the budget is used, others need the rest.
            let spare = error.kind() != ErrorKind::RateLimited && lane.budget.is_scarce();
            let final_word = pass.is_probe() || spare || error.is_unsure();
            let again = if final_word { None } else { self.retries.pause(attempt, &error, call) };
            let Some(pause) = again else {
                // Whoever had too little time left to give says nothing of the upstream, nor does what this machine lacks.
                let had_time = limit >= self.instance.timeout / 2 || limit >= ENOUGH;
                if !error.is_local() && (error.kind() != ErrorKind::Timeout || had_time) {
                    lane.settle(pass, Some(&error));
                }
                return Err(error);
            };
            // One report for one question, however often it was repeated: one odd contact must not close out all others.
            drop(pass);
            call.has_failed(&error);
            let pausing = Instant::now();
            tokio::time::sleep(pause).await;
            call.has_paused(pausing);
            lane.meter.repeat();
            failed = Some(error);
        }
    }

    async fn attempt(
        &self,
        limit: Duration,
        request: &Request<'_>,
        lane: &Lane,
        permit: Permit<'_>,
        headers: HeaderMap,
    ) -> Result<Answer> {
        let mut sent = false;
        let answer = tokio::time::timeout(limit, self.exchange(request, permit, headers, &mut sent))
            .await
            .unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout, "no answer within the time limit")));
        let judged = answer.and_then(|answer| (self.dialect.judge)(&answer).map(|()| answer));
        judged.map_err(|error| {
            if let (ErrorKind::RateLimited, Some(wait)) = (error.kind(), error.retry_after()) {
                lane.budget.refused(wait);
            }
            use ErrorKind::{InvalidAnswer, Timeout, Unavailable};
            let is_telling = !matches!(error.kind(), InvalidAnswer | Timeout | Unavailable);
            if request.body.is_none() || !sent || is_telling { error } else { error.unsure() }
        })
    }

    /// Sends a request and reads the answer. `sent` tells whether the upstream may have got it.
    async fn exchange(
        &self,
        request: &Request<'_>,
        permit: Permit<'_>,
        headers: HeaderMap,
        sent: &mut bool,
    ) -> Result<Answer> {
        let url = request
            .url(&self.instance.base_url)
            .ok_or_else(|| Error::new(ErrorKind::Unavailable, "the base URL can hold no path"))?;
        let mut message = reqwest::Request::new(request.method(), url);
        *message.headers_mut() = headers;
        if let Some(body) = request.body {
            message.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            *message.body_mut() = Some(body.to_string().into());
        }
        if request.route.authenticated {
            message.headers_mut().extend((*self.credentials).clone());
        }
        *sent = true;
        let mut response = match self.client.execute(message).await {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                *sent = false;
                permit.unused();
                return Err(broken(&error));
            }
            Err(error) if was_closed(&error) => return Err(broken(&error).closed()),
            Err(error) => return Err(broken(&error)),
        };
        trace::answered(response.status());
        permit.answered(&Limits::read(response.headers(), self.dialect.reset));
        let body = self.read(&mut response).await?;
        let heard = Sent::new(request, &self.credentials);
        Ok(Answer::new(response.status(), std::mem::take(response.headers_mut()), body).to(heard))
    }

    async fn read(&self, response: &mut reqwest::Response) -> Result<Bytes> {
        let (mut body, mut right) = (BytesMut::new(), None);
        while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
            if body.len() + chunk.len() > LARGEST_BODY {
                return Err(Error::new(ErrorKind::InvalidAnswer, "the body is larger than 16 MiB"));
            }
            if body.len() + chunk.len() > LARGE_BODY && right.is_none() {
                // It is never closed.
                right = self.large_bodies.acquire().await.ok();
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }

    fn lane(&self, request: &Request<'_>) -> Arc<Lane> {
        let (mut lanes, route) = (self.lanes(), request.route);
        if let Some(lane) = lanes.get(route.path) {
            return Arc::clone(lane);
        }
        let lane = Arc::new(Lane::new(&self.instance, &self.account, request, self.origin, lanes.values()));
        lanes.insert(route.path, Arc::clone(&lane));
        lane
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<&'static str, Arc<Lane>>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The same text for the same account, in every process.
fn account(base_url: &Url, credentials: &HeaderMap) -> String {
    let mut parts: Vec<_> = credentials.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    parts.sort_unstable();
    let mut digest = Sha256::new();
    for part in
        parts.into_iter().flat_map(|(name, value)| [name.as_bytes(), value]).chain([base_url.as_str().as_bytes()])
    {
        // Of fixed length, so that no two lists of parts are the same bytes.
        digest.update(Sha256::digest(part));
    }
    hex::encode(&digest.finalize()[..16])
}

/// Whether the connection ended before any answer came.
fn was_closed(error: &reqwest::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(inner) = cause {
        if let Some(error) = inner.downcast_ref::<hyper::Error>() {
            return error.is_incomplete_message() || error.is_canceled() || error.is_closed() || is_io(error);
        }
        cause = inner.source();
    }
    return false;

    fn is_io(error: &hyper::Error) -> bool {
        let io = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
        io.is_some_and(|io| matches!(io.kind(), BrokenPipe | ConnectionAborted | ConnectionReset))
    }
}

/// An error of the connection: its innermost cause, because the outer ones only repeat the URL, which has the id in it.
fn broken(error: &reqwest::Error) -> Error {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    if error.is_timeout() {
        return Error::new(ErrorKind::Timeout, "the connection timed out");
    }
    let is_local = cause.downcast_ref::<std::io::Error>().is_some_and(lacks_files);
    // The words of the libraries here, not the upstream's.
    let detail = if std::ptr::addr_eq(cause, error) { "connection broken".to_owned() } else { cause.to_string() };
    let error = Error::new(ErrorKind::Unavailable, detail);
    if is_local { error.local() } else { error }
}

/// Whether this process, or this machine, has no file descriptor left.
fn lacks_files(error: &std::io::Error) -> bool {
    // ENFILE and EMFILE, on every system that the gateway is built for.
    matches!(error.raw_os_error(), Some(23 | 24))
}

/// Whether a URL leads to this machine: an address of loopback, or `localhost`.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
