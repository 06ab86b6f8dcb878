//! A line of a source file with a caret under the place that is wrong.

/// The longest source line that is shown, in characters.
const MAX_LINE_CHARS: usize = 100;

/// The line of `source` at `line` (from 1) with a caret under `column` (from 1, in characters), or
/// nothing where the source has no such line.
pub fn excerpt(source: &str, line: usize, column: usize) -> Option<String> {
    let text = source.lines().nth(line.checked_sub(1)?)?;
    let before = column.saturating_sub(1).min(text.chars().count());
    let skipped = before.saturating_sub(MAX_LINE_CHARS * 3 / 4);
    let shown: String = text
        .chars()
        .skip(skipped)
        .take(MAX_LINE_CHARS)
        .map(without_tab)
        .collect();
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let indent = " ".repeat(before - skipped);
    Some(format!("{number} | {shown}\n{margin} | {indent}^"))
}

fn without_tab(c: char) -> char {
    match c {
        '\t' => ' ',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_stands_under_the_column() {
        assert_eq!(
            excerpt("a: 1\nb: wrong\n", 2, 4).unwrap(),
            "2 | b: wrong\n  |    ^"
        );
    }

    #[test]
    fn a_column_past_the_end_points_behind_the_line() {
        assert_eq!(excerpt("ab", 1, 99).unwrap(), "1 | ab\n  |   ^");
    }

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let line = format!("{}X{}", "a".repeat(500), "b".repeat(500));
        let shown = excerpt(&line, 1, 501).unwrap();
        let (above, below) = shown.split_once('\n').unwrap();
        assert_eq!(
            above.chars().position(|c| c == 'X'),
            below.chars().position(|c| c == '^')
        );
        assert!(above.len() < 120);
    }

    #[test]
    fn a_line_that_is_not_there_has_no_excerpt() {
        assert_eq!(excerpt("a", 2, 1), None);
        assert_eq!(excerpt("a", 0, 1), None);
    }
}
