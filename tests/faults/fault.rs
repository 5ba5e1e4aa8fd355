//! What stands between the gateway and an upstream can do, as a script.

use std::{net::SocketAddr, time::Duration};

use bytes::Bytes;

use crate::{certificates::Shown, exchange::Exchange};

/// How the proxy behaves towards each connection.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fault {
    /// As if it were not there.
    None,
    /// Nobody listens.
    Refuse,
    /// No connection comes about, and nobody says why.
    Swallow,
    /// Plays this to whoever connects, before a byte is read and before TLS.
    Connected(fn() -> Vec<Step>),
    /// Shows this certificate.
    Certificate(Shown),
    /// Lets the upstream answer, and plays this instead of its answer.
    Answered(fn(&Exchange) -> Vec<Step>),
}

/// One thing that a connection does. After the last one it goes on as if nothing had been.
#[derive(Debug, Clone)]
pub(crate) enum Step {
    /// Sends this.
    Send(Bytes),
    /// Sends this, one byte at a time with a pause after each.
    Drip(Bytes, Duration),
    /// Sends this again and again.
    Repeat(Bytes),
    /// Does nothing for a while.
    Wait(Duration),
    /// Does nothing, for ever, and reads nothing.
    Hang,
    /// Ends the connection in order (FIN).
    Close,
    /// Ends it at once (RST).
    Reset,
}

/// Where the parts of a scene are, for faults that speak of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Places {
    /// Another host, which nobody has a reason to contact.
    pub(crate) elsewhere: SocketAddr,
}
