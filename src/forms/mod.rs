//! The forms in which contacts are written: JSON, JSContact, vCard, and tables and lines of many.

mod card;
mod fields;
mod form;
mod jscontact;
mod redaction;
mod table;
mod vcard;

use std::borrow::Cow;

use providers::Contact;
use serde_json::Value;

pub use fields::{Fields, UnknownField};
pub use form::Form;

/// Why a contact can't be written. Nothing of the contact is in it, as would be in the JSON reader's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// The bytes are not a contact's JSON.
    #[error("the contact's page can't be read from its byte {0} on")]
    Page(usize),
    /// The table's writer fails.
    #[error("the contact can't be written as a row")]
    Row,
}

impl From<serde_json::Error> for FormError {
    fn from(error: serde_json::Error) -> Self {
        Self::Page(error.column())
    }
}

impl From<csv::Error> for FormError {
    fn from(_: csv::Error) -> Self {
        Self::Row
    }
}

/// A whole document of one contact, from its page: its JSON with every key.
///
/// All of it as JSON are the page's own bytes.
///
/// # Errors
/// If the bytes are no contact.
pub fn render<'a>(page: &'a [u8], form: Form, fields: &Fields) -> Result<Cow<'a, [u8]>, FormError> {
    match form {
        Form::Csv => Ok([head(form, fields)?, record(page, form, fields)?].concat().into()),
        Form::Json if fields.is_all() => Ok(page.into()),
        Form::Json => Ok(json(&read(page, fields)?, fields)?.into()),
        Form::JsContact => Ok(serde_json::to_vec(&jscontact::card(&read(page, fields)?)?)?.into()),
        Form::VCard => Ok(vcard::card(&read(page, fields)?)?.into_bytes().into()),
        Form::Ndjson => Ok(record(page, form, fields)?.into()),
    }
}

/// What stands before the first of many contacts in one file or stream: a table's header.
///
/// # Errors
/// None that the names of the fields could cause.
pub fn head(form: Form, fields: &Fields) -> Result<Vec<u8>, FormError> {
    match form {
        Form::Csv => table::header(fields),
        _ => Ok(Vec::new()),
    }
}

/// One of many contacts in one file or stream. Forms that are JSON take one line each.
///
/// # Errors
/// If the bytes are no contact.
pub fn record(page: &[u8], form: Form, fields: &Fields) -> Result<Vec<u8>, FormError> {
    let line = |json: Cow<'_, [u8]>| [&json[..], b"\n"].concat();
    match form {
        Form::Csv => table::row(&read(page, fields)?, fields),
        Form::VCard => render(page, form, fields).map(Cow::into_owned),
        Form::JsContact => render(page, form, fields).map(line),
        Form::Json | Form::Ndjson => render(page, Form::Json, fields).map(line),
    }
}

/// A JSON object with one more key at its end.
///
/// # Errors
/// If the value can't be written.
pub fn with(object: &[u8], key: &str, value: &impl serde::Serialize) -> serde_json::Result<Vec<u8>> {
    let mut more = object.strip_suffix(b"}").unwrap_or(object).to_vec();
    more.push(b',');
    serde_json::to_writer(&mut more, key)?;
    more.push(b':');
    serde_json::to_writer(&mut more, value)?;
    more.push(b'}');
    Ok(more)
}

fn read(page: &[u8], fields: &Fields) -> serde_json::Result<Contact> {
    let mut contact = serde_json::from_slice(page)?;
    fields.keep(&mut contact);
    Ok(contact)
}

/// Keys that are not shown are left out: `null` or `[]` would say that nothing is known.
fn json(contact: &Contact, fields: &Fields) -> Result<Vec<u8>, FormError> {
    let mut value = serde_json::to_value(contact)?;
    if let Value::Object(keys) = &mut value {
        keys.retain(|name, _| fields.shows(name));
    }
    Ok(serde_json::to_vec(&value)?)
}
