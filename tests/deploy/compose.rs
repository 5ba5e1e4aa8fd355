//! compose.yaml.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{configurations, documents, path, text, texts};

fn compose() -> Value {
    documents("compose.yaml").remove(0)
}

#[test]
fn everything_that_it_names_is_there() {
    let compose = compose();
    let named = |key: &str| compose[key].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    for (name, service) in compose["services"].as_object().unwrap() {
        for (key, kind) in [("networks", "networks"), ("secrets", "secrets"), ("depends_on", "services")] {
            for used in texts(&service[key]) {
                assert!(named(kind).contains(used), "{name}: {key} {used}");
            }
        }
        for volume in texts(&service["volumes"]) {
            let from = volume.split(':').next().unwrap();
            let is_there = if from.starts_with('.') { path(from).exists() } else { named("volumes").contains(from) };
            assert!(is_there, "{name}: {from}");
        }
    }
}

#[test]
fn the_gateways_have_the_secrets_that_their_configuration_names() {
    let compose = compose();
    let secrets = texts(&compose["services"]["gateway"]["secrets"]);
    for line in text("gateway.toml").lines() {
        if let Some((_, secret)) = line.split_once("/run/secrets/") {
            assert!(secrets.contains(&secret.trim_end_matches('"')), "{line}");
        }
    }
    let replicas = compose["services"]["gateway"]["deploy"]["replicas"].as_u64().unwrap();
    assert_eq!(u64::from(configurations::load("gateway.toml").redis.unwrap().gateways), replicas);
}

#[test]
fn nothing_may_do_more_than_it_has_to_and_nothing_is_published_beyond_loopback() {
    for (name, service) in compose()["services"].as_object().unwrap() {
        assert_eq!(service["read_only"], true, "{name}");
        assert_eq!(texts(&service["cap_drop"]), ["ALL"], "{name}");
        assert_eq!(texts(&service["security_opt"]), ["no-new-privileges:true"], "{name}");
        for port in texts(&service["ports"]) {
            assert!(port.starts_with("127.0.0.1:"), "{name}: {port}");
        }
        let image = service["image"].as_str().unwrap();
        assert!(image == "contact-gateway" || image.split_once(':').is_some_and(|(_, tag)| tag != "latest"), "{image}");
    }
    assert_eq!(compose()["networks"]["gateways"]["internal"], true);
}

#[test]
fn the_load_balancer_and_prometheus_ask_for_what_there_is() {
    let balancer = text("haproxy.cfg");
    assert!(balancer.contains("GET /health/ready") && balancer.contains("gateway:8080"));
    let prometheus = documents("prometheus-compose.yml").remove(0);
    let scrape = &prometheus["scrape_configs"][0];
    // As in the example that the alerts and the dashboard were written for.
    assert_eq!(scrape["job_name"], documents("prometheus/prometheus.yml")[0]["scrape_configs"][0]["job_name"]);
    assert_eq!(texts(&scrape["dns_sd_configs"][0]["names"]), ["gateway"]);
}
