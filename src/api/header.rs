//! Values of headers, made for each answer.

use std::cell::Cell;

use actix_web::http::header::HeaderValue;

/// What `write` makes of an empty text, as a header's value; nothing, if it is none that a header can have.
///
/// An answer has several of them. So the text is one that the thread keeps, and is put together from its pieces: `format!` takes
/// several times as long.
pub(super) fn value(write: impl FnOnce(&mut String)) -> HeaderValue {
    thread_local! {
        static TEXT: Cell<String> = const { Cell::new(String::new()) };
    }
    let mut text = TEXT.take();
    text.clear();
    write(&mut text);
    let value = HeaderValue::from_str(&text);
    TEXT.set(text);
    value.unwrap_or(HeaderValue::from_static(""))
}

/// Adds a number to a text.
pub(super) fn push(text: &mut String, number: u64) {
    text.push_str(itoa::Buffer::new().format(number));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_what_was_written_and_nothing_of_the_one_before() {
        for text in ["x".repeat(500), String::new(), "y".to_owned()] {
            assert_eq!(value(|value| value.push_str(&text)), text.as_str());
        }
        assert_eq!(value(|text| [0, 10, u64::MAX].into_iter().for_each(|n| push(text, n))), "01018446744073709551615");
        assert_eq!(value(|text| text.push_str("a\nb")), "");
    }
}
