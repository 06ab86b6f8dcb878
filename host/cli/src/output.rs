//! The way to the user: results on standard output, everything else on standard error.

use super::paint::{Paint, Tone, When};
use super::problem::{CliError, Problem};
use super::{Exit, hints, json, paint, units};
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};
use tabled::builder::Builder;
use tabled::settings::{Padding, Style};
use tasker_domain::sanitize::sanitize_around;

/// A heading, and what stands below it for an item.
pub type Column<'a, T> = (&'a str, &'a dyn Fn(&T) -> String);

/// What to print on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    #[default]
    Table,
    Json,
}

/// Prints, in the format and with the colours that were asked for.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    format: Format,
    /// Only names and ids are printed.
    is_quiet: bool,
    /// Commands to go on with are named.
    has_hints: bool,
    /// Columns of the terminal on standard output, if it is one.
    width: Option<usize>,
    /// For standard output.
    pub paint: Paint,
    /// For standard error.
    pub paint_error: Paint,
}

impl Output {
    pub fn new(format: Format, color: When, hints: When) -> Self {
        let paint = Paint::new(color, &io::stdout());
        let paint_error = Paint::new(color, &io::stderr());
        let has_hints = match (format, hints) {
            (Format::Json, _) | (_, When::Never) => false,
            (Format::Table, When::Always) => true,
            (Format::Table, When::Auto) => io::stdout().is_terminal() && io::stderr().is_terminal(),
        };
        Self {
            format,
            is_quiet: false,
            has_hints,
            width: terminal_width(),
            paint,
            paint_error,
        }
    }

    /// The same with only names and ids, and no commands to go on with, where that is wanted.
    pub fn quiet(self, is_quiet: bool) -> Self {
        Self {
            is_quiet: is_quiet && !self.is_json(),
            has_hints: self.has_hints && !is_quiet,
            ..self
        }
    }

    /// True where standard output is to be JSON and nothing else.
    pub fn is_json(self) -> bool {
        match self.format {
            Format::Table => false,
            Format::Json => true,
        }
    }

    /// True where only names and ids are wanted.
    pub fn is_quiet(self) -> bool {
        self.is_quiet
    }

    /// True where what was printed can be drawn over.
    pub fn is_live(self) -> bool {
        !self.is_json() && io::stdout().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints the text on standard output, with a line end if it lacks one. Of what a terminal obeys,
    /// only our colours are left.
    pub fn print(self, text: &str) -> Result<(), CliError> {
        self.pass_on(&sanitize_around(text, paint::mark))
    }

    /// Prints the text as it is where a program reads it, and as [`Output::print`] does on a terminal.
    pub fn print_exactly(self, text: &str) -> Result<(), CliError> {
        match io::stdout().is_terminal() {
            true => self.print(text),
            false => self.pass_on(text),
        }
    }

    fn pass_on(self, text: &str) -> Result<(), CliError> {
        if text.is_empty() {
            return Ok(());
        }
        let end = if text.ends_with('\n') { "" } else { "\n" };
        let mut out = io::stdout().lock();
        let written = out
            .write_all(text.as_bytes())
            .and_then(|()| out.write_all(end.as_bytes()));
        written.and_then(|()| out.flush()).map_err(not_printed)
    }

    /// Prints the API's answer where JSON is wanted, unchanged but that characters which a terminal
    /// would obey are escaped; else what `text` makes of it.
    pub fn show(self, answer: &str, text: impl FnOnce() -> String) -> Result<(), CliError> {
        match self.format {
            Format::Json => self.print(&json::escaped(answer)),
            Format::Table => self.print(&text()),
        }
    }

    /// Shows the answer to something that made what is called so; nothing else where that is enough.
    pub fn made(
        self,
        answer: &str,
        name: &str,
        text: impl FnOnce() -> String,
    ) -> Result<(), CliError> {
        match self.is_quiet {
            true => self.print(name),
            false => self.show(answer, text),
        }
    }

    /// Shows the answer to something that was done; nothing where only names are wanted.
    pub fn report(self, answer: &str, text: impl FnOnce() -> String) -> Result<(), CliError> {
        self.made(answer, "", text)
    }

    /// The same as a sentence behind a mark.
    pub fn done(self, answer: &str, sentence: impl FnOnce() -> String) -> Result<(), CliError> {
        self.report(answer, || {
            format!("{} {}", self.paint.tone(Tone::Good, "✔"), sentence())
        })
    }

    /// Names commands to go on with that the key may run, dim, on standard error, where a person reads
    /// along.
    pub fn next<C: Into<String>>(self, commands: impl IntoIterator<Item = C>) {
        self.next_of(|| commands.into_iter().map(Into::into).collect());
    }

    /// The same for commands that take work to make, which is done only where they are named.
    pub fn next_of(self, commands: impl FnOnce() -> Vec<String>) {
        if !self.has_hints {
            return;
        }
        let all = commands();
        let commands = all.iter().filter(|it| hints::is_permitted(it));
        for (place, command) in commands.enumerate() {
            let lead = if place == 0 { "next:" } else { "     " };
            tell(&format!(
                "{}\n",
                self.paint_error
                    .tone(Tone::Quiet, &format!("{lead} {command}"))
            ));
        }
    }

    /// Tells what went wrong on standard error.
    pub fn problem(self, problem: &Problem) {
        match self.format {
            Format::Json => tell(&format!("{}\n", json::escaped(&problem.json()))),
            Format::Table => tell(&problem.text(self.paint_error)),
        }
    }

    /// The items of a list, each called by its first column.
    pub fn list_of<T, const N: usize>(
        self,
        items: &[T],
        columns: [Column<'_, T>; N],
        nothing: &str,
    ) -> String {
        match self.is_quiet {
            true => self.names(items, columns[0].1),
            false => self.columns(items, columns, nothing),
        }
    }

    /// A name a line.
    pub fn names<T>(self, items: &[T], name: impl Fn(&T) -> String) -> String {
        units::joined(items.iter().map(name), "\n")
    }

    /// A row an item, under the headings of its columns.
    pub fn columns<T, const N: usize>(
        self,
        items: &[T],
        columns: [Column<'_, T>; N],
        nothing: &str,
    ) -> String {
        let row = |item| columns.map(|(_, cell)| cell(item));
        let rows = items.iter().map(row).collect();
        self.table(columns.map(|(heading, _)| heading), rows, nothing)
    }

    /// Rows under headings, aligned; `nothing` where there are no rows.
    pub fn table<const N: usize>(
        self,
        headings: [&str; N],
        rows: Vec<[String; N]>,
        nothing: &str,
    ) -> String {
        if rows.is_empty() {
            return self.paint.tone(Tone::Quiet, nothing);
        }
        let headings = headings.map(|it| self.paint.tone(Tone::Quiet, &it.to_uppercase()));
        let rows = rows.into_iter().map(|row| {
            let mut left = N;
            row.map(|cell| {
                left -= 1;
                cut(&cell, left == 0)
            })
        });
        let mut rows: Vec<[String; N]> = std::iter::once(headings).chain(rows).collect();
        self.fit(&mut rows);
        let mut builder = Builder::default();
        rows.into_iter().for_each(|row| builder.push_record(row));
        aligned(builder)
    }

    /// Shortens the last cells to what the terminal has room for.
    fn fit<const N: usize>(self, rows: &mut [[String; N]]) {
        let Some(width) = self.width else {
            return;
        };
        let widest = |column: usize| rows.iter().map(|row| shown_chars(&row[column])).max();
        let others: usize = (0..N - 1).filter_map(widest).map(|chars| chars + GAP).sum();
        let room = width.saturating_sub(others).max(MIN_LAST_CELL_CHARS);
        for row in rows {
            let last = &mut row[N - 1];
            if !last.contains('\x1b') {
                *last = units::elide(last, room);
            }
        }
    }

    /// One thing as lines of `label  value`; those without a value are left out.
    pub fn fields<const N: usize>(self, fields: [(&str, String); N]) -> String {
        let mut builder = Builder::default();
        for (label, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            builder.push_record([self.paint.tone(Tone::Quiet, label), value]);
        }
        aligned(builder)
    }
}

/// Writes to standard error, of what a terminal obeys only our colours; where standard error is closed
/// there is nobody to tell.
pub fn tell(text: &str) {
    let _ = io::stderr().write_all(sanitize_around(text, paint::mark).as_bytes());
}

fn aligned(builder: Builder) -> String {
    let mut table = builder.build();
    table.with(Style::blank()).with(Padding::new(0, 1, 0, 0));
    let lines: Vec<_> = table
        .to_string()
        .lines()
        .map(|line| line.trim_end().to_owned())
        .collect();
    lines.join("\n")
}

/// Columns between two cells.
const GAP: usize = 2;
/// The last cell of a row is not cut below this.
const MIN_LAST_CELL_CHARS: usize = 12;

fn terminal_width() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    (size.ws_col > 0).then_some(usize::from(size.ws_col))
}

/// How many characters a terminal shows of a text with our colours.
fn shown_chars(text: &str) -> usize {
    let (mut chars, mut rest) = (0, text);
    while let Some(c) = rest.chars().next() {
        let mark = paint::mark(rest);
        chars += usize::from(mark.is_none());
        rest = &rest[mark.unwrap_or(c.len_utf8())..];
    }
    chars
}

/// Cells stay on one line, of which the last may take more; those that we coloured are short by nature.
fn cut(cell: &str, is_last: bool) -> String {
    let most = match is_last {
        true => units::MAX_LAST_CELL_CHARS,
        false => units::MAX_CELL_CHARS,
    };
    match cell.contains('\x1b') {
        true => cell.to_owned(),
        false => units::elide(cell, most),
    }
}

fn not_printed(error: io::Error) -> CliError {
    match error.kind() {
        ErrorKind::BrokenPipe => CliError::ClosedPipe,
        _ => Problem::new(
            Exit::Failed,
            "not_printed",
            format!("cannot write to standard output: {error}"),
        )
        .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Output {
        Output {
            format: Format::Table,
            is_quiet: false,
            has_hints: false,
            width: None,
            paint: Paint::off(),
            paint_error: Paint::off(),
        }
    }

    #[test]
    fn columns_are_aligned_and_lines_have_no_trailing_space() {
        let rows = vec![
            ["a".into(), "long value".into()],
            ["long name".into(), String::new()],
        ];
        let table = plain().table(["name", "value"], rows, "none");
        assert_eq!(table, "NAME       VALUE\na          long value\nlong name");
    }

    #[test]
    fn the_end_of_a_row_may_be_longer_than_what_stands_before() {
        let long = "x".repeat(units::MAX_CELL_CHARS + 1);
        let table = plain().table(["name", "note"], vec![[long.clone(), long.clone()]], "");
        let cells: Vec<_> = table.lines().nth(1).unwrap().split_whitespace().collect();
        assert_eq!((cells[0].ends_with('…'), cells[1]), (true, long.as_str()));
    }

    #[test]
    fn the_end_of_a_row_is_cut_to_what_a_terminal_shows() {
        let narrow = Output {
            width: Some(30),
            ..plain()
        };
        let row = ["name".to_owned(), "x".repeat(60)];
        let table = narrow.table(["name", "note"], vec![row], "");
        let widths: Vec<_> = table.lines().map(|line| line.chars().count()).collect();
        assert_eq!(widths, [10, 30]);
        assert_eq!(shown_chars("\x1b[31mab\x1b[0m…"), 3);
    }

    #[test]
    fn no_rows_are_said_in_words() {
        assert_eq!(
            plain().table(["name"], vec![], "no pins in orders"),
            "no pins in orders"
        );
    }

    #[test]
    fn commands_that_are_not_named_are_not_made() {
        plain().next_of(|| unreachable!("there are no hints"));
    }

    #[test]
    fn fields_without_a_value_are_left_out() {
        let text = plain().fields([("state", "complete".into()), ("reason", String::new())]);
        assert_eq!(text, "state  complete");
    }
}
