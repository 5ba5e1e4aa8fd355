//! Providers connected to emulated servers.

use std::{sync::Arc, time::Duration};

use providers::{
    Call, ContactProvider, Instance, Kind, LocalId, Rate, Settings,
    emulator::{Emulated, Emulator},
};

/// Connects a provider of this kind, named `here`, to a running server.
pub(crate) fn connect(
    kind: &Kind,
    server: &Emulator,
    settings: &[(&'static str, &str)],
    rate: Rate,
) -> Arc<dyn ContactProvider> {
    let instance = Instance {
        name: "here".into(),
        base_url: server.base_url(),
        rate,
        timeout: Duration::from_millis(400),
        default_region: None,
        ledgers: providers::Ledgers::default(),
    };
    let settings: Settings = settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    (kind.connect)(instance, &settings).expect("the emulation's settings are good")
}

/// Starts a server.
pub(crate) async fn start(emulated: Box<dyn Emulated>) -> Emulator {
    Emulator::start(emulated).await.expect("loopback has a free port")
}

pub(crate) fn id(text: &str) -> LocalId {
    LocalId::parse(text).expect("a legal id")
}

pub(crate) fn call() -> Call {
    Call::within(Duration::from_secs(5))
}
