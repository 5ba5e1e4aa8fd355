//! One metric with all its series, in the form in which Prometheus wants it.

use prometheus::proto::{Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType};
use providers::measure::{BOUNDS, Distribution};

/// What the names of all metrics begin with that are the gateway's own.
const PREFIX: &str = "contact_gateway_";

/// One metric.
pub(super) struct Family(MetricFamily);

/// The names and values that tell a series from others.
type Labels<'a> = &'a [(&'static str, &'a str)];

impl Family {
    /// Something that only grows.
    pub(super) fn counter(name: &str, help: &str) -> Self {
        Self::new(format!("{PREFIX}{name}"), help, MetricType::COUNTER)
    }

    /// Something that grows and shrinks.
    pub(super) fn gauge(name: &str, help: &str) -> Self {
        Self::new(format!("{PREFIX}{name}"), help, MetricType::GAUGE)
    }

    /// How long something took, each time.
    pub(super) fn histogram(name: &str, help: &str) -> Self {
        Self::new(format!("{PREFIX}{name}"), help, MetricType::HISTOGRAM)
    }

    /// What processes of all programs have, under the same names everywhere: a counter, if it is called a total.
    #[cfg(target_os = "linux")]
    pub(super) fn common(name: &str, help: &str, value: f64) -> Self {
        let kind = if name.ends_with("_total") { MetricType::COUNTER } else { MetricType::GAUGE };
        let mut family = Self::new(name.to_owned(), help, kind);
        family.add(&[], value);
        family
    }

    /// A series of a counter or a gauge.
    pub(super) fn add(&mut self, labels: Labels<'_>, value: f64) {
        let mut metric = labelled(labels);
        if self.0.get_field_type() == MetricType::COUNTER {
            let mut counter = Counter::default();
            counter.set_value(value);
            metric.set_counter(counter);
        } else {
            let mut gauge = Gauge::default();
            gauge.set_value(value);
            metric.set_gauge(gauge);
        }
        self.0.mut_metric().push(metric);
    }

    /// The same of something that is counted.
    pub(super) fn count(&mut self, labels: Labels<'_>, value: u64) {
        // Exact up to 2^53, which nobody lives to see.
        self.add(labels, value as f64);
    }

    /// A series of a histogram.
    pub(super) fn observe(&mut self, labels: Labels<'_>, distribution: &Distribution) {
        let (mut histogram, mut buckets, mut below) = (Histogram::default(), Vec::with_capacity(BOUNDS.len()), 0);
        for (bound, count) in BOUNDS.iter().zip(distribution.buckets) {
            below += count;
            let mut bucket = Bucket::default();
            bucket.set_upper_bound(bound.as_secs_f64());
            bucket.set_cumulative_count(below);
            buckets.push(bucket);
        }
        histogram.set_bucket(buckets);
        histogram.set_sample_count(distribution.count());
        histogram.set_sample_sum(distribution.sum.as_secs_f64());
        let mut metric = labelled(labels);
        metric.set_histogram(histogram);
        self.0.mut_metric().push(metric);
    }

    /// The metric; `None` if it has no series.
    pub(super) fn done(self) -> Option<MetricFamily> {
        (!self.0.get_metric().is_empty()).then_some(self.0)
    }

    fn new(name: String, help: &str, kind: MetricType) -> Self {
        let mut family = MetricFamily::default();
        family.set_name(name);
        family.set_help(help.to_owned());
        family.set_field_type(kind);
        Self(family)
    }
}

fn labelled(labels: Labels<'_>) -> Metric {
    let pairs = labels.iter().map(|(name, value)| {
        let mut pair = LabelPair::default();
        pair.set_name((*name).to_owned());
        pair.set_value((*value).to_owned());
        pair
    });
    Metric::from_label(pairs.collect())
}
