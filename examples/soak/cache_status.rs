//! The answer's `Cache-Status` (RFC 9211), read strictly.

/// What it says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct CacheStatus {
    pub(crate) source: Source,
    pub(crate) stored: bool,
    pub(crate) collapsed: bool,
    /// The code of a failure.
    pub(crate) detail: Option<String>,
}

/// Where the answer came from.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Memory: `hit`, and the seconds that it still holds.
    Memory(i64),
    /// The provider was asked, for this reason: `fwd`.
    Asked(&'static str),
}

const REASONS: [&str; 3] = ["uri-miss", "stale", "request"];

impl CacheStatus {
    /// Reads it; nothing, if it says anything else, anything twice, or both `hit` and `fwd`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split("; ");
        let (mut source, mut stored, mut collapsed, mut detail) = (None, false, false, None);
        if parts.next() != Some("contact-gateway") {
            return None;
        }
        while let Some(part) = parts.next() {
            let is_first = match part.split_once('=').unwrap_or((part, "")) {
                ("hit", "") => {
                    let ttl = parts.next()?.strip_prefix("ttl=")?.parse().ok()?;
                    source.replace(Source::Memory(ttl)).is_none()
                }
                ("fwd", reason) => {
                    let reason = REASONS.into_iter().find(|known| *known == reason)?;
                    source.replace(Source::Asked(reason)).is_none()
                }
                ("stored", "") => !std::mem::replace(&mut stored, true),
                ("collapsed", "") => !std::mem::replace(&mut collapsed, true),
                ("detail", code) => detail.replace(code.to_owned()).is_none(),
                _ => false,
            };
            if !is_first {
                return None;
            }
        }
        let source = source?;
        // Nothing is stored or collapsed where nobody was asked.
        let is_whole = matches!(source, Source::Asked(_)) || !(stored || collapsed);
        is_whole.then_some(Self { source, stored, collapsed, detail })
    }

    /// The same without numbers, so that answers can be counted by it.
    pub(crate) fn class(&self) -> String {
        let mut class = match self.source {
            Source::Memory(0..) => "hit".to_owned(),
            Source::Memory(_) => "hit; ttl<0".to_owned(),
            Source::Asked(reason) => format!("fwd={reason}"),
        };
        for (is_said, word) in [(self.stored, "; stored"), (self.collapsed, "; collapsed")] {
            if is_said {
                class.push_str(word);
            }
        }
        if let Some(code) = &self.detail {
            class = format!("{class}; detail={code}");
        }
        class
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(text: &str) -> Option<String> {
        CacheStatus::parse(&format!("contact-gateway; {text}")).map(|status| status.class())
    }

    #[test]
    fn a_class_has_no_numbers() {
        assert_eq!(class("hit; ttl=42").as_deref(), Some("hit"));
        assert_eq!(class("hit; ttl=-2; detail=overloaded").as_deref(), Some("hit; ttl<0; detail=overloaded"));
        assert_eq!(class("fwd=uri-miss; stored; collapsed").as_deref(), Some("fwd=uri-miss; stored; collapsed"));
    }

    #[test]
    fn what_contradicts_itself_is_not_read() {
        for wrong in
            ["hit", "hit; ttl=1; fwd=stale", "hit; ttl=1; stored", "fwd=stale; fwd=stale", "fwd=bypass", "stored"]
        {
            assert_eq!(class(wrong), None, "{wrong}");
        }
    }
}
