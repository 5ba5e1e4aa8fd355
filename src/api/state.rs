//! What a request is answered with.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Seal;
use crate::{auth::Keys, gateway::Gateway, telemetry::Lines};

/// What one configuration makes of the program. A request keeps the one with which it began.
#[derive(Debug)]
pub struct State {
    /// The providers, and what is known of their contacts.
    pub gateway: Arc<Gateway>,
    /// Who may ask.
    pub keys: Keys,
    /// What cursors are sealed with.
    pub seal: Seal,
    /// Which requests have a line in the log.
    pub lines: Lines,
}

/// The state in which requests begin.
pub type Current = ArcSwap<State>;
