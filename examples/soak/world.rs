//! The emulated upstreams, and the configuration of a gateway over them.

use std::{fmt::Write as _, io};

use providers::{
    KINDS, Rate,
    emulator::{Emulation, Emulator, Setup},
};

/// One emulated upstream.
pub(crate) struct Upstream {
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) emulation: &'static Emulation,
    pub(crate) emulator: Emulator,
    /// What it allows per route.
    pub(crate) rate: Rate,
}

/// Starts every emulation of every kind, each with this limit.
pub(crate) async fn upstreams(rate: Rate) -> io::Result<Vec<Upstream>> {
    let mut upstreams = Vec::new();
    for kind in KINDS {
        for emulation in kind.emulations {
            let emulator = Emulator::start((emulation.build)(Setup::limited(rate))).await?;
            upstreams.push(Upstream { name: emulation.instance, kind: kind.name, emulation, emulator, rate });
        }
    }
    Ok(upstreams)
}

/// The configuration of a gateway over these upstreams: `general` at its top, and `each` in every provider's table.
pub(crate) fn configuration(upstreams: &[Upstream], general: &str, each: &str) -> String {
    let mut text = format!("server.listen = \"127.0.0.1:0\"\n{general}\n");
    for Upstream { name, kind, emulation, emulator, rate } in upstreams {
        let (url, calls, per) = (emulator.base_url(), rate.calls, rate.per.as_millis());
        let _ = writeln!(text, "[providers.{name}]\nkind = \"{kind}\"\nbase_url = \"{url}\"");
        let _ = writeln!(text, "rate = {{ calls = {calls}, per = \"{per}ms\" }}\n{each}");
        let _ = writeln!(text, "[providers.{name}.settings]");
        for (setting, value) in emulation.settings {
            let _ = writeln!(text, "{setting} = \"{value}\"");
        }
    }
    text
}
