//! What comes with the gateway for Prometheus and Grafana, held against the metrics that there are.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{metrics::lively, scrape::Scrape, site::temporary_file};

const ALERTS: &str = include_str!("../../deploy/prometheus/alerts.yml");
const TRIED: &str = include_str!("alerts.yml");
const DASHBOARD: &str = include_str!("../../deploy/grafana/dashboards/contact-gateway.json");
const DOCUMENT: &str = include_str!("../../docs/metrics.md");
/// What Prometheus itself adds to every series.
const OF_THE_TARGET: [&str; 2] = ["job", "instance"];

fn path(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(of)
}

/// The labels of each metric, by the names of its samples and its own.
async fn known() -> BTreeMap<String, BTreeSet<String>> {
    let scrape = Scrape::of(&lively().await).await;
    let mut known = BTreeMap::from([("up".to_owned(), BTreeSet::new())]);
    for (family, sample) in
        scrape.families.iter().flat_map(|(name, family)| family.samples.iter().map(move |sample| (name, sample)))
    {
        for name in [family, &sample.name] {
            known.entry(name.clone()).or_default().extend(sample.labels.keys().cloned());
        }
    }
    known.values_mut().for_each(|labels| labels.extend(OF_THE_TARGET.map(str::to_owned)));
    known
}

/// What a query, or a text with queries in it, names: metrics with the labels by which it selects, and labels by which it groups.
fn named(text: &str) -> (Vec<(String, Vec<String>)>, Vec<String>) {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let (mut metrics, mut groups, mut rest) = (Vec::new(), Vec::new(), text);
    while let Some(start) = rest.find(is_name) {
        let word = &rest[start..];
        let (word, after) = word.split_at(word.find(|character| !is_name(character)).unwrap_or(word.len()));
        rest = after;
        if word.starts_with("contact_gateway_") || word.starts_with("process_") || word == "up" {
            let selectors =
                after.strip_prefix('{').and_then(|after| after.split_once('}')).map_or("", |(inside, _)| inside);
            let labels =
                selectors.split('"').step_by(2).map(|label| label.trim_matches([',', ' ', '=', '~', '!']).to_owned());
            metrics.push((word.to_owned(), labels.filter(|label| !label.is_empty()).collect()));
        } else if ["by", "without", "on", "ignoring"].contains(&word)
            && let Some((inside, _)) = after.trim_start().strip_prefix('(').and_then(|after| after.split_once(')'))
        {
            groups.extend(inside.split(',').map(|label| label.trim().to_owned()));
        }
    }
    (metrics, groups)
}

/// Fails unless every metric that is named exists, with the labels that are named. `shown`: those that stand in words around it.
fn check(known: &BTreeMap<String, BTreeSet<String>>, place: &str, query: &str, shown: &[String]) {
    let (metrics, groups) = named(query);
    assert!(!metrics.is_empty(), "{place} names no metric: {query}");
    let mut all = BTreeSet::from(["le"]);
    for (metric, labels) in &metrics {
        let there = known.get(metric).unwrap_or_else(|| panic!("{place}: there is no {metric}"));
        for label in labels {
            assert!(there.contains(label), "{place}: {metric} has no label {label}");
        }
        all.extend(there.iter().map(String::as_str));
    }
    for label in groups.iter().chain(shown) {
        assert!(all.contains(label.as_str()), "{place}: no metric in {query} has a label {label}");
    }
    // What is summed up by some labels has no others left to show.
    if query.contains(" by (") {
        assert!(shown.iter().all(|label| groups.contains(label)), "{place}: {shown:?} after {query}");
    }
}

/// The words between these.
fn between(text: &str, from: &str, to: &str) -> Vec<String> {
    text.split(from).skip(1).filter_map(|rest| Some(rest.split_once(to)?.0.trim().to_owned())).collect()
}

/// The dashboard's panels: title, query, and the labels that are shown.
fn panels() -> Vec<(String, String, Vec<String>)> {
    let dashboard: Value = serde_json::from_str(DASHBOARD).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter().filter(|panel| panel["type"] != "row");
    let targets = panels.flat_map(|panel| {
        let targets = panel["targets"].as_array().unwrap_or_else(|| panic!("{panel}"));
        targets.iter().map(move |target| (panel, target))
    });
    let read = |(panel, target): (&Value, &Value)| {
        let shown = between(target["legendFormat"].as_str().unwrap_or_default(), "{{", "}}");
        (panel["title"].as_str().unwrap().to_owned(), target["expr"].as_str().unwrap().to_owned(), shown)
    };
    targets.map(read).collect()
}

/// The alerts: name, query, and the labels that are shown.
fn alerts() -> Vec<(&'static str, String, Vec<String>)> {
    let rules = ALERTS.split("- alert:").skip(1);
    let read = |rule: &'static str| {
        let query = rule.split_once("expr:").unwrap().1;
        let query = ["\n        for:", "\n        labels:"]
            .into_iter()
            .fold(query, |query, end| query.split(end).next().unwrap());
        (rule.lines().next().unwrap().trim(), query.to_owned(), between(rule, "$labels.", " "))
    };
    rules.map(read).collect()
}

#[tokio::test]
async fn the_document_has_every_metric_with_its_kind_and_its_labels_and_no_others() {
    let scrape = Scrape::of(&lively().await).await;
    let mut documented = BTreeMap::new();
    for row in DOCUMENT.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        let labels: BTreeSet<_> =
            cells[3].split(", ").map(|label| label.trim_matches('`')).filter(|label| !label.is_empty()).collect();
        assert!(!cells[4].is_empty(), "{row}");
        documented.insert(cells[1].trim_matches('`'), (cells[2], labels));
    }
    let exposed = scrape.families.iter().map(|(name, family)| {
        let labels = family.samples.iter().flat_map(|sample| sample.labels.keys().map(String::as_str));
        (name.as_str(), (family.kind.as_str(), labels.filter(|label| *label != "le").collect()))
    });
    assert_eq!(documented, exposed.collect());
}

#[tokio::test]
async fn the_dashboard_shows_metrics_that_there_are() {
    let known = known().await;
    let panels = panels();
    for (title, query, shown) in &panels {
        check(&known, title, query, shown);
    }
    let named: BTreeSet<_> = panels.iter().flat_map(|(_, query, _)| named(query).0).map(|(metric, _)| metric).collect();
    let is_shown = |metric: &&String| ["", "_bucket"].iter().any(|part| named.contains(&format!("{metric}{part}")));
    let families = Scrape::of(&lively().await).await.families;
    let missing: Vec<_> = families.keys().filter(|metric| !is_shown(metric)).collect();
    assert_eq!(missing, ["process_threads", "process_virtual_memory_bytes"], "every other one is on the dashboard");
}

#[tokio::test]
async fn alerts_are_about_metrics_that_there_are_and_say_what_to_do() {
    let known = known().await;
    let alerts = alerts();
    assert!(alerts.len() >= 10);
    for (name, query, shown) in &alerts {
        check(&known, name, query, shown);
        assert!(TRIED.contains(&format!("alertname=\"{name}\"")), "{name} is not tried");
    }
    for rule in ALERTS.split("- alert:").skip(1) {
        for part in ["summary:", "runbook:", "severity:"] {
            assert!(rule.contains(part), "{part} in{rule}");
        }
    }
    for name in ALERTS
        .split("- alert:")
        .skip(1)
        .flat_map(|rule| rule.split_whitespace())
        .filter(|word| word.starts_with("contact_gateway_"))
    {
        let name = name.split(|character: char| !character.is_ascii_lowercase() && character != '_').next().unwrap();
        assert!(known.contains_key(name), "{name}");
    }
}

#[test]
fn a_label_that_no_metric_has_is_noticed() {
    let known = BTreeMap::from([("up".to_owned(), BTreeSet::from(["job".to_owned()]))]);
    for (query, shown) in [
        ("up{colour=\"red\"}", ""),
        ("sum by (colour) (up)", ""),
        ("up", "colour"),
        ("down", ""),
        ("sum by (le) (up)", "job"),
    ] {
        let shown: Vec<_> = Some(shown.to_owned()).into_iter().filter(|label| !label.is_empty()).collect();
        assert!(std::panic::catch_unwind(|| check(&known, "here", query, &shown)).is_err(), "{query}");
    }
    check(&known, "here", "sum by (job) (up{job=~\"a|b\", job!=\"c, d\"})", &["job".to_owned()]);
}

/// Runs Prometheus's own tool to its good end.
fn promtool(arguments: &[&str], input: &str) {
    // Where `make test` has put it.
    let installed = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("tools/promtool/promtool");
    let program = if installed.is_file() { installed } else { "promtool".into() };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut tool = command.spawn().expect("there is no promtool; `make test` gets it from Debian's package prometheus");
    tool.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = tool.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned()).concat();
    assert!(output.status.success(), "promtool {}:\n{said}", arguments.join(" "));
}

#[tokio::test]
async fn prometheus_finds_nothing_wrong_with_the_metrics() {
    promtool(&["check", "metrics"], &Scrape::of(&lively().await).await.text);
}

#[test]
fn prometheus_understands_its_configuration_and_the_dashboards_queries() {
    promtool(&["check", "config", path("deploy/prometheus/prometheus.yml").to_str().unwrap()], "");
    let variables = [("$__rate_interval", "1m"), ("$job", ".*"), ("$provider", ".*")];
    let rule = |(number, (_, query, _)): (usize, (String, String, Vec<String>))| {
        let query = variables.iter().fold(query, |query, (name, value)| query.replace(name, value));
        json!({ "record": format!("panel:{number}"), "expr": query })
    };
    let rules: Vec<_> = panels().into_iter().enumerate().map(rule).collect();
    let file =
        temporary_file("dashboard.json", &json!({ "groups": [{ "name": "dashboard", "rules": rules }] }).to_string());
    promtool(&["check", "rules", file.to_str().unwrap()], "");
    fs::remove_file(file).unwrap();
}

#[test]
fn alerts_come_when_they_should_and_not_before() {
    promtool(&["test", "rules", path("tests/api/alerts.yml").to_str().unwrap()], "");
}
