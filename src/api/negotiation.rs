//! In which form the caller wants the answer (RFC 9110, 12.5.1).

use actix_web::http::header::ACCEPT;

use super::head::Head;
use crate::forms::Form;

/// A form that an answer can have.
pub(super) trait Offer: Copy {
    /// What is sent as `Content-Type`.
    fn content_type(self) -> &'static str;

    /// The media type's `version`, where it has that parameter.
    fn version(self) -> Option<&'static str> {
        None
    }
}

/// The form that the caller likes best, of those on offer; the first of them, where the caller doesn't care. `None` if the
/// caller accepts none.
pub(super) fn negotiate<F: Offer>(request: &impl Head, offered: &[F]) -> Option<F> {
    let mut said = request.texts(&ACCEPT).peekable();
    if said.peek().is_none() {
        return offered.first().copied();
    }
    let ranges: Vec<Range> = said.flat_map(|value| split(value, ',')).filter_map(Range::parse).collect();
    let mut best = None;
    for form in offered {
        let weight = weight(*form, &ranges);
        if weight > 0 && best.is_none_or(|(most, _)| weight > most) {
            best = Some((weight, *form));
        }
    }
    best.map(|(_, form)| form)
}

impl Offer for Form {
    fn content_type(self) -> &'static str {
        self.content_type()
    }

    fn version(self) -> Option<&'static str> {
        self.version()
    }
}

/// What the most specific range that matches says: `application/json;q=0, */*` is a no. In thousandths.
fn weight(form: impl Offer, ranges: &[Range]) -> u16 {
    let mut best: Option<(u8, u16)> = None;
    for range in ranges {
        if let Some(specificity) = range.specificity(form)
            && best.is_none_or(|(known, _)| specificity > known)
        {
            best = Some((specificity, range.weight));
        }
    }
    best.map_or(0, |(_, weight)| weight)
}

/// One item of an `Accept`.
struct Range {
    /// `text/vcard`, `text/*`, `*/*`: lower case.
    types: String,
    parameters: Vec<(String, String)>,
    weight: u16,
}

impl Range {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = split(text, ';').map(str::trim);
        let types = parts.next().filter(|types| types.contains('/'))?.to_ascii_lowercase();
        let mut range = Self { types, parameters: Vec::new(), weight: 1000 };
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            let (name, value) = (name.trim_end().to_ascii_lowercase(), value.trim_start().trim_matches('"'));
            if name == "q" {
                range.weight = thousandths(value);
                // What follows the weight is no part of the media type.
                break;
            }
            range.parameters.push((name, value.to_ascii_lowercase()));
        }
        Some(range)
    }

    /// How closely it describes a form, if it does.
    fn specificity(&self, form: impl Offer) -> Option<u8> {
        let content_type = form.content_type().split(';').next().unwrap_or_default();
        match self.types.strip_suffix('*') {
            Some("*/") => Some(0),
            Some(main) => (main.ends_with('/') && content_type.starts_with(main)).then_some(1),
            None if self.types != content_type => None,
            None if self.parameters.is_empty() => Some(2),
            None => self.parameters.iter().all(|parameter| allows(form, parameter)).then_some(3),
        }
    }
}

/// vCard 3.0 is not what an address book that asks for it can be given 4.0 for. Parameters that mean nothing here don't matter.
fn allows(form: impl Offer, (name, value): &(String, String)) -> bool {
    match (name.as_str(), form.version()) {
        ("version", Some(version)) => value == version,
        ("charset", _) => matches!(value.as_str(), "utf-8" | "utf8"),
        _ => true,
    }
}

/// What can't be read as a weight doesn't refuse anything.
fn thousandths(weight: &str) -> u16 {
    let weight: Option<f32> = weight.parse().ok().filter(|weight: &f32| weight.is_finite());
    weight.map_or(1000, |weight| (weight.clamp(0.0, 1.0) * 1000.0).round() as u16)
}

/// Splits, but not inside of quotes.
fn split(text: &str, at: char) -> impl Iterator<Item = &str> {
    let mut quoted = false;
    text.split(move |c| {
        quoted ^= c == '"';
        c == at && !quoted
    })
}

#[cfg(test)]
mod tests {
    use actix_web::{HttpRequest, test::TestRequest};

    use super::*;

    const ALL: [Form; 3] = [Form::Json, Form::JsContact, Form::VCard];

    fn accepting(value: &str) -> HttpRequest {
        TestRequest::default().insert_header((ACCEPT, value)).to_http_request()
    }

    #[track_caller]
    fn gets(value: &str, form: impl Into<Option<Form>>) {
        assert_eq!(negotiate(accepting(value).head(), &ALL), form.into(), "{value}");
    }

    #[test]
    fn json_is_given_to_whoever_does_not_refuse_it() {
        let accepts = |value| negotiate(accepting(value).head(), &[Form::Json]).is_some();
        for yes in [
            "application/json",
            "*/*",
            "application/*;q=0.1",
            "text/html, */*;q=0.8",
            "Application/JSON; charset=utf-8",
        ] {
            assert!(accepts(yes), "{yes}");
        }
        for no in [
            "text/html",
            "application/json;q=0",
            "application/json;q=0.0, */*",
            "image/*",
            "",
            "application/problem+json",
        ] {
            assert!(!accepts(no), "{no}");
        }
        let silent = TestRequest::default().to_http_request();
        assert_eq!(negotiate(silent.head(), &[Form::Json]), Some(Form::Json));
    }

    #[test]
    fn the_form_with_the_greatest_weight_is_chosen() {
        gets("text/vcard", Form::VCard);
        gets("application/jscontact+json", Form::JsContact);
        gets("application/json;q=0.5, text/vcard;q=0.9", Form::VCard);
        gets("application/json;q=0.9, text/vcard;q=0.899", Form::Json);
        gets("text/*, application/*;q=0.3", Form::VCard);
        gets("text/vcard;Q=0.001", Form::VCard);
    }

    #[test]
    fn between_equals_ours_is_chosen_and_json_is_ours() {
        gets("*/*", Form::Json);
        gets("text/vcard, application/json", Form::Json);
        gets("text/vcard, application/jscontact+json", Form::JsContact);
        gets("application/*", Form::Json);
        assert_eq!(negotiate(accepting("*/*").head(), &[Form::Ndjson, Form::Json]), Some(Form::Ndjson));
    }

    #[test]
    fn the_closest_range_decides_wherever_it_stands() {
        gets("application/json;q=0, */*;q=0.1", Form::JsContact);
        gets("*/*;q=0.1, application/json;q=0, application/jscontact+json;q=0", Form::VCard);
        gets("text/*;q=0, text/vcard", Form::VCard);
        gets("text/vcard;q=0.2, text/vcard;version=4.0;q=0.9, application/json;q=0.5", Form::VCard);
        gets("text/*;q=0.9, text/vcard;q=0, */*;q=0.1", Form::Json);
    }

    #[test]
    fn another_version_or_charset_is_another_form() {
        gets("text/vcard;version=4.0", Form::VCard);
        gets("text/vcard; version=\"4.0\"; charset=UTF-8", Form::VCard);
        gets("application/jscontact+json;version=1.0", Form::JsContact);
        gets("text/vcard;version=3.0", None);
        gets("text/vcard;version=3.0, application/json;q=0.1", Form::Json);
        gets("text/vcard;charset=utf-16", None);
    }

    #[test]
    fn what_is_malformed_is_passed_over() {
        gets("text/vcard;x=\"a,b;q=0\", image/png", Form::VCard);
        gets(",, ;q=1, json, text/vcard", Form::VCard);
        gets("application/json;q=nan, text/vcard;q=0.9", Form::Json);
        gets("application/json;q=-1", None);
        gets("application/json;q=7", Form::Json);
        gets("*", None);
        gets("vcard/*", None);
    }

    #[test]
    fn several_headers_are_one_list() {
        let request = TestRequest::default()
            .append_header((ACCEPT, "application/json;q=0.1"))
            .append_header((ACCEPT, "text/vcard"))
            .to_http_request();
        assert_eq!(negotiate(request.head(), &ALL), Some(Form::VCard));
    }
}
