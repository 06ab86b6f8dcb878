//! Figures as pictures of one line.

use std::io::{self, IsTerminal as _};

/// The most characters of a sparkline; of more counts, neighbours are added up.
const MAX_CHARS: usize = 72;
/// The widest bar, in characters.
const BAR_CHARS: usize = 10;

const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN: [char; 9] = ['.', '_', '_', '-', '-', '=', '=', '#', '#'];

/// Characters beyond ASCII, on a terminal that has colours.
fn has_blocks() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    io::stdout().is_terminal() && !is_set("NO_COLOR")
}

/// Counts in order, each as high as its share of the highest.
pub fn sparkline(counts: &[u64]) -> String {
    drawn(counts, if has_blocks() { BLOCKS } else { PLAIN })
}

fn drawn(counts: &[u64], levels: [char; 9]) -> String {
    let together = counts.len().div_ceil(MAX_CHARS).max(1);
    let sums: Vec<u64> = counts.chunks(together).map(|it| it.iter().sum()).collect();
    let most = sums.iter().copied().max().unwrap_or_default().max(1);
    let level = |count: u64| match count {
        0 => 0,
        count => 1 + (u128::from(count) * 7 / u128::from(most)) as usize,
    };
    sums.into_iter().map(|count| levels[level(count)]).collect()
}

/// A share of the most as a bar.
pub fn bar(value: f64, most: f64) -> String {
    let share = if most > 0.0 { value / most } else { 0.0 };
    let chars = (share.clamp(0.0, 1.0) * BAR_CHARS as f64).ceil() as usize;
    let mark = if has_blocks() { "█" } else { "#" };
    mark.repeat(chars)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sparkline_is_as_high_as_its_share_of_the_highest() {
        assert_eq!(drawn(&[0, 1, 4, 8], BLOCKS), " ▁▄█");
        assert_eq!(drawn(&[0, 1, 4, 8], PLAIN), "._-#");
        assert_eq!(drawn(&[], PLAIN), "");
    }

    #[test]
    fn neighbours_are_added_up_where_there_are_too_many() {
        let line = drawn(&[1; MAX_CHARS * 2], PLAIN);
        assert_eq!(line, "#".repeat(MAX_CHARS));
    }

    #[test]
    fn a_bar_shows_what_is_small_too() {
        assert_eq!(bar(1.0, 1.0).chars().count(), BAR_CHARS);
        assert_eq!(bar(0.001, 1.0).chars().count(), 1);
        assert_eq!(bar(0.0, 0.0), "");
    }
}
