//! The way to the user: results on standard output, everything else on standard error.

use super::paint::{self, When};
use super::problem::{CliError, Problem};
use super::{Exit, Result, json};
use std::io::{self, ErrorKind, IsTerminal as _, Write as _};

/// What to print on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    #[default]
    Table,
    Json,
    /// Of `task report` only.
    Markdown,
}

/// Prints in the format that was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    format: Format,
    /// Only names and ids are printed.
    is_quiet: bool,
    /// Commands to go on with are named.
    has_hints: bool,
}

impl Output {
    /// Also says when this process colours.
    pub fn new(format: Format, color: When, hints: When) -> Self {
        paint::choose(color);
        let has_hints = match (format, hints) {
            (Format::Json | Format::Markdown, _) | (_, When::Never) => false,
            (Format::Table, When::Always) => true,
            (Format::Table, When::Auto) => io::stdout().is_terminal() && io::stderr().is_terminal(),
        };
        Self {
            format,
            is_quiet: false,
            has_hints,
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

    /// The same as JSON, where a command has an option of its own for that.
    pub fn as_json(self) -> Self {
        Self {
            format: Format::Json,
            is_quiet: false,
            has_hints: false,
        }
    }

    /// True where standard output is to be JSON and nothing else.
    pub fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// True where markdown is wanted.
    pub fn is_markdown(self) -> bool {
        self.format == Format::Markdown
    }

    /// Refuses markdown, for a command that does not write it.
    pub fn refuse_markdown(self) -> Result<()> {
        match self.is_markdown() {
            true => Err(Problem::bad_input("this command does not write markdown")
                .help("write --output table or --output json; tasker task report writes markdown")
                .into()),
            false => Ok(()),
        }
    }

    /// True where only names and ids are wanted.
    pub fn is_quiet(self) -> bool {
        self.is_quiet
    }

    /// True where commands to go on with are named.
    pub fn has_hints(self) -> bool {
        self.has_hints
    }

    /// True where what was printed can be drawn over.
    pub fn is_live(self) -> bool {
        self.format == Format::Table && io::stdout().is_terminal() && io::stderr().is_terminal()
    }

    /// Prints the text on standard output, with a line end if it lacks one. Of what a terminal obeys,
    /// only our colours are left.
    pub fn print(self, text: &str) -> Result<()> {
        pass_on(&paint::shown(text, &io::stdout()))
    }

    /// Prints the text as it is where a program reads it, and as [`Output::print`] does on a terminal.
    pub fn print_exactly(self, text: &str) -> Result<()> {
        match io::stdout().is_terminal() {
            true => self.print(text),
            false => pass_on(text),
        }
    }

    /// Tells what went wrong on standard error.
    pub fn problem(self, problem: &Problem) {
        match self.format {
            Format::Json => tell(&format!("{}\n", json::escaped(&problem.json()))),
            Format::Table | Format::Markdown => tell(&problem.text()),
        }
    }
}

fn pass_on(text: &str) -> Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    let end = if text.ends_with('\n') { "" } else { "\n" };
    let mut out = io::stdout().lock();
    let written = write!(out, "{text}{end}").and_then(|()| out.flush());
    written.map_err(|error| match error.kind() {
        ErrorKind::BrokenPipe => CliError::ClosedPipe,
        _ => {
            let what = format!("cannot write to standard output: {error}");
            Problem::new(Exit::Failed, "not_printed", what).into()
        }
    })
}

/// Writes to standard error, of what a terminal obeys only our colours; where standard error is closed
/// there is nobody to tell.
pub fn tell(text: &str) {
    let mut err = io::stderr();
    let shown = paint::shown(text, &err);
    let _ = err.write_all(shown.as_bytes());
}
