//! A code's explanation as a page.

use std::{collections::HashMap, fmt::Write as _, sync::LazyLock};

use super::super::{
    code::{Code, Entry},
    page::{Content, Page, escape},
};

static LEAVES: LazyLock<HashMap<&str, Page>> =
    LazyLock::new(|| Code::ALL.into_iter().map(|code| (code.name(), leaf(code))).collect());

/// The page for a code that there isn't.
pub(super) static UNKNOWN: LazyLock<Page> = LazyLock::new(|| {
    let article = "<article class=\"panel warn\"><p class=\"hint\">What a problem means</p><h1>There is no such problem</h1>\
                   <p class=\"lead\">This gateway has no problem with the code in the address. Another version may have it.</p>\
                   </article>";
    page("There is no such problem", article, None)
});

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
    let article = format!(
        "<article class=\"panel {class}\">\
         <p class=\"hint\">What a problem means</p><h1>{}</h1>\
         <p class=\"facts\"><code>{name}</code> <span class=\"badge {class}\">{} {reason}</span></p>\
         <p class=\"lead\">{}</p><h2>Asking again</h2><p>{again}</p></article>",
        escape(title),
        status.as_u16(),
        escape(explanation),
    );
    page(title, &article, Some(code))
}

fn page(title: &str, article: &str, code: Option<Code>) -> Page {
    let body = format!("<main id=\"main\" tabindex=\"-1\">{article}{}</main>", all(code));
    Page::new(&Content {
        title: &format!("{} – contact-gateway", escape(title)),
        root: "../",
        body: &body,
        styles: &[include_str!("leaf.css")],
        scripts: &[],
    })
}

/// Every code, by status.
fn all(this: Option<Code>) -> String {
    let mut list = "<nav aria-label=\"All problems\"><h2>All problems</h2><ul class=\"all\">".to_owned();
    let mut all = Code::ALL;
    all.sort_by_key(|code| code.entry().status.as_u16());
    for code in all {
        let Entry { name, status, title, .. } = code.entry();
        let current = if Some(code) == this { " aria-current=\"page\"" } else { "" };
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
