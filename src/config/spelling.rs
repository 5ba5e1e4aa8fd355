//! What somebody may have meant who wrote a word that does not exist.

/// The word most like `written`, where one is like enough.
pub(super) fn nearest<'a>(written: &str, words: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // One slip in a short word, three in a long one: beyond that, a suggestion misleads.
    let most = (written.chars().count() / 3).clamp(1, 3);
    let plain = plain(written);
    words
        .map(|word| (strsim::osa_distance(&plain, word), word))
        .filter(|(distance, _)| *distance <= most)
        .min()
        .map(|(_, word)| word)
}

/// Keys are written in small letters, with underscores. Whoever wrote `Base-URL` made no slip of the fingers.
fn plain(word: &str) -> String {
    word.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const WORDS: [&str; 4] = ["base_url", "kind", "rate", "timeout"];

    #[test]
    fn a_slip_of_the_fingers_finds_its_word() {
        for written in ["base_ulr", "baseurl", "BASE-URL", "bas_uri"] {
            assert_eq!(nearest(written, WORDS.into_iter()), Some("base_url"), "{written}");
        }
        assert_eq!(nearest("knid", WORDS.into_iter()), Some("kind"));
    }

    #[test]
    fn a_word_like_none_of_them_finds_none() {
        for written in ["", "x", "webhook_token", "rotten"] {
            assert_eq!(nearest(written, WORDS.into_iter()), None, "{written}");
        }
    }
}
