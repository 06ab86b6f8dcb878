//! Colour, where it is wanted.

use std::io::IsTerminal;
use tasker_domain::state::{StepState, TaskState};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum When {
    #[default]
    Auto,
    Always,
    Never,
}

/// Colours text, or leaves it as it is.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    on: bool,
}

/// What a text means; the colour follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Bad,
    Caution,
    Active,
    Quiet,
    Strong,
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

    fn code(self) -> &'static str {
        match self {
            Self::Good => "32",
            Self::Bad => "31",
            Self::Caution => "33",
            Self::Active => "36",
            Self::Quiet => "2",
            Self::Strong => "1",
        }
    }
}

impl Paint {
    /// The decision for one stream.
    pub fn new(when: When, stream: &impl IsTerminal) -> Self {
        let on = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => stream.is_terminal() && !refused_by_environment(),
        };
        Self { on }
    }

    /// No colour at all.
    pub fn off() -> Self {
        Self { on: false }
    }

    pub fn tone(self, tone: Tone, text: &str) -> String {
        match self.on {
            true => format!("\x1b[{}m{text}\x1b[0m", tone.code()),
            false => text.to_owned(),
        }
    }

    /// The state's name in its colour.
    pub fn task_state(self, state: TaskState) -> String {
        self.tone(task_tone(state), state.into_str())
    }

    /// The state's name in its colour.
    pub fn step_state(self, state: StepState) -> String {
        self.tone(step_tone(state), state.into_str())
    }

    /// One character for the state, in its colour.
    pub fn step_glyph(self, state: StepState) -> String {
        self.tone(step_tone(state), step_glyph(state))
    }

    /// One character for the state, in its colour.
    pub fn task_glyph(self, state: TaskState) -> String {
        let glyph = match state {
            TaskState::Pending => "·",
            TaskState::InProgress => "●",
            TaskState::Complete | TaskState::ResolvedManually => "✔",
            TaskState::Error => "✘",
            TaskState::Cancelled => "⊘",
        };
        self.tone(task_tone(state), glyph)
    }
}

/// The length in bytes of the mark of ours that the text begins with, if it does.
pub fn mark(text: &str) -> Option<usize> {
    let codes = Tone::ALL.into_iter().map(Tone::code).chain(["0"]);
    let mut marks = codes.map(|code| format!("\x1b[{code}m"));
    marks
        .find(|mark| text.starts_with(mark))
        .map(|mark| mark.len())
}

fn refused_by_environment() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

fn task_tone(state: TaskState) -> Tone {
    match state {
        TaskState::Pending => Tone::Quiet,
        TaskState::InProgress => Tone::Active,
        TaskState::Complete | TaskState::ResolvedManually => Tone::Good,
        TaskState::Error => Tone::Bad,
        TaskState::Cancelled => Tone::Caution,
    }
}

fn step_tone(state: StepState) -> Tone {
    match state {
        StepState::Waiting | StepState::Ready | StepState::Skipped => Tone::Quiet,
        StepState::Running => Tone::Active,
        StepState::WaitingForRetry | StepState::WaitingForEvent | StepState::Cancelled => {
            Tone::Caution
        }
        StepState::Complete | StepState::ResolvedManually => Tone::Good,
        StepState::Error => Tone::Bad,
    }
}

fn step_glyph(state: StepState) -> &'static str {
    match state {
        StepState::Waiting => "·",
        StepState::Ready => "○",
        StepState::Running => "●",
        StepState::WaitingForRetry => "↻",
        StepState::WaitingForEvent => "…",
        StepState::Complete | StepState::ResolvedManually => "✔",
        StepState::Error => "✘",
        StepState::Cancelled | StepState::Skipped => "⊘",
    }
}
