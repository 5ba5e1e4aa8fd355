//! Two kinds of provider that want to know what the real ones want to know.

use std::time::Duration;

use providers::{Capabilities, Error, ErrorKind, Kind, LocalId, Rate, Setting, header_text};

pub(crate) const KINDS: &[Kind] = &[
    kind(
        "rocketchat",
        Rate::per_seconds(10, 60),
        &[
            setting("user_id", true, false, header_text),
            setting("auth_token", true, true, header_text),
            setting("generation", false, false, generation),
            setting("webhook_token", false, true, header_text),
        ],
    ),
    kind(
        "periskope",
        Rate { calls: 40, per: Duration::from_secs(1) },
        &[
            setting("api_key", true, true, header_text),
            setting("phone", false, false, header_text),
            setting("webhook_key", false, true, header_text),
        ],
    ),
];

const fn kind(name: &'static str, default_rate: Rate, settings: &'static [Setting]) -> Kind {
    Kind {
        name,
        default_rate,
        settings,
        recognises: |_| false,
        canonical: LocalId::clone,
        connect: |_, _| Err(Error::new(ErrorKind::Unsupported, "there is no such server")),
        capabilities: Capabilities {
            find_by_phone: false,
            find_by_email: false,
            list: false,
            register: false,
            webhooks: false,
        },
        emulations: &[],
    }
}

const fn setting(
    name: &'static str,
    required: bool,
    secret: bool,
    check: fn(&str) -> Result<(), &'static str>,
) -> Setting {
    Setting { name, required, secret, about: "what it is for", check }
}

fn generation(value: &str) -> Result<(), &'static str> {
    if matches!(value, "modern" | "legacy" | "auto") { Ok(()) } else { Err("must be modern, legacy or auto") }
}
