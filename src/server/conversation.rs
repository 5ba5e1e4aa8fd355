//! A connection from its beginning to its end: what memory has is answered, and the server looks at whatever else happens.

use std::{
    cell::RefCell,
    future::poll_fn,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{shortcut::Shortcut, turns::Turns};
use crate::api::{Entrance, Readiness};

/// However much is answered from memory, the server looks at the connection as often as this: only so does it learn that the caller
/// is not silent. To look at nothing, after each answer, costs it a tenth of what the answer did (`docs/benchmarks.md`).
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// A connection, between what memory answers and its server.
pub(super) struct Conversation {
    shortcut: Rc<RefCell<Shortcut>>,
    readiness: Readiness,
}

/// The connection, as its server has it.
pub(super) struct End(Rc<RefCell<Shortcut>>);

impl Conversation {
    /// One with the caller behind this stream.
    pub(super) fn over(stream: TcpStream, entrance: Entrance, readiness: Readiness) -> Self {
        Self { shortcut: Rc::new(RefCell::new(Shortcut::new(stream, entrance))), readiness }
    }

    /// For the server.
    pub(super) fn end(&self) -> End {
        End(Rc::clone(&self.shortcut))
    }

    /// Goes on until the server, which serves the other end, says that it is over. Whoever is answered from memory needs nothing of the
    /// server's, which is large and therefore elsewhere.
    pub(super) async fn go_on<F: Future>(self, mut served: Pin<Box<F>>) -> F::Output {
        let mut looked = Instant::now();
        poll_fn(|context| {
            let answered = self.shortcut.borrow_mut().answer_all(context);
            // A server that stops tells its connections to end, once. An answer at the same moment must not hide it.
            let needless = |now: &Instant| now.saturating_duration_since(looked) < LOOK && self.readiness.is_ready();
            if answered.as_ref().is_some_and(needless) {
                return Poll::Pending;
            }
            looked = Instant::now();
            served.as_mut().poll(context)
        })
        .await
    }
}

impl End {
    /// Whose turn it is on this connection.
    pub(super) fn turns(&self) -> Turns {
        self.0.borrow().turns().clone()
    }
}

impl AsyncRead for End {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_read(context, to)
    }
}

impl AsyncWrite for End {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0.borrow_mut()).poll_shutdown(context)
    }
}
