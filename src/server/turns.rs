//! Whose turn it is on a connection.

use std::{cell::Cell, rc::Rc};

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
pub(super) enum Owner {
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

impl Turns {
    pub(super) fn owner(&self) -> Owner {
        self.0.owner.get()
    }

    /// It is this one's from now on. The server was given so many requests more.
    pub(super) fn give(&self, owner: Owner, requests: usize) {
        self.0.owner.set(owner);
        self.0.open.set(self.0.open.get() + requests);
    }

    /// The server has written all that it had to.
    pub(super) fn take_back(&self) {
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
