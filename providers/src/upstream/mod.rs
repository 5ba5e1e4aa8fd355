//! The only place that owns an HTTP client: paces, limits, sends and repeats the calls to one account.

mod answer;
mod budget;
mod fastest;
mod limits;
mod request;
mod retry;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use url::Url;

pub use self::{
    answer::{Answer, quote},
    budget::{Budget, Exhausted, Permit},
    limits::{Limits, ResetUnit},
    request::{Request, Route},
    retry::Retries,
};
use crate::{Call, Error, ErrorKind, Instance, Rate, Result};

/// Periskope closes idle connections after 5 s; ours go before, so that no call meets a connection that is closing.
const IDLE: Duration = Duration::from_secs(4);
/// The largest body read. A page of 2,000 Periskope contacts has about 1 MB.
const LARGEST_BODY: usize = 16 << 20;

/// One account at one upstream: the one way to its API.
pub struct Upstream {
    instance: Instance,
    dialect: &'static Dialect,
    credentials: HeaderMap,
    client: reqwest::Client,
    budgets: Mutex<HashMap<&'static str, Arc<Budget>>>,
    retries: Retries,
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
        Ok(Self { instance, dialect, credentials, client, budgets: Mutex::default(), retries: Retries::new() })
    }

    /// The instance that this is the upstream of.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// Makes one call, as often as it takes and makes sense, and returns an answer that the dialect has let pass.
    ///
    /// # Errors
    /// By `call.deadline` at the latest; which kinds, [`Dialect::judge`] and [`ErrorKind`] say.
    pub async fn get(&self, call: &Call, request: &Request<'_>) -> Result<Answer> {
        let budget = self.budget(request.route);
        self.retries.earn();
        let mut attempt = 0;
        loop {
            let permit = budget.acquire(call.deadline).await.map_err(foreseen)?;
            let error = match self.attempt(call, request, &budget, permit).await {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            attempt += 1;
            tracing::debug!(provider = %self.instance.name, route = request.route.path, attempt, %error, "call failed");
            match self.retries.pause(attempt, &error, call) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    async fn attempt(&self, call: &Call, request: &Request<'_>, budget: &Budget, permit: Permit<'_>) -> Result<Answer> {
        let limit = self.instance.timeout.min(call.remaining());
        let answer = tokio::time::timeout(limit, self.send(request, permit))
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout, "no answer within the time limit"))??;
        budget.learn(&Limits::read(&answer, self.dialect.reset));
        (self.dialect.judge)(&answer).inspect_err(|error| {
            if let (ErrorKind::RateLimited, Some(wait)) = (error.kind(), error.retry_after()) {
                budget.pause(wait);
            }
        })?;
        Ok(answer)
    }

    async fn send(&self, request: &Request<'_>, permit: Permit<'_>) -> Result<Answer> {
        let url = request
            .url(&self.instance.base_url)
            .ok_or_else(|| Error::new(ErrorKind::Unavailable, "the base URL can hold no path"))?;
        let mut sent = self.client.get(url);
        if request.route.authenticated {
            sent = sent.headers(self.credentials.clone());
        }
        let mut response = match sent.send().await {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                permit.unused();
                return Err(broken(&error));
            }
            Err(error) => return Err(broken(&error)),
        };
        permit.answered();
        let body = read(&mut response).await?;
        Ok(Answer { status: response.status(), headers: std::mem::take(response.headers_mut()), body })
    }

    fn budget(&self, route: &'static Route) -> Arc<Budget> {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let rate: Rate = route.rate.unwrap_or(self.instance.rate);
        Arc::clone(budgets.entry(route.path).or_insert_with(|| Arc::new(Budget::new(rate))))
    }
}

async fn read(response: &mut reqwest::Response) -> Result<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| broken(&error))? {
        if body.len() + chunk.len() > LARGEST_BODY {
            return Err(Error::new(ErrorKind::InvalidAnswer, "the body is larger than 16 MiB"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn foreseen(exhausted: Exhausted) -> Error {
    Error::new(ErrorKind::RateLimited, "the budget is used up").after(exhausted.retry_after)
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
    let detail =
        if std::ptr::addr_eq(cause, error) { "connection broken".to_owned() } else { quote(&cause.to_string()) };
    Error::new(ErrorKind::Unavailable, detail)
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
