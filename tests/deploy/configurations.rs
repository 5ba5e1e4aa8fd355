//! The configurations that the gateways are given.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

use contact_gateway::config::Config;
use providers::KINDS;

use crate::text;

/// Loads a configuration; its secrets are in a folder of the test's.
pub(crate) fn load(of: &str) -> Config {
    // Tests run side by side, and a file that is being written is empty for a moment.
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    let folder = format!("deploy-{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    fs::create_dir_all(&folder).unwrap();
    for secret in ["redis_password", "rocketchat_token", "periskope_key"] {
        fs::write(folder.join(secret), "s3cret\n").unwrap();
    }
    let file = folder.join("config.toml");
    fs::write(&file, text(of).replace("/run/secrets", folder.to_str().unwrap())).unwrap();
    let config = Config::load(Some(&file), None::<(String, String)>, KINDS);
    fs::remove_dir_all(&folder).unwrap();
    config.unwrap_or_else(|mistakes| panic!("{of}: {mistakes}"))
}

#[test]
fn both_configurations_are_right_and_share_one_redis() {
    for of in ["gateway.toml", "kubernetes/config.toml"] {
        let config = load(of);
        let redis = config.redis.unwrap();
        assert_eq!(redis.connection.redis_settings().password(), Some("s3cret"), "{of}");
        assert_eq!(redis.address().to_string(), "redis:6379", "{of}");
        assert_eq!(config.providers.len(), KINDS.len(), "{of}: one instance of each kind");
        assert!(!config.server.listen.ip().is_loopback(), "{of}: nobody reaches a container's loopback");
    }
}
