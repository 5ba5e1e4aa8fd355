//! The HTTP server: what a connection may cost, and how serving ends.

mod answer;
mod conversation;
mod shortcut;
mod turns;

use std::{io, net::SocketAddr, num::NonZero, thread::available_parallelism, time::Duration};

use actix_http::{HttpMessage as _, HttpService, Request};
use actix_server::{Server, ServerHandle};
use actix_service::{Service as _, apply_fn_factory, map_config};
use actix_web::{App, dev::AppConfig, http::header::TRANSFER_ENCODING, rt::net::TcpStream, web};
use futures_util::TryFutureExt as _;
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::signal::unix::{SignalKind, signal};

use self::{
    answer::{Body, Holding},
    conversation::{Conversation, End, LOOK},
    turns::Turns,
};
use crate::{
    api::{self, Current, Entrance, Metrics, Readiness},
    config,
};

/// The head of a connection's first request must be there this long after its beginning; a connection that says nothing is closed as
/// soon, or a second later.
const HEAD: Duration = Duration::from_secs(5);
/// Who is told no while still sending may send for so long, because else the answer would not be read.
const LEAVING: Duration = Duration::from_secs(1);
/// What was answered must be taken within this time, or the connection ends.
const TAKEN: Duration = Duration::from_secs(15);
/// How long it goes on accepting once it says that it is not ready, so that whoever sends it requests can learn that.
const NOTICE: Duration = Duration::from_secs(1);
/// As many files are wanted as this, and so many of them kept for the providers.
const MOST_FILES: u64 = 1 << 16;
const FOR_PROVIDERS: usize = 4096;
/// So many connections may wait to be accepted.
const BACKLOG: i32 = 1024;
/// Beyond the request's own deadline: to write the answer out.
const GRACE: Duration = Duration::from_secs(2);

/// Binds the address; `workers` threads will answer.
pub(crate) fn bind(
    config: &config::Server,
    current: web::Data<Current>,
    readiness: &Readiness,
    metrics: web::Data<Metrics>,
) -> io::Result<(SocketAddr, Server)> {
    let workers = if config.workers > 0 { config.workers } else { available_parallelism().map_or(1, NonZero::get) };
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections(most_connections() / workers)
        .disable_signals()
        .shutdown_timeout((config.deadline + GRACE).as_secs());
    let stopping = server.graceful_shutdown_signal();
    let (ready, readiness) = (readiness.clone(), web::Data::new(readiness.clone()));
    let listener = listen(config.listen)?;
    let address = listener.local_addr()?;
    let server = server.listen("http", listener, move || {
        let entrance = Entrance::new(current.clone(), &metrics);
        let app = App::new().app_data(current.clone()).app_data(readiness.clone()).app_data(metrics.clone());
        let app = apply_fn_factory(app.configure(api::routes), {
            let entrance = entrance.clone();
            move |mut request: Request, routes: &_| {
                let body = request.headers().contains_key(TRANSFER_ENCODING).then(|| Body::keep(&mut request));
                let turn = request.conn_data().map(Turns::begin);
                let answering = entrance.answer(request, routes);
                answering.map_ok(move |(answer, in_flight)| {
                    answer.map_body(|_, answer| Holding { answer, body, in_flight, turn })
                })
            }
        });
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(HEAD)
            .client_disconnect_timeout(LEAVING)
            .keep_alive(HEAD + LOOK)
            .on_connect_ext(|end: &End, data| {
                data.insert(end.turns());
            })
            .h1(map_config(app, |()| AppConfig::default()));
        let ready = ready.clone();
        apply_fn_factory(http, move |stream: TcpStream, http| {
            let peer = stream.peer_addr().ok();
            configure(&stream);
            let conversation = Conversation::over(stream, entrance.clone(), ready.clone());
            let served = Box::pin(http.call((conversation.end(), peer)));
            conversation.go_on(served)
        })
    })?;
    Ok((address, server.run()))
}

fn listen(address: SocketAddr) -> io::Result<std::net::TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // Else nobody could listen here for a minute after the last process did.
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
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

/// What a connection costs beyond its requests. None of it is needed for the answers: without it, it only costs more than it should.
fn configure(stream: &TcpStream) {
    // The end of a stream would wait for the other side's delayed acknowledgement otherwise: 40 ms.
    let _ = stream.set_nodelay(true);
    // Ends connections whose other side does not take what it has asked for. The system does that best: it knows what has
    // arrived.
    let _ = SockRef::from(stream).set_tcp_user_timeout(Some(TAKEN));
}
