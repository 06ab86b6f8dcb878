//! Two texts side by side.

use similar::{ChangeTag, TextDiff};

/// One line of both texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BesideLine {
    pub text: String,
    /// The two texts are not the same here.
    pub differs: bool,
}

/// The expected and the actual text in two columns, each line beside the one that it is like; below each other where
/// the lines are too long for this many columns of a terminal.
pub fn beside(expected: &str, actual: &str, columns: usize) -> Vec<BesideLine> {
    let rows = rows(expected, actual);
    let widest = rows.iter().flat_map(|(left, right)| [left, right]);
    let widest = widest.flatten().map(|line| line.chars().count()).max();
    let width = widest.unwrap_or_default().max("expected".len());
    match 2 * width + MARGIN <= columns {
        true => in_columns(rows, width),
        false => below_each_other(rows),
    }
}

/// What a row has besides the two texts.
const MARGIN: usize = "  | ".len();

type Row = (Option<String>, Option<String>);

fn rows(expected: &str, actual: &str) -> Vec<Row> {
    let diff = TextDiff::from_lines(expected, actual);
    let (mut rows, mut open): (Vec<Row>, usize) = (Vec::new(), 0);
    for change in diff.iter_all_changes() {
        let line = change.value().trim_end_matches(['\r', '\n']).to_owned();
        match change.tag() {
            ChangeTag::Equal => {
                rows.push((Some(line.clone()), Some(line)));
                open = rows.len();
            }
            ChangeTag::Delete => rows.push((Some(line), None)),
            ChangeTag::Insert => {
                // Beside the first line that has nothing beside it yet.
                let place = rows[open..].iter_mut().find(|(_, right)| right.is_none());
                match place {
                    Some((_, right)) => *right = Some(line),
                    None => rows.push((None, Some(line))),
                }
            }
        }
    }
    rows
}

fn in_columns(rows: Vec<Row>, width: usize) -> Vec<BesideLine> {
    let line = |mark: char, left: &str, right: &str| {
        let text = format!("{left:width$} {mark}| {right}");
        let text = text.trim_end().to_owned();
        BesideLine {
            text,
            differs: mark != ' ',
        }
    };
    let heading = line(' ', "expected", "actual");
    let rows = rows.into_iter().map(|(left, right)| {
        let mark = if left == right { ' ' } else { '≠' };
        let (left, right) = (left.unwrap_or_default(), right.unwrap_or_default());
        line(mark, &left, &right)
    });
    [heading].into_iter().chain(rows).collect()
}

fn below_each_other(rows: Vec<Row>) -> Vec<BesideLine> {
    let line = |text: String, differs| BesideLine { text, differs };
    let mut lines = vec![line("- expected  + actual".to_owned(), false)];
    for (left, right) in rows {
        match (left, right) {
            (Some(left), Some(right)) if left == right => {
                lines.push(line(format!("  {left}"), false));
            }
            (left, right) => {
                lines.extend(left.map(|it| line(format!("- {it}"), true)));
                lines.extend(right.map(|it| line(format!("+ {it}"), true)));
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(expected: &str, actual: &str, columns: usize) -> Vec<String> {
        let lines = beside(expected, actual, columns).into_iter();
        lines.map(|line| line.text).collect()
    }

    #[test]
    fn lines_stand_beside_those_that_they_are_like() {
        let lines = shown("{\n  \"a\": 1\n}", "{\n  \"a\": 2,\n  \"b\": 3\n}", 80);
        assert_eq!(
            lines,
            [
                "expected   | actual",
                "{          | {",
                "  \"a\": 1  ≠|   \"a\": 2,",
                "          ≠|   \"b\": 3",
                "}          | }",
            ]
        );
    }

    #[test]
    fn long_lines_stand_below_each_other() {
        let lines = shown("same\none thing", "same\nanother", 12);
        assert_eq!(
            lines,
            ["- expected  + actual", "  same", "- one thing", "+ another"]
        );
    }
}
