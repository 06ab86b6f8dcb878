//! What the host writes to standard error: for people on a terminal, as JSON lines otherwise. The same lines may be
//! exported.

use clap::ValueEnum;
use std::io::{self, IsTerminal as _, Write};
use tasker_domain::sanitize::sanitize_around;
use tasker_otlp::LogLines;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt, registry};

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Pretty on a terminal, JSON otherwise.
    #[default]
    Auto,
    Pretty,
    Json,
}

/// The default of RUST_LOG: what an operator needs.
const OF_OPERATORS: &str = "warn,tasker=info";
/// The same where people look at something else, and a host runs beside it.
const OF_OTHERS: &str = "error";

/// Starts logging, once a process; `RUST_LOG` chooses what is written. Returns the lines that are to be exported, which
/// are the same ones.
pub fn start(format: LogFormat) -> LogLines {
    start_with(format, OF_OPERATORS)
}

/// The same with errors alone, unless `RUST_LOG` says otherwise.
pub fn start_quiet() -> LogLines {
    start_with(LogFormat::Pretty, OF_OTHERS)
}

fn start_with(format: LogFormat, default_filter: &str) -> LogLines {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(default_filter));
    let is_terminal = io::stderr().is_terminal();
    let is_pretty = match format {
        LogFormat::Auto => is_terminal,
        LogFormat::Pretty => true,
        LogFormat::Json => false,
    };
    let written = match is_pretty {
        true => fmt::layer()
            .with_writer(|| ForPeople(io::stderr()))
            .with_ansi(is_terminal)
            .with_target(false)
            .boxed(),
        false => fmt::layer()
            .with_writer(io::stderr)
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    let lines = LogLines::from_env();
    let log = registry().with(written).with(lines.layer()).with(filter);
    match log.try_init() {
        Ok(()) => lines,
        // A second start in one process (tests) keeps the first.
        Err(_) => LogLines::default(),
    }
}

/// Writes events, whole ones, so that a terminal shows and does not obey what handlers and strangers
/// said: of what it would obey only the colours are left, which the formatter has taken out of theirs.
struct ForPeople<W>(W);

impl<W: Write> Write for ForPeople<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        self.0
            .write_all(shown(&String::from_utf8_lossy(event)).as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Lines after an event's first are set in, so that none passes for an event of its own.
fn shown(event: &str) -> String {
    let lines = sanitize_around(event.trim_end_matches('\n'), colour).replace('\n', "\n    ");
    lines + "\n"
}

/// The length in bytes of the colour that the text begins with, if it does.
fn colour(text: &str) -> Option<usize> {
    let code = text.strip_prefix("\x1b[")?;
    let end = code.find(|c: char| !c.is_ascii_digit() && c != ';')?;
    code[end..].starts_with('m').then_some("\x1b[m".len() + end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_keeps_its_colours_and_nothing_else_that_a_terminal_obeys() {
        let event =
            "\x1b[2mnow\x1b[0m \x1b[1;32mINFO\x1b[0m a\x1b[2J\x1b]0;t\x07\u{9b}\u{202e}\rb\n";
        let shown = shown(event);
        assert_eq!(
            shown,
            "\x1b[2mnow\x1b[0m \x1b[1;32mINFO\x1b[0m a␛[2J␛]0;t␇\u{fffd}\u{fffd}␍b\n"
        );
    }

    #[test]
    fn what_a_handler_logs_is_one_event() {
        let written = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
        let sink = written.clone();
        let subscriber = fmt()
            .with_ansi(true)
            .with_writer(move || ForPeople(Sink(sink.clone())))
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            let (message, fields) = ("a\n\x1b[31mINFO forged\u{202e}", ["\x1b[2J"]);
            tracing::info!(target: "tasker::handler", step = "s\x1b[8m", ?fields, "{message}");
        });
        let text = String::from_utf8(written.lock().unwrap().clone()).unwrap();
        assert!(
            !text.contains("\x1b[31m") && !text.contains("\x1b[2J"),
            "{text:?}"
        );
        assert!(
            !text.contains("\x1b[8m") && !text.contains('\u{202e}'),
            "{text:?}"
        );
        assert!(
            text.contains("\n    ") && text.lines().count() == 2,
            "{text:?}"
        );
    }

    struct Sink(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
}
