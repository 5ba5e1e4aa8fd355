//! What a caller wants to have.

use providers::Priority;
use tokio::time::Instant;

use super::{Caller, Demand, Errand, Failure};

/// What a caller wants to have.
#[derive(Debug, Clone, Copy)]
pub struct Wish<'a> {
    /// A contact's id, qualified or bare; or `tel:` or `mailto:`.
    pub id: &'a str,
    /// The instance to which a bare id belongs, where the caller says so.
    pub provider: Option<&'a str>,
    /// What the caller accepts from the cache.
    pub demand: Demand,
    /// Whether the same person's contacts elsewhere are wanted, too.
    pub linked: bool,
    /// Whether the provider's own document is wanted, too.
    pub raw: bool,
    /// When the answer is of no more use, if that is before the gateway's own deadline.
    pub deadline: Option<Instant>,
    /// Who asks: only instances that this one may ask are asked.
    pub caller: &'a Caller,
    /// Who goes first where calls must wait.
    pub priority: Priority,
    /// The request whose wish it is.
    pub errand: Errand<'a>,
    /// What callers are told of the failure of an instance that could not be asked: the code of the problem.
    pub told: fn(&Failure) -> &'static str,
}

impl<'a> Wish<'a> {
    /// Nothing but the contact with this id.
    #[must_use]
    pub fn new(id: &'a str, caller: &'a Caller, told: fn(&Failure) -> &'static str) -> Self {
        let demand = Demand::default();
        Self {
            id,
            provider: None,
            demand,
            linked: false,
            raw: false,
            deadline: None,
            caller,
            priority: caller.priority,
            errand: Errand::default(),
            told,
        }
    }
}
