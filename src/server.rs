//! The HTTP server: what a connection may cost, and how serving ends.

use std::{any::Any, io, net::SocketAddr, time::Duration};

use actix_web::{
    App, Error, HttpMessage as _, HttpServer,
    body::MessageBody,
    dev::{Extensions, Server, ServerHandle, ServiceRequest, ServiceResponse},
    http::header::TRANSFER_ENCODING,
    middleware::{Next, from_fn},
    rt::net::TcpStream,
    web,
};
use tokio::signal::unix::{SignalKind, signal};

use crate::{
    api::{self, Readiness},
    config,
    gateway::Gateway,
};

/// The head of a request must be there this long after its first byte; a connection that says nothing is closed as soon.
const HEAD: Duration = Duration::from_secs(5);
/// What was answered must be taken within this time, or the connection ends.
const TAKEN: Duration = Duration::from_secs(15);
/// How long it goes on accepting once it says that it is not ready, so that whoever sends it requests can learn that.
const NOTICE: Duration = Duration::from_secs(1);
/// Beyond the request's own deadline: to write the answer out.
const GRACE: Duration = Duration::from_secs(2);

/// Binds the address; `workers` threads will answer.
pub(crate) fn bind(
    config: &config::Server,
    gateway: web::Data<Gateway>,
    readiness: &Readiness,
) -> io::Result<(SocketAddr, Server)> {
    let readiness = web::Data::new(readiness.clone());
    let app = move || {
        App::new()
            .app_data(gateway.clone())
            .app_data(readiness.clone())
            .configure(api::routes)
            .wrap(from_fn(keep_unread))
    };
    let mut server = HttpServer::new(app)
        .client_request_timeout(HEAD)
        .keep_alive(HEAD)
        .on_connect(limit_taking)
        .disable_signals()
        .shutdown_timeout((config.deadline + GRACE).as_secs());
    if config.workers > 0 {
        server = server.workers(config.workers);
    }
    let server = server.bind(config.listen)?;
    let address = server.addrs().first().copied().unwrap_or(config.listen);
    Ok((address, server.run()))
}

/// Waits for SIGTERM or SIGINT, and then ends the serving: first it is not ready any more, then it accepts no more, then what is
/// in flight is finished. A second signal ends it at once.
pub(crate) async fn stop_on_signal(server: ServerHandle, readiness: Readiness) -> io::Result<()> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
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
    Ok(())
}

/// Ends connections whose other side does not take what it has asked for. The system does that best: it knows what has
/// arrived.
fn limit_taking(connection: &dyn Any, _: &mut Extensions) {
    if let Some(stream) = connection.downcast_ref::<TcpStream>() {
        // Without it, the connection only costs more than it should.
        let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(TAKEN));
    }
}

/// Ends the connection after the answer if the request has a body of unknown length.
///
/// No path takes a body. The server would read such a one to its end, however long it is, if nobody held it: so the answer
/// does.
async fn keep_unread(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let body = request.headers().contains_key(TRANSFER_ENCODING).then(|| request.take_payload());
    let mut response = next.call(request).await?;
    if let Some(body) = body {
        response.response_mut().extensions_mut().insert(body);
    }
    Ok(response)
}
