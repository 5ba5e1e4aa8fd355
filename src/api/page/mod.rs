//! Pages for people: each brings its own style and script, and may load nothing that isn't the gateway's.
//!
//! Pages of our own rather than a framework's: they can be read whole in review, are a hundredth of the size, and get by with a
//! policy that allows these very scripts and styles and nothing else, so that a contact's hostile name stays a name.

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ETAG, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
    },
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::{caching, identity::RequestId};
use crate::gateway::EntityTag;

const FRAME: &str = include_str!("frame.html");
const STYLE: &str = include_str!("style.css");
const THEME: &str = include_str!("theme.js");

/// What scripts have in common.
pub(super) const SCRIPTS: [&str; 3] = [include_str!("element.js"), include_str!("key.js"), include_str!("gateway.js")];

/// A finished page.
pub(super) struct Page {
    text: String,
    etag: EntityTag,
    policy: String,
}

/// What differs between pages.
pub(super) struct Content<'a> {
    pub(super) title: &'a str,
    /// The way from the page to `/`, relative: something in front may have put all of it below another path.
    pub(super) root: &'a str,
    /// HTML.
    pub(super) body: &'a str,
    pub(super) styles: &'a [&'a str],
    pub(super) scripts: &'a [&'a str],
}

impl Page {
    pub(super) fn new(content: &Content) -> Self {
        let (style, script) = (STYLE.to_owned() + &content.styles.concat(), content.scripts.concat());
        let text = FRAME
            .replace("{TITLE}", content.title)
            .replace("{ROOT}", content.root)
            .replace("{STYLE}", &style)
            .replace("{THEME}", THEME)
            .replace("{BODY}", content.body)
            .replace("{SCRIPT}", &script);
        let policy = format!(
            "default-src 'none'; script-src {} {}; style-src {}; connect-src 'self'; img-src data:; base-uri 'none'; \
             form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
            hash(THEME),
            hash(&script),
            hash(&style)
        );
        Self { etag: EntityTag::of(text.as_bytes()), text, policy }
    }

    /// Answers with the page, or that the caller has it already.
    pub(super) fn respond(&self, request: &HttpRequest) -> HttpResponse {
        if caching::has_already(request.head(), self.etag) {
            return self.begin(request, StatusCode::NOT_MODIFIED).finish();
        }
        self.respond_with(request, StatusCode::OK)
    }

    /// Answers with the page and this status, whether the caller has it already or not.
    pub(super) fn respond_with(&self, request: &HttpRequest, status: StatusCode) -> HttpResponse {
        let mut response = self.begin(request, status);
        response
            .insert_header((CONTENT_SECURITY_POLICY, self.policy.as_str()))
            .insert_header((REFERRER_POLICY, "no-referrer"))
            .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
        response.content_type("text/html; charset=utf-8").body(self.text.clone())
    }

    fn begin(&self, request: &HttpRequest, status: StatusCode) -> HttpResponseBuilder {
        let mut response = HttpResponse::build(status);
        // It is another one as soon as the gateway is.
        response
            .insert_header(RequestId::of(request.head()).header())
            .insert_header((ETAG, self.etag.to_string()))
            .insert_header((CACHE_CONTROL, "no-cache"));
        response
    }
}

/// A source of a policy: what has this digest and nothing else.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(text)))
}

/// A text as HTML: what could be markup is not, and what stands between backticks is code.
pub(super) fn escape(text: &str) -> String {
    let plain = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let parts = plain.split('`').enumerate();
    parts.map(|(place, part)| if place % 2 == 1 { format!("<code>{part}</code>") } else { part.to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_becomes_markup_but_backticks() {
        assert_eq!(escape("a <b> & \"c\" `d<e`."), "a &lt;b&gt; &amp; &quot;c&quot; <code>d&lt;e</code>.");
    }
}
