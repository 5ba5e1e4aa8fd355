//! A code's explanation as a page.

use std::{collections::HashMap, fmt::Write as _, sync::LazyLock};

use super::super::{
    code::{Code, Entry},
    page::{Content, Page, escape},
};

static LEAVES: LazyLock<HashMap<&str, Page>> =
    LazyLock::new(|| Code::ALL.into_iter().map(|code| (code.name(), leaf(code))).collect());

/// The page of this code.
pub(super) fn of(code: Code) -> &'static Page {
    &LEAVES[code.name()]
}

fn leaf(code: Code) -> Page {
    let Entry { name, status, title, retryable, explanation } = code.entry();
    let (class, reason) = (tone(code), status.canonical_reason().unwrap_or_default());
    let again = if retryable {
        "The same request may be answered later. The header <code>Retry-After</code> says when, where that is known."
    } else {
        "The same request gets the same answer, until something else changes."
    };
    let body = format!(
        "<main id=\"main\" tabindex=\"-1\"><article class=\"panel {class}\">\
         <p class=\"hint\">What a problem means</p><h1>{}</h1>\
         <p class=\"facts\"><code>{name}</code> <span class=\"badge {class}\">{} {reason}</span></p>\
         <p class=\"lead\">{}</p><h2>Asking again</h2><p>{again}</p></article>{}</main>",
        escape(title),
        status.as_u16(),
        escape(explanation),
        others(code),
    );
    Page::new(&Content {
        title: &format!("{} – contact-gateway", escape(title)),
        root: "../",
        body: &body,
        styles: &[include_str!("leaf.css")],
        scripts: &[],
    })
}

/// Every code, by status.
fn others(this: Code) -> String {
    let mut list = "<nav aria-label=\"All problems\"><h2>All problems</h2><ul class=\"all\">".to_owned();
    let mut all = Code::ALL;
    all.sort_by_key(|code| code.entry().status.as_u16());
    for code in all {
        let Entry { name, status, title, .. } = code.entry();
        let current = if code == this { " aria-current=\"page\"" } else { "" };
        // Writing to a `String` can't fail.
        let _ = write!(
            list,
            "<li><a href=\"{name}\"{current}><span class=\"status {}\">{}</span> <span>{}</span> <code>{name}</code></a></li>",
            tone(code),
            status.as_u16(),
            escape(title)
        );
    }
    list + "</ul></nav>"
}

/// Whether it is the request or the gateway's side that needs a change.
fn tone(code: Code) -> &'static str {
    if code.entry().status.is_server_error() { "bad" } else { "warn" }
}
