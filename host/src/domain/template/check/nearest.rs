//! The known word that somebody most likely meant.

use crate::domain::name::MAX_NAME_CHARS;

/// The most letters by which a suggestion may differ.
const MAX_DISTANCE: usize = 3;

/// The candidate nearest to `word`, if one is near: at most a third of its letters differ, and at
/// most [`MAX_DISTANCE`]. Upper and lower case, `-` and `_` count as alike.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    if word.len() > MAX_NAME_CHARS {
        return None;
    }
    let word = normal(word);
    let limit = (word.len() / 3).clamp(1, MAX_DISTANCE);
    let near = |candidate: &&'a str| candidate.len().abs_diff(word.len()) <= limit;
    let measured = candidates
        .into_iter()
        .filter(near)
        .map(|candidate| (distance(&word, &normal(candidate)), candidate));
    let best = measured.min_by_key(|(distance, _)| *distance)?;
    (best.0 <= limit).then_some(best.1)
}

/// A clause for the end of a message, or nothing.
pub(super) fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, candidates).map_or_else(String::new, |meant| format!("; did you mean `{meant}`"))
}

fn normal(word: &str) -> Vec<u8> {
    let normal_byte = |byte: u8| {
        if byte == b'-' {
            b'_'
        } else {
            byte.to_ascii_lowercase()
        }
    };
    word.bytes().map(normal_byte).collect()
}

/// How many bytes must be inserted, removed, replaced or swapped with their neighbour.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[b.len()]
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
