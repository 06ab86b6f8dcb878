//! What went wrong, where, and how to mend it: one form for the host's answers and our own errors.

use super::excerpt::excerpt;
use super::exit::Exit;
use super::paint::{Paint, Tone};
use serde::Deserialize;
use serde_json::json;

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
    /// What the host said, to be passed on as it is.
    answer: Option<String>,
}

/// One thing that is wrong at one place.
#[derive(Debug)]
struct Place {
    /// A line and column of a file, both from 1.
    position: Option<(usize, usize)>,
    /// Where: `file:line:column`, or a path into the JSON input.
    at: String,
    message: String,
    excerpt: Option<String>,
}

/// The members of application/problem+json that the host sends.
#[derive(Deserialize)]
struct Answer {
    title: String,
    code: String,
    detail: Option<String>,
    #[serde(default)]
    errors: Vec<AnswerPlace>,
}

#[derive(Deserialize)]
struct AnswerPlace {
    path: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    message: String,
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
            answer: None,
        }
    }

    /// Wrong usage or input.
    pub fn bad_input(what: impl Into<String>) -> Self {
        Self::new(Exit::BadInput, "bad_input", what)
    }

    /// Says how to mend it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a place in a file; line and column count from 1.
    pub fn at(
        mut self,
        file: &str,
        source: &str,
        line: usize,
        column: usize,
        message: &str,
    ) -> Self {
        let place = Place {
            position: Some((line, column)),
            at: String::new(),
            message: message.to_owned(),
            excerpt: None,
        };
        self.places.push(place);
        self.in_file(file, source)
    }

    /// Reads what the host answered; `status` is not a success.
    pub fn from_answer(status: u16, body: String, url: &str) -> Self {
        let exit = Exit::of_status(status);
        let Ok(answer) = serde_json::from_str::<Answer>(&body) else {
            let what =
                format!("{url} answered with status {status}, but not as a Tasker host does");
            return Self::new(exit, "not_a_tasker_host", what).help("check --url or TASKER_URL");
        };
        Self {
            exit,
            code: answer.code,
            what: answer
                .detail
                .filter(|detail| !detail.is_empty())
                .unwrap_or(answer.title),
            places: answer.errors.into_iter().map(Place::from).collect(),
            help: None,
            answer: Some(body),
        }
    }

    /// Places with a line and column are in this file: show them so, with the line itself.
    pub fn in_file(mut self, file: &str, source: &str) -> Self {
        for place in &mut self.places {
            if let Some((line, column)) = place.position {
                place.at = format!("{file}:{line}:{column}");
                place.excerpt = excerpt(source, line, column);
            }
        }
        self
    }

    /// The code that the process ends with.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// For people: `error: what`, each place, `help: how to mend`.
    pub fn text(&self, paint: Paint) -> String {
        let mut text = format!(
            "{} {}\n",
            paint.tone(Tone::Bad, "error:"),
            indent_rest(&self.what)
        );
        for place in &self.places {
            text += &place.text(paint);
        }
        if let Some(help) = &self.help {
            text += &format!(
                "  {} {}\n",
                paint.tone(Tone::Active, "help:"),
                indent_rest(help)
            );
        }
        text
    }

    /// For programs: the host's own answer, or the same members for our own errors.
    pub fn json(&self) -> String {
        let own =
            || json!({ "code": self.code, "detail": self.what, "help": self.help }).to_string();
        self.answer.clone().unwrap_or_else(own)
    }
}

impl Place {
    fn text(&self, paint: Paint) -> String {
        let mut text = format!(
            "  {} {}\n",
            paint.tone(Tone::Strong, &format!("{}:", self.at)),
            self.message
        );
        for line in self.excerpt.iter().flat_map(|excerpt| excerpt.lines()) {
            text += &format!("    {line}\n");
        }
        text
    }
}

impl From<AnswerPlace> for Place {
    fn from(place: AnswerPlace) -> Self {
        let position = place.line.map(|line| (line, place.column.unwrap_or(1)));
        let at = match (position, place.path) {
            (Some((line, column)), _) => format!("line {line}, column {column}"),
            (None, Some(path)) if !path.is_empty() => path,
            (None, _) => "the whole".to_owned(),
        };
        Self {
            position,
            at,
            message: place.message,
            excerpt: None,
        }
    }
}

/// Lines after the first stand under the first.
fn indent_rest(text: &str) -> String {
    text.trim_end().replace('\n', "\n  ")
}

impl From<Problem> for CliError {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl CliError {
    /// See [`Problem::in_file`].
    pub fn in_file(self, file: &str, source: &str) -> Self {
        match self {
            Self::ClosedPipe => Self::ClosedPipe,
            Self::Problem(problem) => problem.in_file(file, source).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template_problem() -> Problem {
        let body = json!({
            "type": "about:blank", "title": "Unprocessable", "status": 422, "code": "template_invalid",
            "detail": "the template has 1 mistake",
            "errors": [{ "line": 2, "column": 3, "message": "unknown key `stps`; did you mean `steps`?" }],
        });
        Problem::from_answer(422, body.to_string(), "http://h")
    }

    #[test]
    fn a_place_in_a_file_is_shown_with_its_line() {
        let problem = template_problem().in_file("fulfil.yaml", "name: x\n  stps: []\n");
        let expected = "error: the template has 1 mistake\n\
            \x20 fulfil.yaml:2:3: unknown key `stps`; did you mean `steps`?\n\
            \x20   2 |   stps: []\n\
            \x20     |   ^\n";
        assert_eq!(problem.text(Paint::off()), expected);
        assert_eq!(problem.exit(), Exit::BadInput);
    }

    #[test]
    fn without_the_file_the_line_is_still_named() {
        assert!(
            template_problem()
                .text(Paint::off())
                .contains("line 2, column 3: unknown key")
        );
    }

    #[test]
    fn a_path_into_the_input_is_named() {
        let body = json!({
            "title": "Unprocessable", "code": "input_invalid", "detail": "the input is wrong",
            "errors": [{ "path": "/input/amount", "message": "-1 is less than the minimum of 0" }],
        });
        let text = Problem::from_answer(422, body.to_string(), "http://h").text(Paint::off());
        assert_eq!(
            text,
            "error: the input is wrong\n  /input/amount: -1 is less than the minimum of 0\n"
        );
    }

    #[test]
    fn json_passes_on_what_the_host_said() {
        let said: serde_json::Value = serde_json::from_str(&template_problem().json()).unwrap();
        assert_eq!(said["code"], "template_invalid");
        assert_eq!(said["errors"][0]["line"], 2);
    }

    #[test]
    fn an_answer_of_something_else_is_recognised() {
        let problem = Problem::from_answer(502, "<html>".to_owned(), "http://h/v1/tasks");
        assert!(
            problem
                .text(Paint::off())
                .contains("not as a Tasker host does")
        );
        assert_eq!(problem.exit(), Exit::Unreachable);
    }

    #[test]
    fn help_stands_last() {
        let problem = Problem::bad_input("no name").help("give one with --name");
        assert_eq!(
            problem.text(Paint::off()),
            "error: no name\n  help: give one with --name\n"
        );
    }
}
