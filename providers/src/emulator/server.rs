//! The host: gives any emulated server an address, connections and faults, and keeps account of what it was asked.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use hyper::{
    body::{Body, Frame, Incoming, SizeHint},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use url::Url;

use super::{Change, Emulated, Fault, Request, Response, stream::Resettable};

/// How long a server that comes back waits for its old address.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running emulated server. It stops, with all its connections, when dropped.
#[derive(Debug)]
pub struct Emulator {
    base_url: Url,
    address: SocketAddr,
    state: Arc<State>,
    accepting: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct State {
    emulated: Box<dyn Emulated>,
    seen: Mutex<Vec<Seen>>,
    count: watch::Sender<usize>,
    /// And the method to which it is limited.
    fault: Mutex<Option<(Fault, Option<http::Method>)>>,
    open: watch::Sender<bool>,
}

/// A request that a server has seen.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The method.
    pub method: http::Method,
    /// The path with the query, as on the wire.
    pub target: String,
    /// The headers.
    pub headers: http::HeaderMap,
    /// The status of the answer; with a fault, the one that it would have been.
    pub status: u16,
    /// When it came.
    pub at: Instant,
}

impl Emulator {
    /// Starts a server on a free port of loopback.
    ///
    /// # Errors
    /// If there is none.
    pub async fn start(emulated: Box<dyn Emulated>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let base = format!("http://{address}{}", emulated.base_path());
        let base_url = Url::parse(&base).map_err(io::Error::other)?;
        let state = Arc::new(State {
            emulated,
            seen: Mutex::default(),
            count: watch::Sender::new(0),
            fault: Mutex::default(),
            open: watch::Sender::new(true),
        });
        let accepting = Mutex::new(Some(tokio::spawn(accept(listener, Arc::clone(&state)))));
        Ok(Self { base_url, address, state, accepting })
    }

    /// Stops listening and breaks all connections. What the server knows, stays.
    pub async fn stop(&self) {
        let accepting = lock(&self.accepting).take();
        if let Some(accepting) = accepting {
            accepting.abort();
            // The address is free once the task is gone.
            let _ = accepting.await;
        }
    }

    /// Listens again where it did before it was stopped.
    ///
    /// # Errors
    /// If the address can't be had again.
    pub async fn restart(&self) -> io::Result<()> {
        self.stop().await;
        let until = Instant::now() + PATIENCE;
        let listener = loop {
            match TcpListener::bind(self.address).await {
                Ok(listener) => break listener,
                // Somebody's connection may have been given the port in the meantime.
                Err(_) if Instant::now() < until => tokio::time::sleep(Duration::from_millis(50)).await,
                Err(error) => return Err(error),
            }
        };
        *lock(&self.accepting) = Some(tokio::spawn(accept(listener, Arc::clone(&self.state))));
        Ok(())
    }

    /// Where the API is, as a provider's `base_url`.
    #[must_use]
    pub fn base_url(&self) -> Url {
        self.base_url.clone()
    }

    /// What it was asked so far.
    #[must_use]
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.state.seen).clone()
    }

    /// What it was asked so far, and forgets it: for those who run for long.
    #[must_use]
    pub fn take_seen(&self) -> Vec<Seen> {
        std::mem::take(&mut *lock(&self.state.seen))
    }

    /// How often it was asked for something whose path and query contain this text.
    #[must_use]
    pub fn calls(&self, part: &str) -> usize {
        lock(&self.state.seen).iter().filter(|seen| seen.target.contains(part)).count()
    }

    /// Waits until it has been asked so many times.
    pub async fn wait_for_calls(&self, calls: usize) {
        // The sender lives as long as `self`.
        let _ = self.state.count.subscribe().wait_for(|count| *count >= calls).await;
    }

    /// Changes a contact on the server, and returns its id.
    pub fn change(&self, change: Change) -> String {
        self.state.emulated.change(change)
    }

    /// Spoils all answers from now on; `None` ends that.
    pub fn set_fault(&self, fault: Option<Fault>) {
        *lock(&self.state.fault) = fault.map(|fault| (fault, None));
    }

    /// Spoils the answers to requests of this method alone. What they ask for is done all the same.
    pub fn set_fault_on(&self, method: &http::Method, fault: Option<Fault>) {
        *lock(&self.state.fault) = fault.map(|fault| (fault, Some(method.clone())));
    }

    /// Keeps all answers back until [`release`](Self::release).
    pub fn hold(&self) {
        self.state.open.send_replace(false);
    }

    /// Lets the answers go.
    pub fn release(&self) {
        self.state.open.send_replace(true);
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        if let Some(accepting) = lock(&self.accepting).take() {
            accepting.abort();
        }
    }
}

async fn accept(listener: TcpListener, state: Arc<State>) {
    // Dropped with this task, and then aborts all connections.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                connections.spawn(serve(stream, Arc::clone(&state)));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TcpStream, state: Arc<State>) {
    let _ = stream.set_nodelay(true);
    let reset = Arc::new(AtomicBool::new(false));
    let io = TokioIo::new(Resettable::new(stream, Arc::clone(&reset)));
    let service = service_fn(|request| answer(request, Arc::clone(&state), Arc::clone(&reset)));
    // An error is a client that left, or a fault that was asked for.
    let _ = http1::Builder::new().serve_connection(io, service).await;
}

async fn answer(
    request: http::Request<Incoming>,
    state: Arc<State>,
    reset: Arc<AtomicBool>,
) -> Result<http::Response<Whole>, Broken> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let request = Request::from_parts(head, body);
    let applies = |method: &Option<http::Method>| method.as_ref().is_none_or(|method| method == request.method());
    let set = lock(&state.fault).clone().filter(|(_, method)| applies(method));
    let fault = Fault::asked_for(&request).or(set.map(|(fault, _)| fault));
    let right = state.emulated.answer(&request);
    state.note(&request, &right);
    let _ = state.open.subscribe().wait_for(|open| *open).await;

    match &fault {
        Some(Fault::Reset) => {
            reset.store(true, Ordering::Release);
            return Err(Broken);
        }
        Some(Fault::Delay(time)) => tokio::time::sleep(*time).await,
        _ => {}
    }
    let answer = fault.as_ref().map_or_else(|| right.clone(), |fault| fault.spoil(right.clone()));
    let cut = matches!(fault, Some(Fault::Truncate));
    Ok(answer.map(|body| Whole::new(body, cut)))
}

impl State {
    fn note(&self, request: &Request, answer: &Response) {
        let (method, headers) = (request.method().clone(), request.headers().clone());
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
        let status = answer.status().as_u16();
        let mut seen = lock(&self.seen);
        // Told the time under the lock, so that they stand in the order of their times.
        seen.push(Seen { method, target, headers, status, at: Instant::now() });
        drop(seen);
        self.count.send_modify(|count| *count += 1);
    }
}

/// What ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection ends here")]
struct Broken;

/// A body that says how long it is, and may end before.
struct Whole {
    length: u64,
    rest: Option<Bytes>,
    cut: bool,
}

impl Whole {
    fn new(body: Bytes, cut: bool) -> Self {
        let length = body.len() as u64;
        Self { length, rest: Some(if cut { body.slice(..body.len() / 2) } else { body }), cut }
    }
}

impl Body for Whole {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match self.rest.take() {
            Some(rest) => Poll::Ready(Some(Ok(Frame::data(rest)))),
            None if self.cut => Poll::Ready(Some(Err(Broken))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_none() && !self.cut
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.length)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
