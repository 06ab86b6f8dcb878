//! The known word that somebody most likely meant.

use crate::name::MAX_NAME_CHARS;
use strsim::osa_distance;

/// The most letters by which a suggestion may differ.
const MAX_DISTANCE: usize = 3;
/// The most candidates that are compared: 10 ms of work, of which a template can ask for 100 times.
const MAX_CANDIDATES: usize = 1_000;

/// The candidate nearest to `word`, if one is near: at most a third of its letters differ, and at
/// most `MAX_DISTANCE`. Upper and lower case, `-` and `_` count as alike. Compares the first `MAX_CANDIDATES` that are about as long.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_NAME_CHARS {
        return None;
    }
    let word = normal(word);
    let limit = (word.len() / 3).clamp(1, MAX_DISTANCE);
    let is_near_in_length = |candidate: &&str| candidate.len().abs_diff(word.len()) <= limit;
    let candidates = candidates.into_iter().filter(is_near_in_length);
    let measured = candidates.take(MAX_CANDIDATES).filter_map(|candidate| {
        let distance = osa_distance(&word, &normal(candidate));
        (distance <= limit).then_some((distance, candidate))
    });
    let best = measured.min_by_key(|(distance, _)| *distance);
    best.map(|(_, candidate)| candidate)
}

/// A clause for the end of a message, or nothing.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |meant| format!("; did you mean `{meant}`"))
}

fn normal(word: &str) -> String {
    word.to_ascii_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_word_is_found_and_a_far_one_is_not() {
        let keys = ["depends_on", "handler", "retry", "timeout"];
        assert_eq!(nearest("depend_on", keys), Some("depends_on"));
        assert_eq!(nearest("depends-on", keys), Some("depends_on"));
        assert_eq!(nearest("Handler", keys), Some("handler"));
        assert_eq!(nearest("tiemout", keys), Some("timeout"));
        assert_eq!(nearest("parents", keys), None);
        assert_eq!(nearest("", keys), None);
    }
}
