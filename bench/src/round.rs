//! What several rounds have in common: the middle, and how far they are apart.

/// The same measured several times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rounds(pub(crate) Vec<f64>);

impl Rounds {
    /// The median.
    pub(crate) fn median(&self) -> f64 {
        let values = self.sorted();
        let middle = values.get(values.len() / 2).copied();
        middle.map_or(f64::NAN, |upper| (values[(values.len() - 1) / 2] + upper) / 2.0)
    }

    /// The smallest and the greatest.
    pub(crate) fn spread(&self) -> (f64, f64) {
        let values = self.sorted();
        (values.first().copied().unwrap_or(f64::NAN), values.last().copied().unwrap_or(f64::NAN))
    }

    /// What this is of another, round by round: what the machine did meanwhile falls on both.
    pub(crate) fn of(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(ours, theirs)| ours / theirs).collect())
    }

    /// How much this is more than another, round by round.
    pub(crate) fn beyond(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(ours, theirs)| ours - theirs).collect())
    }

    fn sorted(&self) -> Vec<f64> {
        let mut values = self.0.clone();
        values.sort_by(f64::total_cmp);
        values
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_ratios_is_taken_and_not_the_ratio_of_middles() {
        let (ours, theirs) = (Rounds(vec![1.0, 9.0, 4.0]), Rounds(vec![2.0, 3.0, 4.0]));
        assert_eq!((ours.median(), ours.spread()), (4.0, (1.0, 9.0)));
        assert_eq!(ours.of(&theirs).median(), 1.0);
        assert_eq!(ours.beyond(&theirs).median(), 0.0);
        assert_eq!(Rounds(vec![1.0, 2.0]).median(), 1.5);
    }
}
