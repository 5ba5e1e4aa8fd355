//! What Rocket.Chat wants to be told.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::generation::Generations;
use crate::{Error, ErrorKind, Result, Setting, Settings, header_text};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "user_id",
        required: true,
        secret: false,
        about: "the id of the user whose token it is; sent as X-User-Id",
        check: header_text,
    },
    Setting {
        name: "auth_token",
        required: true,
        secret: true,
        about: "a personal access token with view-livechat-contact (7.1 and later) or view-l-room; sent as X-Auth-Token",
        check: header_text,
    },
    Setting {
        name: "generation",
        required: false,
        secret: false,
        about: "\"modern\" (7.1 and later), \"legacy\", or \"auto\" (the default), which asks the server",
        check: |value| Generations::parse(value).map(drop),
    },
    Setting {
        name: "webhook_token",
        required: false,
        secret: true,
        about: "the secret token of the server's omnichannel webhook",
        check: header_text,
    },
];

/// The headers that authenticate.
pub(super) fn credentials(settings: &Settings) -> Result<HeaderMap> {
    let mut credentials = HeaderMap::new();
    for (header, setting) in [("x-user-id", "user_id"), ("x-auth-token", "auth_token")] {
        let value = HeaderValue::from_str(settings.text(setting).unwrap_or_default());
        let value =
            value.map_err(|_| Error::new(ErrorKind::RejectedCredentials, "a setting can't stand in a header"))?;
        credentials.insert(HeaderName::from_static(header), value);
    }
    Ok(credentials)
}
