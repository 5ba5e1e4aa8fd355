//! The HTTP server: what a connection may cost, and how serving ends.

use std::{
    any::Any,
    cell::RefCell,
    io,
    net::SocketAddr,
    num::NonZero,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    thread::available_parallelism,
    time::Duration,
};

use actix_http::{HttpMessage as _, Request};
use actix_service::apply_fn_factory;
use actix_web::{
    App, HttpServer,
    body::{BodySize, MessageBody},
    dev::{Extensions, Payload, Server, ServerHandle},
    error::PayloadError,
    http::header::TRANSFER_ENCODING,
    rt::net::TcpStream,
    web::{self, Bytes},
};
use futures_util::{Stream, TryFutureExt as _};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    api::{self, Current, Entrance, InFlight, Metrics, Readiness},
    config,
};

/// The head of a request must be there this long after its first byte; a connection that says nothing is closed as soon.
const HEAD: Duration = Duration::from_secs(5);
/// What was answered must be taken within this time, or the connection ends.
const TAKEN: Duration = Duration::from_secs(15);
/// How long it goes on accepting once it says that it is not ready, so that whoever sends it requests can learn that.
const NOTICE: Duration = Duration::from_secs(1);
/// As many files are wanted as this, and so many of them kept for the providers.
const MOST_FILES: u64 = 1 << 16;
const FOR_PROVIDERS: usize = 4096;
/// Beyond the request's own deadline: to write the answer out.
const GRACE: Duration = Duration::from_secs(2);

/// Binds the address; `workers` threads will answer.
pub(crate) fn bind(
    config: &config::Server,
    current: web::Data<Current>,
    readiness: &Readiness,
    metrics: web::Data<Metrics>,
) -> io::Result<(SocketAddr, Server)> {
    let readiness = web::Data::new(readiness.clone());
    let app = move || {
        let entrance = Entrance::new(current.clone(), &metrics);
        let app = App::new().app_data(current.clone()).app_data(readiness.clone()).app_data(metrics.clone());
        apply_fn_factory(app.configure(api::routes), move |mut request: Request, routes: &_| {
            let body = request.headers().contains_key(TRANSFER_ENCODING).then(|| Body::keep(&mut request));
            entrance.answer(request, routes).map_ok(move |(answer, in_flight)| {
                answer.map_body(|_, answer| Holding { answer, _body: body, _in_flight: in_flight })
            })
        })
    };
    let workers = if config.workers > 0 { config.workers } else { available_parallelism().map_or(1, NonZero::get) };
    let server = HttpServer::new(app)
        .workers(workers)
        .max_connections(most_connections() / workers)
        .client_request_timeout(HEAD)
        // The end of a stream would wait for the other side's delayed acknowledgement otherwise: 40 ms.
        .tcp_nodelay(true)
        .keep_alive(HEAD)
        .on_connect(limit_taking)
        .disable_signals()
        .shutdown_timeout((config.deadline + GRACE).as_secs());
    let server = server.bind(config.listen)?;
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    Ok((address, server.run()))
}

/// How many connections callers may have together. The rest of the files that the system lets this process have open is for
/// the providers' connections: else callers who open many could cut the gateway off from them.
fn most_connections() -> usize {
    let files = rlimit::increase_nofile_limit(MOST_FILES).unwrap_or(MOST_FILES);
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    files.saturating_sub(FOR_PROVIDERS.min(files / 2)).max(1)
}

/// Waits for SIGTERM or SIGINT, and then ends the serving: first it is not ready any more, then it accepts no more, then what is
/// in flight is finished. A second signal ends it at once.
///
/// It listens from this call on, so that no signal is missed before the waiting begins.
pub(crate) fn stop_on_signal(server: ServerHandle, readiness: Readiness) -> io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {
                tracing::info!("stopping");
                readiness.stop();
                tokio::time::sleep(NOTICE).await;
            }
            // At a terminal, nobody has to learn of it first.
            _ = interrupt.recv() => readiness.stop(),
        }
        tokio::select! {
            () = server.stop(true) => {}
            _ = terminate.recv() => drop(server.stop(false)),
            _ = interrupt.recv() => drop(server.stop(false)),
        }
    })
}

/// Ends connections whose other side does not take what it has asked for. The system does that best: it knows what has
/// arrived.
fn limit_taking(connection: &dyn Any, _: &mut Extensions) {
    if let Some(stream) = connection.downcast_ref::<TcpStream>() {
        // Without it, the connection only costs more than it should.
        let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(TAKEN));
    }
}

/// A request's body of unknown length, which its handler may read, and which its answer holds.
///
/// What is left of such a body when the answer has been sent would be read to its end, however long it is, if it were
/// dropped before. Held until then, it ends the connection.
#[derive(Clone)]
struct Body(Rc<RefCell<Payload>>);

impl Body {
    fn keep(request: &mut Request) -> Self {
        let body = Self(Rc::new(RefCell::new(request.take_payload())));
        *request.payload() = Payload::Stream { payload: Box::pin(body.clone()) };
        body
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_next(context)
    }
}

/// An answer that holds its request's body, and is in flight until it has been sent.
struct Holding<B> {
    answer: B,
    _body: Option<Body>,
    _in_flight: Option<InFlight>,
}

impl<B: MessageBody + Unpin> MessageBody for Holding<B> {
    type Error = B::Error;

    fn size(&self) -> BodySize {
        self.answer.size()
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.get_mut().answer).poll_next(context)
    }
}
