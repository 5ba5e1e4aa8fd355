//! In which form the caller wants the answer (RFC 9110, 12.5.1).

use actix_web::{HttpRequest, http::header::ACCEPT};

/// Whether the caller accepts JSON: says so, or something that includes it, or nothing at all.
pub(super) fn accepts_json(request: &HttpRequest) -> bool {
    let mut said = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok()).peekable();
    if said.peek().is_none() {
        return true;
    }
    // The most specific range that matches decides: `application/json;q=0, */*` is a no.
    let mut best: Option<(u8, bool)> = None;
    for range in said.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let specificity = match parts.next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "application/json" => 2,
            "application/*" => 1,
            "*/*" => 0,
            _ => continue,
        };
        let refused = parts.any(|parameter| {
            let weight = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="));
            weight.is_some_and(|weight| weight.parse::<f32>().is_ok_and(|weight| weight == 0.0))
        });
        if best.is_none_or(|(known, _)| specificity > known) {
            best = Some((specificity, !refused));
        }
    }
    best.is_some_and(|(_, accepted)| accepted)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn json_is_given_to_whoever_does_not_refuse_it() {
        let accepts = |value| accepts_json(&TestRequest::default().insert_header((ACCEPT, value)).to_http_request());
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
        assert!(accepts_json(&TestRequest::default().to_http_request()));
    }
}
