//! Items as rows under headings, and one thing as lines of `label  value`.

use super::paint::{Tone, plain};
use super::units;
use std::io;
use tabled::builder::Builder;
use tabled::settings::{Padding, Style};

/// Columns between two cells.
const GAP: usize = 2;
/// The last cell of a row is not cut below this.
const MIN_LAST_CELL_CHARS: usize = 12;

/// A heading, and what stands below it for an item.
pub type Column<'a, T> = (&'a str, &'a dyn Fn(&T) -> String);

/// How items are shown.
pub struct Table<'a, T, const N: usize> {
    columns: [Column<'a, T>; N],
    /// What is said where there are none.
    nothing: &'a str,
    /// What other commands call an item.
    name: &'a dyn Fn(&T) -> String,
    below: &'a dyn Fn(&T) -> Vec<String>,
}

impl<'a, T, const N: usize> Table<'a, T, N> {
    /// Items are called by their first column.
    pub fn new(columns: [Column<'a, T>; N]) -> Self {
        Self {
            columns,
            nothing: "",
            name: columns[0].1,
            below: &|_| Vec::new(),
        }
    }

    /// Says so where there are no items.
    pub fn or(self, nothing: &'a str) -> Self {
        Self { nothing, ..self }
    }

    /// Items are called so.
    pub fn named(self, name: &'a dyn Fn(&T) -> String) -> Self {
        Self { name, ..self }
    }

    /// Lines of its own below each row, indented and quiet.
    pub fn with_lines(self, below: &'a dyn Fn(&T) -> Vec<String>) -> Self {
        Self { below, ..self }
    }

    /// A name a line, each once.
    pub fn names(&self, items: &[T]) -> String {
        let mut names: Vec<String> = items.iter().map(self.name).collect();
        names.dedup();
        names.join("\n")
    }

    /// A row an item.
    pub fn rows(&self, items: &[T]) -> String {
        let row = |item| self.columns.map(|(_, cell)| cell(item));
        let rows = items.iter().map(row).collect();
        let table = table(self.columns.map(|it| it.0), rows, self.nothing);
        let mut lines = table.lines();
        let mut shown: Vec<String> = lines.next().map(str::to_owned).into_iter().collect();
        for (line, item) in lines.zip(items) {
            let below = (self.below)(item).into_iter();
            shown.push(line.to_owned());
            shown.extend(below.map(|line| Tone::Quiet.of(format_args!("  {line}"))));
        }
        shown.join("\n")
    }
}

/// Rows under headings, aligned; `nothing` where there are no rows.
pub fn table<const N: usize>(headings: [&str; N], rows: Vec<[String; N]>, nothing: &str) -> String {
    fitted(headings, rows, nothing, terminal_width())
}

fn fitted<const N: usize>(
    headings: [&str; N],
    rows: Vec<[String; N]>,
    nothing: &str,
    width: Option<usize>,
) -> String {
    if rows.is_empty() {
        return Tone::Quiet.of(nothing);
    }
    let headings = headings.map(|it| Tone::Quiet.of(it.to_uppercase()));
    let rows = rows.into_iter().map(cut);
    let mut rows: Vec<[String; N]> = std::iter::once(headings).chain(rows).collect();
    if let Some(width) = width {
        fit(&mut rows, width);
    }
    let mut builder = Builder::default();
    rows.into_iter().for_each(|row| builder.push_record(row));
    aligned(builder)
}

/// One thing as lines of `label  value`; those without a value are left out.
pub fn fields<const N: usize>(fields: [(&str, String); N]) -> String {
    let mut builder = Builder::default();
    for (label, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
        builder.push_record([Tone::Quiet.of(label), value]);
    }
    aligned(builder)
}

/// Cells stay on one line, of which the last may take more.
fn cut<const N: usize>(row: [String; N]) -> [String; N] {
    let mut left = N;
    row.map(|cell| {
        left -= 1;
        match left {
            0 => short(&cell, units::MAX_LAST_CELL_CHARS),
            _ => short(&cell, units::MAX_CELL_CHARS),
        }
    })
}

/// Shortens the last cells to what the terminal has room for.
fn fit<const N: usize>(rows: &mut [[String; N]], width: usize) {
    let chars = |cell: &String| plain(cell).chars().count();
    let widest = |column: usize| rows.iter().map(|row| chars(&row[column])).max();
    let others: usize = (0..N - 1).filter_map(widest).map(|chars| chars + GAP).sum();
    let room = width.saturating_sub(others).max(MIN_LAST_CELL_CHARS);
    for row in rows {
        row[N - 1] = short(&row[N - 1], room);
    }
}

/// What we coloured is short by nature, and stays whole.
fn short(cell: &str, most: usize) -> String {
    match cell.contains('\x1b') {
        true => cell.to_owned(),
        false => units::elide(cell, most),
    }
}

fn aligned(builder: Builder) -> String {
    let mut table = builder.build();
    table.with(Style::blank()).with(Padding::new(0, 1, 0, 0));
    let table = table.to_string();
    units::joined(table.lines().map(str::trim_end), "\n")
}

/// Columns of the terminal on standard output, if it is one.
fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide<const N: usize>(headings: [&str; N], rows: Vec<[String; N]>, nothing: &str) -> String {
        plain(&fitted(headings, rows, nothing, None))
    }

    #[test]
    fn columns_are_aligned_and_lines_have_no_trailing_space() {
        let rows = vec![
            ["a".into(), "long value".into()],
            ["long name".into(), String::new()],
        ];
        let table = wide(["name", "value"], rows, "none");
        assert_eq!(table, "NAME       VALUE\na          long value\nlong name");
    }

    #[test]
    fn the_end_of_a_row_may_be_longer_than_what_stands_before() {
        let long = "x".repeat(units::MAX_CELL_CHARS + 1);
        let table = wide(["name", "note"], vec![[long.clone(), long.clone()]], "");
        let cells: Vec<_> = table.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!((cells[0].ends_with('…'), cells[1]), (true, long.as_str()));
    }

    #[test]
    fn the_end_of_a_row_is_cut_to_what_a_terminal_shows() {
        let row = ["name".to_owned(), "x".repeat(60)];
        let table = plain(&fitted(["name", "note"], vec![row], "", Some(30)));
        let widths: Vec<_> = table.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [10, 30]);
        assert_eq!(plain("\x1b[31mab\x1b[0m…").chars().count(), 3);
    }

    #[test]
    fn no_rows_are_said_in_words() {
        assert_eq!(
            wide(["name"], vec![], "no pins in orders"),
            "no pins in orders"
        );
    }

    #[test]
    fn fields_without_a_value_are_left_out() {
        let text = fields([("state", "complete".into()), ("reason", String::new())]);
        assert_eq!(plain(&text), "state  complete");
    }

    #[test]
    fn lines_stand_below_their_row_and_names_are_there_once() {
        let columns: [Column<'_, u8>; 1] = [("number", &|it| it.to_string())];
        let table = Table::new(columns).with_lines(&|it| vec![format!("below {it}")]);
        let shown = plain(&table.rows(&[1, 2]));
        assert_eq!(shown, "NUMBER\n1\n  below 1\n2\n  below 2");
        assert_eq!(
            table.named(&|it| (it / 2).to_string()).names(&[2, 3, 4]),
            "1\n2"
        );
    }
}
