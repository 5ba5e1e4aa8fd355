//! Where a provider is. Credentials are sent there, so it must be a place that keeps them.

use providers::upstream::is_loopback;
use url::Url;

use super::reader::Table;

const EXAMPLE: &str = "write the server's address, such as \"https://chat.example.com\"";

/// `base_url` and `allow_http`. No mistake repeats the address: it may hold a password.
pub(super) fn read(table: &mut Table<'_>) -> Option<Url> {
    table.require("base_url", EXAMPLE);
    let text = table.text("base_url");
    let allow_http = table.boolean("allow_http").unwrap_or(false);
    match check(&text?, allow_http) {
        Ok(url) => Some(url),
        Err((problem, remedy)) => {
            table.mistake("base_url", problem, remedy);
            None
        }
    }
}

fn check(text: &str, allow_http: bool) -> Result<Url, (&'static str, &'static str)> {
    let Ok(url) = Url::parse(text) else { return Err(("is not a URL", EXAMPLE)) };
    if !matches!(url.scheme(), "http" | "https") {
        Err(("is no web address", EXAMPLE))
    } else if !url.username().is_empty() || url.password().is_some() {
        Err(("holds a user or a password", "move the credentials to the provider's settings"))
    } else if url.query().is_some() || url.fragment().is_some() {
        Err(("holds a `?` or a `#`", "end it after the path"))
    } else if url.scheme() == "http" && !allow_http && !is_loopback(&url) {
        Err((
            "would send the credentials unencrypted to another machine",
            "write https://, or set allow_http = true if nobody can listen in between",
        ))
    } else {
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn https_is_taken_from_anywhere_and_http_from_this_machine_alone() {
        for good in [
            "https://chat.example.com",
            "https://api.periskope.app/v1",
            "https://10.0.0.1:3000/chat/",
            "http://localhost:3000",
            "http://127.0.0.1",
            "http://127.8.9.10:80",
            "http://[::1]:3000",
        ] {
            assert!(check(good, false).is_ok(), "{good}");
        }
        for far in ["http://chat.example.com", "http://10.0.0.1", "http://localhost.example.com", "http://[::2]"] {
            assert!(check(far, false).is_err(), "{far}");
            assert!(check(far, true).is_ok(), "{far}");
        }
    }

    #[test]
    fn what_is_no_plain_web_address_is_refused() {
        for bad in [
            "",
            "chat.example.com",
            "/chat",
            "https://",
            "ftp://chat.example.com",
            "mailto:a@example.com",
            "https://user@chat.example.com",
            "https://:word@chat.example.com",
            "https://chat.example.com?a=b",
            "https://chat.example.com?",
            "https://chat.example.com#top",
        ] {
            assert!(check(bad, true).is_err(), "{bad}");
        }
    }
}
