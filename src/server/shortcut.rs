//! A connection, on which whoever asks for what memory has is answered before the server reads the request.
//!
//! The server below is given every byte that is not a request of that kind, and knows nothing of the others: who is silent or slow, how
//! a connection ends, and whatever can be said in HTTP beside plain requests, is its affair.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use actix_web::{
    rt::net::TcpStream,
    web::{Buf as _, Bytes},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::turns::{Owner, Turns};
use crate::api::{Entrance, Plain};

/// What is read at once: many requests, or one with long headers, and less than a processor keeps near.
const READ: usize = 16 << 10;
/// What is answered at once. Whoever sends more requests without waiting has the next answers from the server.
const WRITTEN: usize = 64 << 10;

/// How often it reads before others have their turn.
const ROUNDS: usize = 16;

/// A connection between a caller and the server.
pub(super) struct Shortcut {
    stream: TcpStream,
    entrance: Entrance,
    turns: Turns,
    /// What has been answered and is not yet written.
    unwritten: Bytes,
    /// What is the server's and it has had no room for.
    unread: Bytes,
    /// When something was last answered from here.
    answered: Option<Instant>,
    /// What ended the connection, where the server has not heard of it.
    failed: Option<io::Error>,
}

thread_local! {
    /// What comes and what goes is here only while it is looked at: a connection that says nothing has no room of its own.
    static ROOM: Cell<Option<Room>> = const { Cell::new(None) };
}

struct Room {
    read: Box<[u8]>,
    written: Vec<u8>,
}

impl Shortcut {
    pub(super) fn new(stream: TcpStream, entrance: Entrance) -> Self {
        let (turns, unwritten, unread) = (Turns::default(), Bytes::new(), Bytes::new());
        Self { stream, entrance, turns, unwritten, unread, answered: None, failed: None }
    }

    pub(super) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Answers what can be answered from here. Returns when that was, if there is nothing else for the server to see.
    pub(super) fn answer_all(&mut self, context: &mut Context<'_>) -> Option<Instant> {
        // A server that ends the connection waits until all is written.
        if self.turns.owner() != Owner::Shortcut || !self.unwritten.is_empty() || !self.unread.is_empty() {
            return None;
        }
        self.answered = None;
        // Without room here, what is the server's is kept for it.
        match Pin::new(&mut *self).poll_read(context, &mut ReadBuf::new(&mut [])) {
            Poll::Pending => self.answered,
            Poll::Ready(outcome) => {
                self.failed = outcome.err();
                None
            }
        }
    }

    /// Writes what has been answered.
    fn poll_unwritten(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.unwritten.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.unwritten))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.unwritten.advance(written);
        }
        // Else it would keep its room.
        self.unwritten = Bytes::new();
        Poll::Ready(Ok(()))
    }

    /// Reads requests until there is something for the server, and answers those before that can be answered from here. Whoever sends
    /// very many makes room for others, and for the server's look, in between.
    fn poll_requests(
        &mut self,
        context: &mut Context<'_>,
        Room { read, written }: &mut Room,
        to: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        for _ in 0..ROUNDS {
            ready!(self.poll_unwritten(context))?;
            let mut read = ReadBuf::new(read);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
            written.clear();
            let rest = self.answer(read.filled(), written);
            if !written.is_empty() {
                let length = match Pin::new(&mut self.stream).poll_write(context, written)? {
                    Poll::Ready(length) => length,
                    Poll::Pending => 0,
                };
                // Nearly always nothing.
                self.unwritten = Bytes::copy_from_slice(&written[length..]);
            }
            if !rest.is_empty() {
                let (now, later) = rest.split_at(rest.len().min(to.remaining()));
                to.put_slice(now);
                self.unread = Bytes::copy_from_slice(later);
                return Poll::Ready(Ok(()));
            }
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }

    /// Answers what can be answered from here. Returns the rest, which is the server's from now on.
    fn answer<'a>(&mut self, bytes: &'a [u8], to: &mut Vec<u8>) -> &'a [u8] {
        let (mut answered, mut looked_at, mut given) = (0, 0, 0);
        let mut owner = self.turns.owner();
        while looked_at < bytes.len() && owner != Owner::OnlyServer {
            match Plain::read(&bytes[looked_at..], &mut Plain::room()) {
                None => owner = Owner::OnlyServer,
                Some(request) => {
                    looked_at += request.length;
                    let (is_here, now) = (owner == Owner::Shortcut && to.len() < WRITTEN, Instant::now());
                    if is_here && self.entrance.at_hand(&request, now, to).is_some() {
                        (answered, self.answered) = (looked_at, Some(now));
                    } else {
                        (owner, given) = (Owner::Server, given + 1);
                    }
                }
            }
        }
        self.turns.give(owner, given);
        &bytes[answered..]
    }
}

impl AsyncRead for Shortcut {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, to: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if let Some(error) = this.failed.take() {
            return Poll::Ready(Err(error));
        }
        if !this.unread.is_empty() {
            let now = this.unread.split_to(this.unread.len().min(to.remaining()));
            to.put_slice(&now);
            return Poll::Ready(Ok(()));
        }
        if this.turns.owner() == Owner::OnlyServer {
            return Pin::new(&mut this.stream).poll_read(context, to);
        }
        let room = || Room { read: vec![0; READ].into(), written: Vec::new() };
        let mut room = ROOM.take().unwrap_or_else(room);
        let polled = this.poll_requests(context, &mut room, to);
        ROOM.set(Some(room));
        polled
    }
}

impl AsyncWrite for Shortcut {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_unwritten(context))?;
        Pin::new(&mut this.stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_unwritten(context))?;
        // The server flushes when all that it has to say has been written.
        this.turns.take_back();
        Pin::new(&mut this.stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_unwritten(context))?;
        Pin::new(&mut this.stream).poll_shutdown(context)
    }
}
