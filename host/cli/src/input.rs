//! What a user gives as a file or as JSON text.

use super::place::Place;
use super::{CliError, Problem};
use serde_json::value::RawValue;
use std::io::Read as _;
use std::path::Path;
use tasker_domain::byte_order_mark::{strip_mark, without_mark};
use tasker_domain::json_text;

/// Reads a text file, without a byte order mark at its start.
pub fn read_text(path: &Path) -> Result<String, CliError> {
    let bytes = read_bytes(path)?;
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let place = error.utf8_error().valid_up_to();
        Problem::bad_input(format!(
            "{} is not UTF-8 text (at byte {place})",
            path.display()
        ))
    })?;
    strip_mark(&mut text);
    Ok(text)
}

/// Reads a file.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, CliError> {
    std::fs::read(path).map_err(|error| {
        let what = format!("cannot read {}: {error}", path.display());
        Problem::bad_input(what)
            .help("check the path, relative to where you are now")
            .into()
    })
}

/// Reads JSON text, `@file`, or `@-` for standard input; `option` is where it is written, such as
/// `--input`, or empty where it stands alone.
pub fn read_json(option: &str, argument: &str) -> Result<Box<RawValue>, CliError> {
    let (name, text) = match argument.strip_prefix('@') {
        None if option.is_empty() => ("the value", argument.to_owned()),
        None => (option, argument.to_owned()),
        Some("-") => ("standard input", read_stdin()?),
        Some(path) => (path, read_text(Path::new(path))?),
    };
    parse_json(name, option, text)
}

fn read_stdin() -> Result<String, CliError> {
    let mut text = String::new();
    match std::io::stdin().read_to_string(&mut text) {
        Ok(_) => Ok(text),
        Err(error) => {
            Err(Problem::bad_input(format!("cannot read standard input: {error}")).into())
        }
    }
}

/// JSON that the host would keep, with a place where it is none.
fn parse_json(name: &str, option: &str, text: String) -> Result<Box<RawValue>, CliError> {
    let what = if option.is_empty() { "value" } else { "input" };
    let text = without_mark(&text);
    let value: Box<RawValue> = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line().max(1), error.column().max(1));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        let lead = format!("{option} ");
        let lead = lead.trim_start();
        let help = format!(
            "write JSON, for example {lead}'{{\"amount\": 5}}', or @file.json, or @- for standard input"
        );
        Problem::bad_input(format!("the {what} is not JSON"))
            .at([Place::new(line, column, message)])
            .in_file(name, text).help(help)
    })?;
    let kept = json_text::check(value.get());
    kept.map_err(|error| Problem::bad_input(format!("the {what} cannot be taken: {error}")))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::super::paint::Paint;
    use super::*;

    fn told(result: Result<Box<RawValue>, CliError>) -> String {
        match result.unwrap_err() {
            CliError::Problem(problem) => problem.text(Paint::off()),
            CliError::ClosedPipe => unreachable!("reading has no closed pipe"),
        }
    }

    #[test]
    fn input_is_json_text_or_a_file() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"{\"a\": 1}").unwrap();
        assert_eq!(
            read_json("--input", "{\"a\": 1}").unwrap().get(),
            "{\"a\": 1}"
        );
        assert_eq!(
            read_json("--input", &format!("@{}", file.path().display()))
                .unwrap()
                .get(),
            "{\"a\": 1}"
        );
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_text() {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, b"\xef\xbb\xbf{}").unwrap();
        assert_eq!(read_text(file.path()).unwrap(), "{}");
        assert_eq!(read_json("", "\u{feff}{}").unwrap().get(), "{}");
    }

    #[test]
    fn wrong_json_is_shown_with_the_place() {
        let text = told(read_json("--input", "{\"a\": 1,}"));
        assert!(text.contains("--input:1:9: "), "{text}");
        assert!(text.contains("1 | {\"a\": 1,}\n"), "{text}");
    }

    #[test]
    fn a_missing_file_is_named() {
        assert!(
            told(read_json("--input", "@no-such-file.json"))
                .contains("cannot read no-such-file.json")
        );
    }
}
