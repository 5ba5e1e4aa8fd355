//! Tables, read by a reader that knows nothing of them.

use std::collections::HashMap;

use contact_gateway::forms::{Fields, Form};
use providers::Contact;

use crate::{people, written};

/// One row by its columns.
pub(crate) fn row(contact: &Contact) -> HashMap<String, String> {
    let text = written(contact, Form::Csv, Fields::default());
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Vec<HashMap<String, String>> = reader.deserialize().collect::<Result<_, _>>().unwrap();
    rows.into_iter().next().unwrap()
}

/// As `table.rs` tells programs to do it.
pub(crate) fn plain(cell: &str) -> &str {
    cell.strip_prefix('\'').unwrap_or(cell)
}

/// As `table.rs` tells programs to do it.
pub(crate) fn items(cell: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut characters = plain(cell).chars();
    while let Some(c) = characters.next() {
        match c {
            ';' => items.push(String::new()),
            '\\' => items.last_mut().unwrap().extend(characters.next()),
            c => items.last_mut().unwrap().push(c),
        }
    }
    items
}

#[test]
fn an_awkward_contact_as_a_table() {
    let mut row: Vec<_> = row(&people::everybody()).into_iter().collect();
    row.sort();
    insta::assert_debug_snapshot!(row);
}

#[test]
fn numbers_are_left_alone_and_formulas_are_not_run() {
    let named = |name: &str| {
        let mut contact = people::nobody();
        contact.name = Some(name.to_owned());
        row(&contact).remove("name").unwrap()
    };
    for number in ["+4930123456", "+49 (0)30 / 12-34.56", "-1", "4711"] {
        assert_eq!(named(number), number);
    }
    for formula in ["=1+1", "+A1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "\r\n=1", "＝1", "+1=2", "'x"] {
        assert_eq!(named(formula), format!("'{formula}"));
    }
}

#[test]
fn columns_that_are_not_shown_are_left_out() {
    let text = written(&people::everybody(), Form::Csv, Fields::allowed(["name", "phones"]).unwrap());
    assert_eq!(text.lines().next().unwrap(), "\"id\",\"name\",\"phones\",\"phones_e164\"");
}
