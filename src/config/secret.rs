//! Secrets, which may stand in a file of their own.

use std::{
    fs::File,
    io::{self, Read},
};

use super::reader::Table;

/// No credential is longer. A wrong path, say to a device without an end, must not fill the memory.
const LONGEST: u64 = 64 * 1024;

/// The key that names a secret's file.
pub(super) fn file_key(key: &str) -> String {
    format!("{key}_file")
}

/// A secret from `key`, or from the file that `<key>_file` names; and which of both keys it was.
///
/// No mistake repeats the path: it is a common slip to put the secret itself there.
pub(super) fn read(table: &mut Table<'_>, key: &str) -> Option<(String, String)> {
    let file_key = file_key(key);
    if table.has(key) && table.has(&file_key) {
        table.take(key);
        table.take(&file_key);
        table.mistake(key, format!("is given twice, here and as `{file_key}`"), "remove one of them");
        return None;
    }
    if table.has(key) {
        return Some((key.to_owned(), table.text(key)?));
    }
    let path = table.text(&file_key)?;
    match content(&path) {
        Ok(text) if text.trim().is_empty() => {
            table.mistake(&file_key, "names a file that is empty", "write the secret into it");
            None
        }
        Ok(text) => Some((file_key, text)),
        Err(error) => {
            let remedy = "write the path of a file that this user may read and that holds nothing but the secret";
            table.mistake(&file_key, format!("names a file that can't be read ({error})"), remedy);
            None
        }
    }
}

fn content(path: &str) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        return Err(io::Error::other("it is too long for a secret"));
    }
    // Editors and `echo` end a file with a new line that is no part of the secret.
    text.truncate(text.trim_end_matches(['\r', '\n']).len());
    Ok(text)
}
