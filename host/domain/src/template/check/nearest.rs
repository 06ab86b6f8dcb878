//! The known word that somebody most likely meant.

use crate::name::MAX_NAME_CHARS;

/// The most letters by which a suggestion may differ.
const MAX_DISTANCE: usize = 3;

/// The candidate nearest to `word`, if one is near: at most a third of its letters differ, and at
/// most `MAX_DISTANCE`. Upper and lower case, `-` and `_` count as alike.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > MAX_NAME_CHARS {
        return None;
    }
    let word = normal(word);
    let limit = (word.len() / 3).clamp(1, MAX_DISTANCE);
    let measured = candidates.into_iter().filter_map(|candidate| {
        let distance = distance_within(limit, &word, &normal(candidate))?;
        Some((distance, candidate))
    });
    let best = measured.min_by_key(|(distance, _)| *distance);
    best.map(|(_, candidate)| candidate)
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

/// How many bytes must be inserted, removed, replaced or swapped with their neighbour, if at most
/// `limit`. Only what lies that near to the diagonal is looked at.
fn distance_within(limit: usize, a: &[u8], b: &[u8]) -> Option<usize> {
    if a.len().abs_diff(b.len()) > limit {
        return None;
    }
    let far = limit + 1;
    let mut before_last = vec![far; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![far; b.len() + 1];
        let first = i.saturating_sub(limit);
        row[0] = i;
        for j in first.max(1)..=(i + limit).min(b.len()) {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before_last[j - 2] + 1);
            }
        }
        if row.iter().all(|distance| *distance > limit) {
            return None;
        }
        before_last = std::mem::replace(&mut last, row);
    }
    Some(last[b.len()]).filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The plain definition.
    fn distance(a: &[u8], b: &[u8]) -> usize {
        let (Some((x, a_rest)), Some((y, b_rest))) = (a.split_last(), b.split_last()) else {
            return a.len().max(b.len());
        };
        let replaced = distance(a_rest, b_rest) + usize::from(x != y);
        let one_less = (distance(a_rest, b) + 1).min(distance(a, b_rest) + 1);
        let swapped = match (a_rest.split_last(), b_rest.split_last()) {
            (Some((u, a_rest)), Some((v, b_rest))) if x == v && y == u => {
                distance(a_rest, b_rest) + 1
            }
            _ => usize::MAX,
        };
        replaced.min(one_less).min(swapped)
    }

    proptest::proptest! {
        #[test]
        fn the_distance_is_right_up_to_its_limit(a in "[abc]{0,6}", b in "[abc]{0,6}", limit in 1..4usize) {
            let expected = Some(distance(a.as_bytes(), b.as_bytes())).filter(|found| *found <= limit);
            proptest::prop_assert_eq!(distance_within(limit, a.as_bytes(), b.as_bytes()), expected);
        }
    }

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
