//! What went wrong, where, and how to mend it: one form for the host's answers and our own errors.

use super::Result;
use super::exit::Exit;
use super::paint::Tone;
use super::place::Place;
use super::token;
use reqwest::StatusCode;
use semver::Version;
use serde_json::json;
use std::fmt::Display;
use std::io;
use std::path::Path;
use tasker_client::{ClientError, ErrorResponse, is_loopback};
use tasker_domain::error_chain::ErrorChain;
use tasker_domain::sanitize::sanitize_for_terminal;
use tasker_domain::template::TemplateError;
use tasker_wire::problem;

/// Why a command ended early.
#[derive(Debug)]
pub enum CliError {
    /// Nobody reads standard output any more: end without a word.
    ClosedPipe,
    Problem(Box<Problem>),
}

/// An error to be told to the user.
#[derive(Debug)]
pub struct Problem {
    exit: Exit,
    /// Stable, in snake case.
    code: String,
    what: String,
    places: Vec<Place>,
    help: Option<String>,
    /// The version to take instead, where the host names one.
    lowest_version: Option<String>,
    /// What the host said, to be passed on as it is.
    answer: Option<String>,
}

impl Problem {
    /// `what` says what was wrong and where, in one line without a period.
    pub fn new(exit: Exit, code: &str, what: impl Into<String>) -> Self {
        let (code, what) = (code.to_owned(), what.into());
        Self {
            exit,
            code,
            what,
            places: Vec::new(),
            help: None,
            lowest_version: None,
            answer: None,
        }
    }

    /// Wrong usage or input.
    pub fn bad_input(what: impl Into<String>) -> Self {
        Self::new(Exit::BadInput, "bad_input", what)
    }

    /// An answer that no host of this version gives.
    pub fn not_understood(what: impl Into<String>) -> Self {
        Self::new(Exit::Failed, "answer_not_understood", what)
            .help("is it a Tasker host, of the same version? compare: tasker version")
    }

    /// What is wrong with a file.
    pub fn of_file(path: &Path, wrong: impl Display) -> Self {
        Self::bad_input(format!("{}: {wrong}", path.display()))
    }

    /// That a file cannot be written.
    pub fn unwritable(path: &Path, error: &io::Error) -> Self {
        Self::bad_input(format!("cannot write {}: {error}", path.display()))
    }

    /// Says how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the places that are wrong.
    pub fn at(mut self, places: impl IntoIterator<Item = Place>) -> Self {
        self.places.extend(places);
        self
    }

    /// Reads what the host answered; `status` is not a success.
    pub fn from_answer(status: u16, body: String, url: &str) -> Self {
        let exit = Exit::of_status(status);
        let Ok(answer) = serde_json::from_str::<problem::Problem>(&super::json::sanitized(&body))
        else {
            let what =
                format!("{url} answered with status {status}, but not as a Tasker host does");
            return Self::new(exit, "not_a_tasker_host", what).help("check --url or TASKER_URL");
        };
        let detail = match answer.detail.is_empty() {
            true => &*answer.title,
            false => &*answer.detail,
        };
        let places: Vec<Place> = answer.errors.into_iter().map(Place::from).collect();
        Self {
            exit,
            what: heading(detail, &places),
            code: answer.code.into_owned(),
            places,
            help: None,
            lowest_version: answer.lowest_version,
            answer: Some(body),
        }
    }

    /// Places with a line and column are in this file: show them so, with the line itself.
    pub fn in_file(mut self, file: impl Display, source: &str) -> Self {
        let file = file.to_string();
        for place in &mut self.places {
            place.find_in(&file, source);
        }
        self
    }

    /// Adds what is wrong with a file, each with its line.
    pub fn findings(self, path: &Path, source: &str, error: &TemplateError) -> Self {
        let places = error.findings.iter();
        let places = places.map(|it| Place::new(it.line, it.column, &it.message).below(&it.path));
        self.at(places).in_file(path.display(), source)
    }

    /// What was wrong, in one line.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// True where the host refuses what was sent, whoever sends it.
    pub fn is_refusal(&self) -> bool {
        matches!(self.exit, Exit::BadInput | Exit::Conflict)
    }

    /// True where the host holds back as many requests as it may; one that waits may ask again.
    pub fn is_full(&self) -> bool {
        self.code == "too_many_waits"
    }

    /// True where the host sends as many streams of events as it may.
    pub fn is_out_of_streams(&self) -> bool {
        self.code == "too_many_streams"
    }

    /// The code that the process ends with.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// For people: `error: what`, each place, `help: how to mend`. Nothing in it but the colours is
    /// what a terminal obeys, wherever the words come from.
    pub fn text(&self) -> String {
        let line = |label, text: &str| {
            let text = sanitize_for_terminal(text).trim_end().replace('\n', "\n  ");
            format!("{label} {text}\n")
        };
        let places: String = self.places.iter().map(Place::text).collect();
        let help = self.help.as_ref();
        let help = help.map(|help| line(format!("  {}", Tone::Active.of("help:")), help));
        line(Tone::Bad.of("error:"), &self.what) + &places + &help.unwrap_or_default()
    }

    /// For programs: the host's own answer, or the same members for our own errors.
    pub fn json(&self) -> String {
        let own = || {
            let (code, detail, help) = (&self.code, &self.what, &self.help);
            json!({ "code": code, "detail": detail, "help": help, "errors": self.places })
        };
        self.answer.clone().unwrap_or_else(|| own().to_string())
    }
}

/// The detail without the places that it repeats.
fn heading(detail: &str, places: &[Place]) -> String {
    let repeats = places
        .first()
        .is_some_and(|place| detail.contains(place.message()));
    match detail.split_once(": ") {
        Some((heading, _)) if repeats => heading.to_owned(),
        Some(_) | None => detail.to_owned(),
    }
}

impl From<Problem> for CliError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

/// For the commands that ask a host.
impl From<ClientError> for CliError {
    fn from(error: ClientError) -> Self {
        let what = error.to_string();
        let problem = match error {
            ClientError::Refused(refusal) => return of_refusal(*refusal).into(),
            ClientError::Url { .. } => Problem::bad_input(what).help(format!(
                "write --url or TASKER_URL as {}",
                super::DEFAULT_URL
            )),
            ClientError::Authorities(_) | ClientError::Setup(_) => {
                Problem::new(Exit::Failed, "no_http_client", what)
            }
            ClientError::Timeout { .. } | ClientError::Unreachable { .. } => {
                Problem::new(Exit::Unreachable, "host_unreachable", what)
                    .help("is the host running? start one with: tasker serve")
            }
            ClientError::Unreadable { .. } => Problem::not_understood(what),
        };
        problem.into()
    }
}

fn of_refusal(refusal: ErrorResponse) -> Problem {
    let status = refusal.status;
    let problem = Problem::from_answer(status.as_u16(), refusal.body, refusal.url.as_str());
    let correlation = refusal.correlation_id.filter(|_| status.is_server_error());
    match correlation {
        _ if status == StatusCode::UNAUTHORIZED => {
            let token = token::find(is_loopback(&refusal.url));
            problem.help(token::help(token.map(|token| token.source())))
        }
        Some(id) => problem.help(format!("look into the host's log for {id}")),
        None => problem,
    }
}

/// For the commands that need no host: the causes, the outermost first.
impl From<anyhow::Error> for CliError {
    fn from(error: anyhow::Error) -> Self {
        let causes = ErrorChain(error.as_ref()).to_string();
        Problem::new(Exit::Failed, "failed", causes).into()
    }
}

impl CliError {
    fn map(self, change: impl FnOnce(Problem) -> Problem) -> Self {
        match self {
            Self::ClosedPipe => Self::ClosedPipe,
            Self::Problem(problem) => change(*problem).into(),
        }
    }

    /// Says how to go on with the version that the host names, if it does.
    pub fn instead(self, how: impl FnOnce(&str) -> String) -> Self {
        self.map(|problem| match problem.lowest_version.clone() {
            Some(version) => problem.help(how(&version)),
            None => problem,
        })
    }

    /// The version that the host names instead, if it does.
    pub fn lowest_version(&self) -> Option<Version> {
        match self {
            Self::ClosedPipe => None,
            Self::Problem(problem) => problem.lowest_version.as_ref()?.parse().ok(),
        }
    }

    /// Says how to mend it where it has this code.
    pub fn help_for(self, code: &str, help: &str) -> Self {
        self.map(|problem| match problem.code == code {
            true => problem.help(help),
            false => problem,
        })
    }

    /// See [`Problem::in_file`].
    pub fn in_file(self, file: impl Display, source: &str) -> Self {
        self.map(|problem| problem.in_file(file, source))
    }

    /// True where it ends the command so.
    pub fn ends_with(&self, exit: Exit) -> bool {
        matches!(self, Self::Problem(problem) if problem.exit == exit)
    }
}

/// Refuses wrong usage or input, and says how to mend it.
pub fn refuse<T>(what: impl Into<String>, help: impl Into<String>) -> Result<T> {
    Err(Problem::bad_input(what).help(help).into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paint::plain;

    fn template_problem() -> Problem {
        let body = json!({
            "type": "about:blank", "title": "Unprocessable", "status": 422, "code": "invalid_template",
            "detail": "the template cannot be used: 2:3: unknown key `stps`; did you mean `steps`?",
            "errors": [{ "line": 2, "column": 3, "message": "unknown key `stps`; did you mean `steps`?" }],
        });
        Problem::from_answer(422, body.to_string(), "http://h")
    }

    #[test]
    fn a_place_in_a_file_is_shown_with_its_line() {
        let problem = template_problem().in_file("fulfil.yaml", "name: x\n  stps: []\n");
        let expected = "error: the template cannot be used\n\
            \x20 fulfil.yaml:2:3: unknown key `stps`; did you mean `steps`?\n\
            \x20   2 |   stps: []\n\
            \x20     |   ^\n";
        assert_eq!(plain(&problem.text()), expected);
        assert_eq!(problem.exit(), Exit::BadInput);
    }

    #[test]
    fn without_the_file_the_line_is_still_named() {
        assert!(plain(&template_problem().text()).contains("line 2, column 3: unknown key"));
    }

    #[test]
    fn a_path_into_the_input_is_named() {
        let body = json!({
            "title": "Unprocessable", "code": "input_invalid", "detail": "the submit is invalid: /input/amount: -1 is less than the minimum of 0",
            "errors": [{ "path": "/input/amount", "message": "-1 is less than the minimum of 0" }],
        });
        let text = plain(&Problem::from_answer(422, body.to_string(), "http://h").text());
        assert_eq!(
            text,
            "error: the submit is invalid\n  /input/amount: -1 is less than the minimum of 0\n"
        );
    }

    #[test]
    fn json_passes_on_what_the_host_said() {
        let said: serde_json::Value = serde_json::from_str(&template_problem().json()).unwrap();
        assert_eq!(said["code"], "invalid_template");
        assert_eq!(said["errors"][0]["line"], 2);
    }

    #[test]
    fn an_answer_of_something_else_is_recognised() {
        let problem = Problem::from_answer(502, "<html>".to_owned(), "http://h/v1/tasks");
        assert!(problem.text().contains("not as a Tasker host does"));
        assert_eq!(problem.exit(), Exit::Unreachable);
    }

    #[test]
    fn what_the_host_or_another_passes_on_is_shown_and_not_obeyed() {
        let body = json!({
            "title": "Conflict", "code": "x", "detail": "no \u{1b}[2J\u{9b}\u{202e}",
            "errors": [{ "path": "/a\u{7}", "message": "b\nc\u{1b}c" }],
        });
        let answered = Problem::from_answer(409, body.to_string(), "http://h");
        assert_eq!(
            plain(&answered.text()),
            "error: no ␛[2J\u{fffd}\u{fffd}\n  /a␇: b c␛c\n"
        );
        let own = Problem::bad_input("no \u{1b}[2J").help("\u{7}");
        assert_eq!(plain(&own.text()), "error: no ␛[2J\n  help: ␇\n");
    }

    #[test]
    fn help_stands_last() {
        let problem = Problem::bad_input("no name").help("give one with --name");
        assert_eq!(
            plain(&problem.text()),
            "error: no name\n  help: give one with --name\n"
        );
    }
}
