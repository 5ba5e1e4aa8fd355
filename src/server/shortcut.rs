//! A connection, on which whoever asks for what memory has is answered before the server reads the request.
//!
//! The server below is given every byte that is not a request of that kind, and knows nothing of the others: who is silent or slow, how
//! a connection ends, and whatever can be said in HTTP beside plain requests, is its affair.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{
    rt::net::TcpStream,
    web::{Buf as _, Bytes, Data},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::api::{Entrance, Plain, Readiness};

/// What is read at once: many requests, and less than a processor keeps near.
const READ: usize = 16 << 10;
/// What may be written at once. Whoever sends more requests without waiting for the answers gets these first.
const WRITTEN: usize = 64 << 10;

/// A connection between a caller and the server.
#[derive(Debug)]
pub(super) struct Shortcut {
    stream: TcpStream,
    entrance: Entrance,
    readiness: Data<Readiness>,
    turns: Turns,
    /// What has been answered and is not yet written.
    rest: Bytes,
}

/// Whose turn it is to answer on one connection: the server's until all that it was given has been answered, and for ever if that were
/// other than plain requests, because then only the server knows where the next one begins.
///
/// The first request is the server's always: only after an answer does it wait for a next request.
#[derive(Debug, Clone, Default)]
pub(super) struct Turns(Rc<State>);

#[derive(Debug, Default)]
struct State {
    owner: Cell<Owner>,
    /// How many requests the server has been given, and not yet answered.
    open: Cell<usize>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Owner {
    /// The server's, which has not been given anything.
    #[default]
    Nobody,
    /// The server's, which has requests to answer.
    Server,
    Shortcut,
    /// It has been given what can't be followed from here.
    OnlyServer,
}

/// A request that the server answers, until the answer has been handed out.
#[derive(Debug)]
pub(super) struct Turn(Turns);

thread_local! {
    /// What comes and what goes is here only while it is looked at: a connection that says nothing has no room of its own.
    static ROOM: Cell<Option<Room>> = const { Cell::new(None) };
}

struct Room {
    read: Box<[u8]>,
    written: Vec<u8>,
}

impl Shortcut {
    pub(super) fn new(stream: TcpStream, entrance: Entrance, readiness: Data<Readiness>) -> Self {
        Self { stream, entrance, readiness, turns: Turns::default(), rest: Bytes::new() }
    }

    pub(super) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Writes what has been answered.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.rest.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.rest))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.rest.advance(written);
        }
        Poll::Ready(Ok(()))
    }

    /// Reads for the server, which may have said something itself.
    fn poll_pass(&mut self, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = to.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, to))?;
        self.turns.give(&to.filled()[before..]);
        Poll::Ready(Ok(()))
    }

    /// Answers what can be answered from here; the rest is the server's.
    fn poll_answer(
        &mut self,
        context: &mut Context<'_>,
        room: &mut Room,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            ready!(self.poll_rest(context))?;
            let most = READ.min(to.remaining());
            let mut read = ReadBuf::new(&mut room.read[..most]);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
            let mut bytes = read.filled();
            if bytes.is_empty() {
                return Poll::Ready(Ok(()));
            }
            room.written.clear();
            while !bytes.is_empty()
                && room.written.len() < WRITTEN
                && let Some(request) = Plain::read(bytes, &mut Plain::room())
                && self.entrance.at_hand(&request, &mut room.written).is_some()
            {
                bytes = &bytes[request.length..];
            }
            if !room.written.is_empty() {
                let written = match Pin::new(&mut self.stream).poll_write(context, &room.written)? {
                    Poll::Ready(written) => written,
                    Poll::Pending => 0,
                };
                // Nearly always nothing.
                self.rest = Bytes::copy_from_slice(&room.written[written..]);
            }
            if !bytes.is_empty() {
                self.turns.give(bytes);
                to.put_slice(bytes);
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncRead for Shortcut {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        // Who stops says so with each answer, which is the server's affair.
        if this.turns.0.owner.get() != Owner::Shortcut || !this.readiness.is_ready() {
            return this.poll_pass(context, to);
        }
        let room = || Room { read: vec![0; READ].into(), written: Vec::new() };
        let mut room = ROOM.take().unwrap_or_else(room);
        let polled = this.poll_answer(context, &mut room, to);
        ROOM.set(Some(room));
        polled
    }
}

impl AsyncWrite for Shortcut {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_rest(context))?;
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_rest(context))?;
        // The server flushes when all that it has to say has been written.
        this.turns.take_back();
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_rest(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}

impl Turns {
    /// The server is given these bytes.
    fn give(&self, bytes: &[u8]) {
        let state = &*self.0;
        if bytes.is_empty() || state.owner.get() == Owner::OnlyServer {
            return;
        }
        let is_plain = Plain::is_all_of(bytes);
        state.owner.set(if is_plain { Owner::Server } else { Owner::OnlyServer });
        state.open.set(state.open.get() + 1);
    }

    /// The server has written all that it had to.
    fn take_back(&self) {
        if self.0.owner.get() == Owner::Server && self.0.open.get() == 0 {
            self.0.owner.set(Owner::Shortcut);
        }
    }

    /// The server answers a request.
    pub(super) fn begin(&self) -> Turn {
        Turn(self.clone())
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let open = &self.0.0.open;
        open.set(open.get().saturating_sub(1));
    }
}
