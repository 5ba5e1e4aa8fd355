//! The unit for systemd.

use crate::text;

#[test]
fn the_unit_starts_stops_and_reloads_the_program_and_gives_it_nothing_else() {
    let unit = text("contact-gateway.service");
    let has = |line: &str| unit.lines().any(|other| other == line);
    for line in [
        "ExecStart=/usr/local/bin/contact-gateway serve --config /etc/contact-gateway/config.toml",
        "ExecReload=kill -HUP $MAINPID",
        "DynamicUser=yes",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "SystemCallFilter=@system-service",
    ] {
        assert!(has(line), "{line}");
    }
    for line in unit.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let is_section = line.starts_with('[') && line.ends_with(']');
        assert!(is_section || line.split_once('=').is_some_and(|(key, _)| !key.contains(' ')), "{line}");
    }
}
