//! Headers of answers, made for each of them.

use std::cell::Cell;

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

/// Where the headers of an answer go: to the server, or [where it is written](super::written::Written).
pub(super) trait Headers {
    /// Adds a header, whose value is what `write` adds to a text; an empty one, if that is nothing that a header can have.
    fn put(&mut self, name: HeaderName, write: impl FnOnce(&mut Text));
}

/// A text that is put together from its pieces: `format!` takes several times as long.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) Vec<u8>);

impl Headers for HeaderMap {
    fn put(&mut self, name: HeaderName, write: impl FnOnce(&mut Text)) {
        self.insert(name, value(write));
    }
}

/// The same as a value. An answer has several of them, so the text is one that the thread keeps.
pub(super) fn value(write: impl FnOnce(&mut Text)) -> HeaderValue {
    thread_local! {
        static TEXT: Cell<Text> = const { Cell::new(Text(Vec::new())) };
    }
    let mut text = TEXT.take();
    text.0.clear();
    write(&mut text);
    let value = HeaderValue::from_bytes(&text.0);
    TEXT.set(text);
    value.unwrap_or(HeaderValue::from_static(""))
}

impl Text {
    pub(super) fn push(&mut self, text: &str) {
        self.ascii(text.as_bytes());
    }

    pub(super) fn ascii(&mut self, text: &[u8]) {
        self.0.extend_from_slice(text);
    }

    pub(super) fn into_string(self) -> String {
        // Nothing else is ever added to it.
        String::from_utf8(self.0).unwrap_or_default()
    }

    pub(super) fn number(&mut self, number: u64) {
        self.push(itoa::Buffer::new().format(number));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_was_written_and_nothing_of_the_one_before() {
        for text in ["x".repeat(500), String::new(), "y".to_owned()] {
            assert_eq!(value(|value| value.push(&text)), text.as_str());
        }
        assert_eq!(value(|text| [0, 10, u64::MAX].into_iter().for_each(|n| text.number(n))), "01018446744073709551615");
        assert_eq!(value(|text| text.push("a\nb")), "");
    }
}
