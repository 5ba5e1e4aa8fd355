//! What is asked of whom.

use std::io::Write as _;

use crate::{Outcome, requests::Template, upstream};

/// A key that is nobody's secret.
const KEY: &str = "cg_bench";

/// Asks the gateway for made-up contacts, with these lines of headers.
pub(crate) fn contact(headers: &str) -> Outcome<Template> {
    let id = upstream::id(0)?;
    let id = &id[..id.len() - 8];
    Ok(Template::new(&format!("GET /contacts/rocketchat_@@:{id}######## HTTP/1.1\r\n{}{headers}\r\n", head())))
}

/// Asks for the same those who want no key.
pub(crate) fn keyless() -> Outcome<Template> {
    let id = upstream::id(0)?;
    let id = &id[..id.len() - 8];
    Ok(Template::new(&format!("GET /contacts/rocketchat_@@:{id}######## HTTP/1.1\r\nHost: gateway\r\n\r\n")))
}

/// Asks the gateway for a thousand of so many contacts at once.
pub(crate) fn batch(accept: &str, contacts: u32) -> Outcome<Batch> {
    let id = upstream::id(0)?;
    let prefix = id[..id.len() - 8].to_owned();
    let body = format!("{{\"ids\":[{}]}}", vec![format!("\"rocketchat_00:{id}\""); 1000].join(","));
    let head = format!(
        "POST /contacts/batch/read HTTP/1.1\r\n{}Accept: {accept}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        head(),
        body.len()
    );
    Ok(Batch { head, prefix, batches: u64::from(contacts.div_ceil(1000)) })
}

/// Asks the upstream for the same.
pub(crate) fn document() -> Outcome<Template> {
    let (id, [user, token]) = (upstream::id(0)?, upstream::credentials()?);
    let path = format!("/api/v1/omnichannel/contacts.get?contactId={}########", &id[..id.len() - 8]);
    Ok(Template::new(&format!(
        "GET {path} HTTP/1.1\r\nHost: gateway\r\nX-User-Id: {user}\r\nX-Auth-Token: {token}\r\n\r\n"
    )))
}

/// The headers of every request.
pub(crate) fn head() -> String {
    format!("Host: gateway\r\nAuthorization: Bearer {KEY}\r\n")
}

/// A request for a thousand contacts.
#[derive(Debug)]
pub(crate) struct Batch {
    head: String,
    /// What their ids have in common.
    prefix: String,
    batches: u64,
}

impl Batch {
    /// Writes the request for those of this number.
    pub(crate) fn write(&self, number: u64, to: &mut Vec<u8>) {
        to.extend_from_slice(self.head.as_bytes());
        let first = number % self.batches * 1000;
        for contact in first..first + 1000 {
            let begin = if contact == first { "{\"ids\":[" } else { "," };
            // Writing to memory can't fail.
            let _ = write!(to, "{begin}\"rocketchat_00:{}{:08x}\"", self.prefix, 5 * contact);
        }
        to.extend_from_slice(b"]}");
    }
}
