//! Callers' keys: how one is made, what is kept of it, whom it admits, and how often.

mod digest;
mod key;
mod keys;
mod quota;

pub use self::{
    digest::Digest,
    key::generate,
    keys::{Admission, Key, Keys},
    quota::{Left, Quota},
};
