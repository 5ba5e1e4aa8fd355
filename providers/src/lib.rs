#![doc = include_str!("../README.md")]

mod call;
mod contact;
mod draft;
pub mod emulator;
mod error;
mod event;
mod found;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handle;
mod id;
mod kind;
mod listing;
pub mod meaning;
pub mod measure;
mod origin;
mod periskope;
pub mod phone;
mod provider;
mod rocketchat;
mod settings;
mod time;
mod trail;
pub mod upstream;
mod wire;

pub use call::{Call, Priority, Spent};
pub use contact::{Channel, Conflict, Contact, ContactType, Email, Owner, Phone, Unreachable};
pub use draft::{Draft, Mistake};
pub use error::{Error, ErrorKind, Result};
pub use event::{Changed, Event, Unheard};
pub use found::{Document, Found};
pub use handle::{Handle, InvalidHandle};
pub use id::{InvalidId, LocalId, MAX_ID_BYTES};
pub use kind::{Capabilities, Instance, Kind, Rate};
pub use listing::{Listed, Listing, Position, Query};
pub use origin::Origin;
pub use provider::ContactProvider;
pub use settings::{Setting, Settings, header_text};
pub use time::Time;
pub use trail::{TRACE, Trail};
pub use upstream::{Ledger, Ledgers, OpenLedger};

/// Every kind of provider there is. A new one is its folder, its `mod` line above, and one entry here.
pub const KINDS: &[Kind] = &[periskope::KIND, rocketchat::KIND];
