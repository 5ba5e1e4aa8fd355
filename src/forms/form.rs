//! The forms and their media types.

/// A form in which contacts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The common schema.
    Json,
    /// JSContact 1.0 (RFC 9553). 2.0 (RFC 9982) differs only in that a card may do without `uid`, so that whoever reads 2.0
    /// reads these.
    JsContact,
    /// vCard 4.0 (RFC 6350, 9554).
    VCard,
    /// The common schema, one contact a line.
    Ndjson,
    /// A table (RFC 4180): `table.rs` says what stands in its cells.
    Csv,
}

impl Form {
    /// What is sent as `Content-Type`.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            // Its registration knows no parameter but `version`. `type=card` was one of the drafts before.
            Self::JsContact => "application/jscontact+json",
            Self::VCard => "text/vcard; charset=utf-8",
            Self::Ndjson => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
        }
    }

    /// The media type's `version`, where it has that parameter.
    #[must_use]
    pub fn version(self) -> Option<&'static str> {
        match self {
            Self::JsContact => Some("1.0"),
            Self::VCard => Some("4.0"),
            Self::Json | Self::Ndjson | Self::Csv => None,
        }
    }
}
