//! What a command has to say in the end. Every command returns one, and it is printed in one place.

use super::output::{Output, tell};
use super::paint::{self, Tone};
use super::{Exit, Result, hints, json};
use std::fmt::Display;

impl Output {
    /// The API's answer where JSON is wanted, unchanged but that characters which a terminal would obey
    /// are escaped; else what `text` makes of it.
    pub fn show(self, answer: impl Display, text: impl FnOnce() -> String) -> Reply {
        let text = match self.is_json() {
            true => json::escaped(&answer.to_string()),
            false => text(),
        };
        Reply::new(self, text)
    }

    /// The answer to something that made what is called so; nothing else where that is enough.
    pub fn made(self, answer: impl Display, name: &str, text: impl FnOnce() -> String) -> Reply {
        match self.is_quiet() {
            true => Reply::new(self, name.to_owned()),
            false => self.show(answer, text),
        }
    }

    /// The answer to something that was done; nothing where only names are wanted.
    pub fn report(self, answer: impl Display, text: impl FnOnce() -> String) -> Reply {
        self.made(answer, "", text)
    }

    /// The same as a sentence behind a mark.
    pub fn done(self, answer: impl Display, sentence: impl FnOnce() -> String) -> Reply {
        self.report(answer, || paint::good(sentence()))
    }
}

/// A text for standard output, and what goes to standard error behind it.
#[must_use = "a reply is seen once it is printed"]
pub struct Reply {
    output: Output,
    /// In the format that is wanted; nothing is printed of an empty one.
    text: String,
    warnings: Vec<String>,
    /// Commands to go on with.
    next: Vec<String>,
    end: Result<Exit>,
}

impl Reply {
    fn new(output: Output, text: String) -> Self {
        Self {
            output,
            text,
            warnings: Vec::new(),
            next: Vec::new(),
            end: Ok(Exit::Complete),
        }
    }

    /// Warns, where a person reads along.
    pub fn warn(mut self, warnings: impl IntoIterator<Item = String>) -> Self {
        if !self.output.is_json() {
            self.warnings.extend(warnings);
        }
        self
    }

    /// Names commands to go on with that the key may run, dim, on standard error, where a person reads
    /// along.
    pub fn next<C: Into<String>>(self, commands: impl IntoIterator<Item = C>) -> Self {
        self.next_of(|| commands.into_iter().map(Into::into).collect())
    }

    /// The same for commands that take work to make, which is done only where they are named.
    pub fn next_of(mut self, commands: impl FnOnce() -> Vec<String>) -> Self {
        if self.output.has_hints() {
            self.next.extend(commands());
        }
        self
    }

    /// How the command ends, if not as complete.
    pub fn end(self, end: Result<Exit>) -> Self {
        Self { end, ..self }
    }

    /// Prints all of it, and says how the command ends.
    pub fn print(self) -> Result<Exit> {
        self.output.print(&self.text)?;
        for warning in &self.warnings {
            tell(&format!("{warning}\n"));
        }
        let permitted = self.next.iter().filter(|it| hints::is_permitted(it));
        for (place, command) in permitted.enumerate() {
            let lead = if place == 0 { "next:" } else { "     " };
            tell(&(Tone::Quiet.of(format_args!("{lead} {command}")) + "\n"));
        }
        self.end
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Format;
    use crate::paint::When;

    #[test]
    fn commands_that_are_not_named_are_not_made() {
        let output = Output::new(Format::Table, When::Never, When::Never);
        let reply = output.show("", String::new);
        let reply = reply.next_of(|| unreachable!("there are no hints"));
        assert_eq!(reply.print().unwrap(), Exit::Complete);
    }
}
