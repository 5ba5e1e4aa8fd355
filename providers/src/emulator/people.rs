//! People, made up from a number: the same number is the same person on every emulated server.

/// A made-up person.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) index: u32,
    pub(crate) name: String,
    pub(crate) email: String,
    /// A country code and a number, digits only.
    pub(crate) phone: String,
}

const GIVEN: &[&str] =
    &["Ana", "Boris", "Chidi", "Dilnoza", "Émile", "فاطمة", "Giulia", "הדר", "Ingrid", "João", "Kwame", "李娜"];
const FAMILY: &[&str] =
    &["Silva", "Ivanov", "Okafor", "Karimova", "Dubois", "الزهراء", "Rossi", "כהן", "Berg", "Souza", "Mensah"];

/// Country codes with the digits that follow, among them WhatsApp's Mexican and Argentine forms, and Brazil's of both
/// lengths.
const PREFIXES: &[(&str, usize)] = &[
    ("9198", 8),
    ("5511", 8),
    ("55119", 8),
    ("521", 10),
    ("549", 10),
    ("49151", 8),
    ("1650", 7),
    ("4477", 8),
    ("62812", 8),
];

impl Person {
    /// The person of this number.
    pub(crate) fn number(index: u32) -> Self {
        let mixed = mix(u64::from(index));
        let pick = |list: &[&'static str], shift: u32| list[(mixed >> shift) as usize % list.len()];
        let (given, family) = (pick(GIVEN, 0), pick(FAMILY, 16));
        let (prefix, digits) = PREFIXES[index as usize % PREFIXES.len()];
        Self {
            index,
            name: format!("{given} {family}"),
            email: format!("person{index}@example.com"),
            // No two of ten million are the same: the factor has no divisor in common with ten.
            phone: format!("{prefix}{:0digits$}", (u64::from(index) * 7_654_321 + 1_234_567) % 10u64.pow(7)),
        }
    }

    /// An id in hexadecimal, 24 digits long; `space` keeps ids for different things apart.
    pub(crate) fn hex_id(index: u32, space: u32) -> String {
        format!("{space:08x}{:08x}{index:08x}", mix(u64::from(space)) as u32)
    }

    /// The number of the person with this id in this space.
    pub(crate) fn of_hex_id(id: &str, space: u32) -> Option<u32> {
        let index = u32::from_str_radix(id.get(16..)?, 16).ok()?;
        (Self::hex_id(index, space) == id).then_some(index)
    }

    /// A time in the past that fits the person.
    pub(crate) fn time(&self, days: u32) -> String {
        let mixed = mix(u64::from(self.index) + 7);
        let (month, day) = (1 + (self.index + days) % 12, 1 + (mixed % 28) as u32);
        format!(
            "2025-{month:02}-{day:02}T{:02}:{:02}:{:02}.{:03}Z",
            mixed % 24,
            mixed / 24 % 60,
            mixed / 1440 % 60,
            mixed % 1000
        )
    }
}

/// Spreads neighbouring numbers (the finalizer of SplitMix64).
fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_lead_back_to_their_person_and_only_in_their_space() {
        for index in [0, 7, 1199] {
            assert_eq!(Person::of_hex_id(&Person::hex_id(index, 3), 3), Some(index));
            assert_eq!(Person::of_hex_id(&Person::hex_id(index, 3), 4), None);
        }
    }

    #[test]
    fn phones_are_different_and_have_the_length_of_a_phone_number() {
        let phones: std::collections::HashSet<_> = (0..100_000).map(|index| Person::number(index).phone).collect();
        assert_eq!(phones.len(), 100_000);
        assert!(phones.iter().all(|phone| crate::phone::is_international(phone)));
    }
}
