//! `contact-gateway check --connect`, as far as it is about Redis.

use std::process::Command;

use crate::{
    fleet::{Fleet, PLENTY},
    gateway::temporary_file,
    redis::Redis,
};

/// What it says with this configuration, and whether all is well.
fn check(configuration: &str) -> (bool, String) {
    check_with(configuration, [])
}

/// The same, in this environment.
pub(crate) fn check_with<const N: usize>(configuration: &str, environment: [(&str, &str); N]) -> (bool, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_contact-gateway"));
    command
        .env_clear()
        .envs(environment)
        .args(["check", "--connect", "--config"])
        .arg(temporary_file("check.toml", configuration));
    let output = command.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(said).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_check_tells_whether_redis_can_be_used_and_why_not() {
    let mut redis = Redis::with(&["--requirepass", "s3cret"]);
    let fleet = Fleet::start(&redis.url(), PLENTY).await;
    let (works, said) = check(&fleet.configuration);
    assert!(!works && said.contains("redis.url: it does not admit this user with this password"), "{said}");
    let admitted = fleet.configuration.replace("gateways = 3", "gateways = 3, password = \"s3cret\"");
    let (works, said) = check(&admitted);
    assert!(works && said.contains("redis: works"), "{said}");
    let wrong = fleet.configuration.replace("gateways = 3", "gateways = 3, password = \"wr0ng\"");
    let (works, said) = check(&wrong);
    assert!(!works && said.contains("does not admit") && !said.contains("wr0ng"), "{said}");
    redis.kill();
    let (works, said) = check(&admitted);
    assert!(!works && said.contains("redis.url: it can't be reached") && !said.contains("s3cret"), "{said}");
    assert!(fleet.gateways.iter().all(|gateway| gateway.log().contains("this gateway goes on alone")));
}
