//! What Prometheus reads at `/metrics`.

use std::collections::BTreeMap;

use crate::site::{Answer, Site};

/// One answer of `/metrics`.
#[derive(Debug)]
pub(crate) struct Scrape {
    pub(crate) text: String,
    /// By their names: what they are, and all their samples.
    pub(crate) families: BTreeMap<String, Family>,
}

/// One metric.
#[derive(Debug, Default)]
pub(crate) struct Family {
    pub(crate) kind: String,
    pub(crate) samples: Vec<Sample>,
}

/// One line.
#[derive(Debug)]
pub(crate) struct Sample {
    /// With `_bucket`, `_sum` or `_count`, where it is one of a histogram's.
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

impl Scrape {
    pub(crate) async fn of(site: &Site) -> Self {
        Self::read(site.get("/metrics").await)
    }

    pub(crate) fn read(answer: Answer) -> Self {
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, "no-store"), "{answer:?}");
        assert_eq!(answer.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
        let mut families = BTreeMap::<String, Family>::new();
        let mut last = String::new();
        for line in answer.text.lines() {
            if let Some(told) = line.strip_prefix("# HELP ") {
                let (name, help) = told.split_once(' ').unwrap();
                name.clone_into(&mut last);
                assert!(help.ends_with('.') && families.insert(last.clone(), Family::default()).is_none(), "{line}");
            } else if let Some(told) = line.strip_prefix("# TYPE ") {
                let (name, kind) = told.split_once(' ').unwrap();
                assert_eq!(name, last);
                kind.clone_into(&mut families.get_mut(name).unwrap().kind);
            } else {
                let sample = Sample::read(line);
                assert!(sample.name.starts_with(&last), "{line} stands under {last}");
                families.get_mut(&last).unwrap().samples.push(sample);
            }
        }
        Self { text: answer.text, families }
    }

    /// The sum of all samples of this name that have these labels; `None` if there is none.
    pub(crate) fn find(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let samples = self.families.values().flat_map(|family| &family.samples);
        let found = samples.filter(|sample| sample.name == format!("contact_gateway_{name}") && sample.has(labels));
        found.map(|sample| sample.value).reduce(|sum, value| sum + value)
    }

    /// The same, where there is one.
    #[track_caller]
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        self.find(name, labels).unwrap_or_else(|| panic!("{name} {labels:?} in {}", self.text))
    }
}

impl Sample {
    fn read(line: &str) -> Self {
        let (series, value) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, "\"}"));
        let labels = labels.strip_suffix("\"}").unwrap().split("\",").filter(|label| !label.is_empty());
        let labels = labels.map(|label| {
            let (name, value) = label.split_once("=\"").unwrap();
            (name.to_owned(), value.to_owned())
        });
        Self { name: name.to_owned(), labels: labels.collect(), value: value.parse().unwrap() }
    }

    fn has(&self, labels: &[(&str, &str)]) -> bool {
        labels.iter().all(|(name, value)| self.labels.get(*name).is_some_and(|other| other == value))
    }
}
