//! `[redis]`: where gateways share what they know.

use std::fmt;

use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

use super::{reader::Table, secret};

const EXAMPLE: &str = "write redis://HOST:6379, rediss://… for TLS, or redis+unix:///PATH for a socket";
const MOST_GATEWAYS: u64 = 100_000;

/// The Redis that gateways share. `Debug` shows its address, and neither user nor password.
#[derive(Clone)]
pub struct Redis {
    /// Where it is, and who is let in.
    pub connection: ConnectionInfo,
    /// What all keys begin with: `[a-z0-9_-]+`. Gateways with the same one act as one.
    pub prefix: String,
    /// For how many gateways one takes them all, until it has seen how many there are.
    pub gateways: u32,
}

impl Redis {
    /// Where it is, without user and password.
    #[must_use]
    pub fn address(&self) -> &ConnectionAddr {
        self.connection.addr()
    }

    fn parts(&self) -> (String, Option<&str>, Option<&str>, i64, &str, u32) {
        let settings = self.connection.redis_settings();
        let address = format!("{:?}", self.address());
        (address, settings.username(), settings.password(), settings.db(), &self.prefix, self.gateways)
    }
}

/// Tells by its time where they differ: for the operator's own values, not for what a caller sends.
impl PartialEq for Redis {
    fn eq(&self, other: &Self) -> bool {
        self.parts() == other.parts()
    }
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("address", self.address()).field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

/// What is there; `None` where nothing is, or nothing that is right.
pub(super) fn read(mut table: Table<'_>) -> Option<Redis> {
    let (has_url, is_empty) = (table.has("url") || table.has("url_file"), table.keys().is_empty());
    if !has_url && !is_empty {
        table.mistake("url", "is missing", EXAMPLE);
    }
    let url = secret::read(&mut table, "url");
    let password = secret::read(&mut table, "password").map(|(_, password)| password);
    let prefix = table.parsed("prefix", "can't begin a key", "use a-z, 0-9, _ and -, at least one", |text| {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-');
        text.bytes().all(legal).then(|| text.to_owned())
    });
    let gateways = table.integer("gateways", 1..=MOST_GATEWAYS).and_then(|gateways| u32::try_from(gateways).ok());
    let (key, url) = url.unzip();
    let connection = url.and_then(|url| {
        let connection = connection(&url, password.as_deref());
        if let Err((problem, remedy)) = connection {
            table.mistake(key.as_deref().unwrap_or("url"), problem, remedy);
        }
        connection.ok()
    });
    table.finish();
    let prefix = prefix.unwrap_or_else(|| "contact-gateway".to_owned());
    Some(Redis { connection: connection?, prefix, gateways: gateways.unwrap_or(2) })
}

/// No mistake repeats the URL: it may hold a password.
fn connection(url: &str, password: Option<&str>) -> Result<ConnectionInfo, (&'static str, &'static str)> {
    let info = url.into_connection_info().map_err(|_| ("is not where a Redis can be", EXAMPLE))?;
    // Messages and answers share one connection: what is heard, and what is not, is the same for both.
    let settings = info.redis_settings().clone().set_protocol(redis::ProtocolVersion::RESP3);
    let settings = match (settings.password(), password) {
        (Some(_), Some(_)) => return Err(("holds a password, and `password` is given, too", "remove one of them")),
        (None, Some(password)) => settings.set_password(password),
        (_, None) => settings,
    };
    Ok(info.set_redis_settings(settings))
}
