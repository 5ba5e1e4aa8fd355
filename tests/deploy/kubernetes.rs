//! The manifests for Kubernetes.

use contact_gateway::config::Config;
use providers::KINDS;
use serde_json::{Value, json};

use crate::{configurations, documents, path, texts};

fn all() -> Vec<Value> {
    let resources = documents("kubernetes/kustomization.yaml").remove(0);
    let files = texts(&resources["resources"]);
    files.iter().flat_map(|file| documents(&format!("kubernetes/{file}"))).collect()
}

fn of_kind<'a>(all: &'a [Value], kind: &str) -> Vec<&'a Value> {
    all.iter().filter(|object| object["kind"] == kind).collect()
}

#[test]
fn every_file_is_part_of_it() {
    let kustomization = documents("kubernetes/kustomization.yaml").remove(0);
    let mut named = texts(&kustomization["resources"]);
    named.extend(texts(&kustomization["configMapGenerator"][0]["files"]));
    named.push("kustomization.yaml");
    for file in std::fs::read_dir(path("kubernetes")).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        assert!(file.path().is_dir() || named.contains(&&*name), "{name}");
    }
    assert!(named.iter().all(|file| path("kubernetes").join(file).exists()), "{named:?}");
}

#[test]
fn every_container_is_bounded_and_may_do_no_more_than_it_has_to() {
    let all = all();
    for workload in of_kind(&all, "Deployment") {
        let pod = &workload["spec"]["template"]["spec"];
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
        assert_eq!(pod["securityContext"]["seccompProfile"]["type"], "RuntimeDefault");
        assert_eq!(pod["automountServiceAccountToken"], false);
        for container in pod["containers"].as_array().unwrap() {
            let (name, security) = (&container["name"], &container["securityContext"]);
            assert_eq!(security["readOnlyRootFilesystem"], true, "{name}");
            assert_eq!(security["allowPrivilegeEscalation"], false, "{name}");
            assert_eq!(security["capabilities"], json!({ "drop": ["ALL"] }), "{name}");
            for limit in ["cpu", "memory"] {
                assert!(container["resources"]["limits"][limit].is_string(), "{name}: {limit}");
                assert!(container["resources"]["requests"][limit].is_string(), "{name}: {limit}");
            }
            assert!(container["readinessProbe"].is_object() && container["livenessProbe"].is_object(), "{name}");
        }
    }
}

#[test]
fn whoever_is_selected_is_there() {
    let all = all();
    let labels: Vec<_> =
        of_kind(&all, "Deployment").iter().map(|of| &of["spec"]["template"]["metadata"]["labels"]).collect();
    let selectors = all.iter().map(|object| match object["kind"].as_str().unwrap() {
        "Service" => &object["spec"]["selector"],
        "NetworkPolicy" => &object["spec"]["podSelector"]["matchLabels"],
        "HorizontalPodAutoscaler" => &Value::Null,
        _ => &object["spec"]["selector"]["matchLabels"],
    });
    for selector in selectors.filter(|selector| !selector.is_null()) {
        assert!(labels.contains(&selector), "{selector}");
    }
    // Every pod has a policy.
    assert_eq!(of_kind(&all, "NetworkPolicy").len(), labels.len());
    let scaled = &of_kind(&all, "HorizontalPodAutoscaler")[0]["spec"];
    assert!(of_kind(&all, "Deployment").iter().any(|of| of["metadata"]["name"] == scaled["scaleTargetRef"]["name"]));
    let most = configurations::load("kubernetes/config.toml").redis.unwrap().gateways;
    assert_eq!(scaled["maxReplicas"], most, "all have room for all");
    assert!(of_kind(&all, "PodDisruptionBudget")[0]["spec"]["minAvailable"].as_u64() < scaled["minReplicas"].as_u64());
}

#[test]
fn the_gateways_variables_and_probes_are_the_programs() {
    let all = all();
    let deployments = of_kind(&all, "Deployment");
    let gateway = deployments.iter().find(|of| of["metadata"]["name"] == "contact-gateway").unwrap();
    let container = &gateway["spec"]["template"]["spec"]["containers"][0];
    let variable = |of: &Value| (of["name"].as_str().unwrap().to_owned(), of["value"].as_str().unwrap().to_owned());
    let environment: Vec<_> = container["env"].as_array().unwrap().iter().map(variable).collect();
    let example = path("../config/example.toml");
    Config::load(Some(&example), environment, KINDS).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let answers = contact_gateway::api::openapi::document().to_string();
    for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
        let path = container[probe]["httpGet"]["path"].as_str().unwrap();
        assert!(answers.contains(&format!("\"{path}\"")), "{probe}: {path}");
    }
}
