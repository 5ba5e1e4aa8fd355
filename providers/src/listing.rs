//! All contacts of an account, page by page.

use std::fmt;

use crate::{Contact, Time};

/// Which contacts are wanted next.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only those that have changed at this moment or later.
    pub since: Option<Time>,
    /// About so many contacts in one page. A provider may give fewer, or more where its pages overlap.
    pub limit: u16,
    /// Where the page before has ended; `None` for the first one.
    pub from: Option<Position>,
}

/// Where a page has ended, in the words of the provider that made it. Whoever keeps one keeps it whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position(pub String);

/// One page.
///
/// `Debug` shows no contact.
pub struct Listing {
    /// The contacts. There may be none on any page, not only on the last.
    pub contacts: Vec<Listed>,
    /// Where the next page begins; `None` if this was the last.
    pub next: Option<Position>,
}

/// One contact of a page.
pub struct Listed {
    /// The contact.
    pub contact: Contact,
    /// Whether it has everything that [`ContactProvider::contact`](crate::ContactProvider::contact) would give. Upstreams
    /// leave parts out of their lists; such a contact must not be taken for a whole one.
    pub is_whole: bool,
}

impl fmt::Debug for Listing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listing").field("contacts", &self.contacts.len()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listed").field("is_whole", &self.is_whole).finish_non_exhaustive()
    }
}
