//! Tables (RFC 4180): a header, and a row for each contact.
//!
//! - A list is one cell, its items joined by `;`. A `;` or `\` inside an item has a `\` before it.
//! - `phones` are as written; `phones_e164` has one place for each of them, empty where the number is not known in full.
//! - What has a structure of its own (channels, custom fields, …) is a cell of JSON. What is unknown is an empty cell.
//! - **Formulas**: spreadsheets run what begins with `=`, `+`, `-` or `@`. Such a cell, and one that begins with `'`, gets a `'`
//!   before it, so that whoever reads the table with a program takes one `'` away and has the value. Numbers are left as
//!   they are (`+4930123456`, `-1`): digits alone can't do anything.
//! - Every cell is quoted, since some spreadsheets would split `a;=b` at the `;`.

use csv::{QuoteStyle, Terminator, WriterBuilder};
use providers::Contact;
use serde_json::{Map, Value};

use super::{Fields, FormError};

/// The columns and the keys that they belong to. Keys of which only other forms have a place are not among them.
const COLUMNS: [(&str, &str); 22] = [
    ("id", "id"),
    ("provider", "provider"),
    ("native_id", "native_id"),
    ("type", "type"),
    ("name", "name"),
    ("username", "username"),
    ("emails", "emails"),
    ("phones", "phones"),
    ("phones_e164", "phones"),
    ("channels", "channels"),
    ("chat_ids", "chat_ids"),
    ("labels", "labels"),
    ("custom_fields", "custom_fields"),
    ("owner", "owner"),
    ("avatar_url", "avatar_url"),
    ("conflicts", "conflicts"),
    ("created_at", "created_at"),
    ("updated_at", "updated_at"),
    ("last_active_at", "last_active_at"),
    ("provider_data", "provider_data"),
    ("sources", "sources"),
    ("unreachable", "unreachable"),
];

/// The first line. Columns that are not shown are left out.
pub(super) fn header(fields: &Fields) -> Result<Vec<u8>, FormError> {
    line(columns(fields).map(str::to_owned))
}

/// One contact.
pub(super) fn row(contact: &Contact, fields: &Fields) -> Result<Vec<u8>, FormError> {
    let value = serde_json::to_value(contact)?;
    let keys = value.as_object().cloned().unwrap_or_default();
    line(columns(fields).map(|column| harmless(cell(contact, &keys, column))))
}

fn columns(fields: &Fields) -> impl Iterator<Item = &'static str> {
    let fields = *fields;
    COLUMNS.into_iter().filter(move |(_, key)| fields.shows(key)).map(|(column, _)| column)
}

fn cell(contact: &Contact, keys: &Map<String, Value>, column: &str) -> String {
    match column {
        "emails" => join(contact.emails.iter().map(|email| email.address.as_str())),
        "phones" => join(contact.phones.iter().map(|phone| phone.number.as_str())),
        "phones_e164" => join(contact.phones.iter().map(|phone| phone.e164.as_deref().unwrap_or_default())),
        "chat_ids" => join(contact.chat_ids.iter().map(String::as_str)),
        "labels" => join(contact.labels.iter().map(String::as_str)),
        "sources" => join(contact.sources.iter().map(String::as_str)),
        _ => match keys.get(column) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(items)) if items.is_empty() => String::new(),
            Some(Value::Object(entries)) if entries.is_empty() => String::new(),
            Some(value) => value.to_string(),
        },
    }
}

fn join<'a>(items: impl Iterator<Item = &'a str>) -> String {
    items.map(|item| item.replace('\\', r"\\").replace(';', r"\;")).collect::<Vec<_>>().join(";")
}

/// A cell that no spreadsheet runs. Some take full-width signs for the others.
fn harmless(cell: String) -> String {
    let is_number = |rest: &str| rest.chars().all(|c| c.is_ascii_digit() || " ()-./+;".contains(c));
    let needs_quote = match cell.chars().next() {
        Some('+' | '-') => !is_number(&cell),
        Some('=' | '@' | '\'' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => true,
        _ => false,
    };
    if needs_quote { format!("'{cell}") } else { cell }
}

fn line(cells: impl Iterator<Item = String>) -> Result<Vec<u8>, FormError> {
    let (quoted, terminator) = (QuoteStyle::Always, Terminator::CRLF);
    let mut writer = WriterBuilder::new().quote_style(quoted).terminator(terminator).from_writer(Vec::new());
    writer.write_record(cells.collect::<Vec<_>>())?;
    writer.into_inner().map_err(|_| FormError::Row)
}
