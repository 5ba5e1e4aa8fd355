//! `[traces]`: where traces go.

use http::{HeaderMap, HeaderName, HeaderValue};
use providers::upstream::is_loopback;
use url::Url;

use super::{reader::Table, secret};
use crate::telemetry::Traces;

const EXAMPLE: &str = "write the collector's address, such as \"http://127.0.0.1:4318\"";
const SERVICE: &str = "contact-gateway";

/// `Some(None)`: none are wanted.
pub(super) fn read(mut table: Table<'_>) -> Option<Option<Traces>> {
    if table.keys().is_empty() {
        table.finish();
        return Some(None);
    }
    table.require("endpoint", EXAMPLE);
    let endpoint = endpoint(&mut table);
    let sample = if table.has("sample") { table.part("sample") } else { Some(1.0) };
    let service = if table.has("service_name") { table.text("service_name") } else { Some(SERVICE.to_owned()) };
    let headers = headers(table.table("headers"));
    if let (Some(endpoint), Some(headers)) = (&endpoint, &headers) {
        refuse_listeners(&table, endpoint, headers);
    }
    table.finish();
    Some(Some(Traces { endpoint: endpoint?, headers: headers?, sample: sample?, service: service? }))
}

/// No mistake repeats the address: it may hold a password.
fn endpoint(table: &mut Table<'_>) -> Option<Url> {
    let text = table.text("endpoint")?;
    let wrong = match Url::parse(&text) {
        Err(_) => ("is not a URL", EXAMPLE),
        Ok(url) if !matches!(url.scheme(), "http" | "https") => ("is no web address", EXAMPLE),
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            ("holds a user or a password", "move them to traces.headers, as `authorization`")
        }
        Ok(url) if url.query().is_some() || url.fragment().is_some() => {
            ("holds a `?` or a `#`", "end it after the path")
        }
        Ok(url) if url.path().trim_end_matches('/').ends_with("/v1/traces") => {
            ("ends with /v1/traces", "leave that out: it is added")
        }
        Ok(url) => return Some(url),
    };
    table.mistake("endpoint", wrong.0, wrong.1);
    None
}

/// Whatever a collector wants to have. Each can be a secret, and so be read from a file.
fn headers(mut table: Table<'_>) -> Option<HeaderMap> {
    let mut headers = Some(HeaderMap::new());
    let suffix = secret::file_key("");
    let names = table.keys().into_iter().map(|key| key.strip_suffix(&suffix).map(str::to_owned).unwrap_or(key));
    for name in names.collect::<std::collections::BTreeSet<_>>() {
        match (header(&mut table, &name), &mut headers) {
            (Some((name, value)), Some(headers)) => drop(headers.insert(name, value)),
            _ => headers = None,
        }
    }
    table.finish();
    headers
}

fn header(table: &mut Table<'_>, name: &str) -> Option<(HeaderName, HeaderValue)> {
    let (key, text) = secret::read(table, name)?;
    let Ok(name) = HeaderName::try_from(name) else {
        table.mistake(&key, "is no name of a header", "write one such as `authorization`");
        return None;
    };
    let Ok(mut value) = HeaderValue::try_from(text) else {
        table.mistake(&key, "can't stand in a header", "write visible ASCII characters");
        return None;
    };
    value.set_sensitive(true);
    Some((name, value))
}

fn refuse_listeners(table: &Table<'_>, endpoint: &Url, headers: &HeaderMap) {
    if endpoint.scheme() == "http" && !headers.is_empty() && !is_loopback(endpoint) {
        table.mistake(
            "endpoint",
            "would send traces.headers unencrypted to another machine",
            "write https://, or remove the headers",
        );
    }
}
