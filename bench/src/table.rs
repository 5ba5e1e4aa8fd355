//! The table at the end, as Markdown.

use std::fmt;

use crate::round::Rounds;

/// All that was measured.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<Row>);

#[derive(Debug)]
struct Row {
    name: String,
    /// What was measured, for people: `81,234/s` beside `92,345/s`.
    values: String,
    result: Rounds,
    unit: &'static str,
    target: Option<Target>,
}

/// What the result should be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    AtLeast(f64),
    AtMost(f64),
}

impl Table {
    /// Adds a row whose result is a number with a unit.
    pub(crate) fn add(&mut self, name: &str, result: Rounds, unit: &'static str, target: impl Into<Option<Target>>) {
        self.compare(name, String::new(), result, unit, target);
    }

    /// Adds a row with the ratio of one to another.
    pub(crate) fn ratio(
        &mut self,
        name: &str,
        ours: &Rounds,
        theirs: &Rounds,
        unit: &str,
        target: impl Into<Option<Target>>,
    ) {
        let values = format!("{}{unit} : {}{unit}", number(ours.median()), number(theirs.median()));
        self.compare(name, values, ours.of(theirs), "×", target);
    }

    /// Adds a row whose result was made of these values.
    pub(crate) fn compare(
        &mut self,
        name: &str,
        values: String,
        result: Rounds,
        unit: &'static str,
        target: impl Into<Option<Target>>,
    ) {
        eprintln!("  {name}: {}{unit} {values}", number(result.median()));
        self.0.push(Row { name: name.to_owned(), values, result, unit, target: target.into() });
    }
}

impl Target {
    fn is_met(self, value: f64) -> bool {
        match self {
            Self::AtLeast(limit) => value >= limit,
            Self::AtMost(limit) => value <= limit,
        }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| what | measured | result | spread | target | met |\n|---|---|---|---|---|---|")?;
        for Row { name, values, result, unit, target } in &self.0 {
            let (median, (least, most)) = (result.median(), result.spread());
            let (least, most) = (number(least), number(most));
            let (target, met) = match target {
                Some(target @ Target::AtLeast(limit)) => (format!("≥ {}{unit}", number(*limit)), target.is_met(median)),
                Some(target @ Target::AtMost(limit)) => (format!("≤ {}{unit}", number(*limit)), target.is_met(median)),
                None => (String::new(), true),
            };
            let met = match (&*target, met) {
                ("", _) => "",
                (_, true) => "yes",
                (_, false) => "**no**",
            };
            let result = number(median);
            writeln!(f, "| {name} | {values} | {result}{unit} | {least} – {most} | {target} | {met} |")?;
        }
        Ok(())
    }
}

/// Three digits that count, or all before the point.
pub(crate) fn number(value: f64) -> String {
    let digits = match value.abs() {
        100.0.. => 0,
        10.0.. => 1,
        _ => 2,
    };
    format!("{value:.digits$}")
}
