//! Colour, where it is wanted. A text carries marks of what its parts mean; the stream that shows the text
//! makes colours of them, or leaves them out.

use std::fmt::Display;
use std::io::IsTerminal;
use std::sync::OnceLock;
use tasker_domain::health::HealthState;
use tasker_domain::sanitize::sanitize_around;
use tasker_domain::state::{HostState, StepState, TaskState};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum When {
    #[default]
    Auto,
    Always,
    Never,
}

/// When this process colours.
static CHOSEN: OnceLock<When> = OnceLock::new();

/// Says when this process colours; until then it is `auto`.
pub fn choose(when: When) {
    CHOSEN.get_or_init(|| when);
}

/// The text as a stream shows it. Of what a terminal obeys only our marks are left, and those only where
/// the stream has colours.
pub fn shown(text: &str, stream: &impl IsTerminal) -> String {
    let marked = sanitize_around(text, mark);
    match is_coloured(stream) {
        true => marked,
        false => plain(&marked),
    }
}

/// The text without its marks.
pub fn plain(text: &str) -> String {
    marks().fold(text.to_owned(), |text, mark| text.replace(&mark, ""))
}

/// What a text means, as the code of its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good = 32,
    Bad = 31,
    Caution = 33,
    Active = 36,
    Quiet = 2,
    Strong = 1,
}

impl Tone {
    const ALL: [Self; 6] = [
        Self::Good,
        Self::Bad,
        Self::Caution,
        Self::Active,
        Self::Quiet,
        Self::Strong,
    ];

    /// The text with the mark of this tone; an empty one stays empty.
    pub fn of(self, text: impl Display) -> String {
        let text = text.to_string();
        match text.is_empty() {
            true => text,
            false => format!("\x1b[{}m{text}\x1b[0m", self as u8),
        }
    }
}

/// A sentence about what is well.
pub fn good(sentence: impl Display) -> String {
    format!("{} {sentence}", Tone::Good.of("✔"))
}

/// A sentence about what is wrong.
pub fn bad(sentence: impl Display) -> String {
    format!("{} {sentence}", Tone::Bad.of("✘"))
}

/// A sentence about what may be wrong.
pub fn warning(sentence: impl Display) -> String {
    format!("{} {sentence}", Tone::Caution.of("warning:"))
}

/// A state as people see it.
pub trait Painted: Copy + Display {
    /// One character for it, and what it means.
    fn look(self) -> (&'static str, Tone);

    fn glyph(self) -> String {
        let (glyph, tone) = self.look();
        tone.of(glyph)
    }

    fn word(self) -> String {
        self.look().1.of(self)
    }

    /// Glyph and word.
    fn sign(self) -> String {
        format!("{} {}", self.glyph(), self.word())
    }
}

impl Painted for TaskState {
    fn look(self) -> (&'static str, Tone) {
        match self {
            Self::Pending => ("·", Tone::Quiet),
            Self::InProgress => ("●", Tone::Active),
            Self::Complete | Self::ResolvedManually => ("✔", Tone::Good),
            Self::Error => ("✘", Tone::Bad),
            Self::Cancelled => ("⊘", Tone::Caution),
        }
    }
}

impl Painted for StepState {
    fn look(self) -> (&'static str, Tone) {
        match self {
            Self::Waiting => ("·", Tone::Quiet),
            Self::Ready => ("○", Tone::Quiet),
            Self::Running => ("●", Tone::Active),
            Self::WaitingForRetry => ("↻", Tone::Caution),
            Self::WaitingForEvent => ("…", Tone::Caution),
            Self::Complete | Self::ResolvedManually => ("✔", Tone::Good),
            Self::Error => ("✘", Tone::Bad),
            Self::Cancelled => ("⊘", Tone::Caution),
            Self::Skipped => ("⊘", Tone::Quiet),
        }
    }
}

impl Painted for HostState {
    fn look(self) -> (&'static str, Tone) {
        match self {
            Self::Active => ("●", Tone::Active),
            Self::Draining => ("…", Tone::Caution),
            Self::Drained => ("✔", Tone::Good),
            Self::Silent => ("✘", Tone::Bad),
            Self::Stopped => ("⊘", Tone::Quiet),
        }
    }
}

impl Painted for HealthState {
    fn look(self) -> (&'static str, Tone) {
        match self {
            Self::Ok => ("✔", Tone::Good),
            Self::Degraded => ("!", Tone::Caution),
            Self::Down => ("✘", Tone::Bad),
        }
    }
}

fn marks() -> impl Iterator<Item = String> {
    let codes = Tone::ALL.into_iter().map(|tone| tone as u8).chain([0]);
    codes.map(|code| format!("\x1b[{code}m"))
}

/// The length in bytes of the mark that the text begins with, if it does.
fn mark(text: &str) -> Option<usize> {
    if !text.starts_with('\x1b') {
        return None;
    }
    let mark = marks().find(|mark| text.starts_with(mark));
    mark.map(|mark| mark.len())
}

fn is_coloured(stream: &impl IsTerminal) -> bool {
    match CHOSEN.get().copied().unwrap_or_default() {
        When::Always => true,
        When::Never => false,
        When::Auto => stream.is_terminal() && !refused_by_environment(),
    }
}

fn refused_by_environment() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_its_marks_a_text_is_as_it_was_before() {
        let text = format!("{} {}", Tone::Bad.of("✘"), Tone::Quiet.of("why"));
        assert_eq!(plain(&text), "✘ why");
        assert_eq!(mark(&text), Some(5));
        assert_eq!(sanitize_around(&text, mark), text);
        assert_eq!(sanitize_around("\x1b[5mx", mark), "␛[5mx");
    }
}
