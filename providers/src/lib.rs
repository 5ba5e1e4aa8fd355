#![doc = include_str!("../README.md")]

mod call;
mod contact;
pub mod emulator;
mod error;
#[cfg(fuzzing)]
pub mod fuzzing;
mod id;
mod kind;
mod periskope;
pub mod phone;
mod provider;
mod rocketchat;
mod settings;
mod time;
pub mod upstream;
mod wire;

pub use call::{Call, Priority};
pub use contact::{Channel, Conflict, Contact, ContactType, Email, Owner, Phone};
pub use error::{Error, ErrorKind, Result};
pub use id::{InvalidId, LocalId, MAX_ID_BYTES};
pub use kind::{Instance, Kind, Rate};
pub use provider::ContactProvider;
pub use settings::{Setting, Settings, header_text};
pub use time::Time;

/// Every kind of provider there is. A new one is its folder, its `mod` line above, and one entry here.
pub const KINDS: &[Kind] = &[periskope::KIND, rocketchat::KIND];
