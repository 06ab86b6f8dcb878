//! What a user gives as a file or as JSON text.

use super::place::Place;
use super::{Problem, Result, refuse};
use serde_json::value::RawValue;
use std::path::Path;
use tasker_domain::byte_order_mark::{strip_mark, without_mark};
use tasker_domain::json_text;

/// True for what is called like YAML.
pub fn is_yaml(path: &Path) -> bool {
    path.extension()
        .is_some_and(|end| end == "yaml" || end == "yml")
}

/// Reads a text file, without a byte order mark at its start.
pub fn read_text(path: &Path) -> Result<String> {
    let mut text = String::from_utf8(read_bytes(path)?).map_err(|error| {
        let (path, place) = (path.display(), error.utf8_error().valid_up_to());
        Problem::bad_input(format!("{path} is not UTF-8 text (at byte {place})"))
    })?;
    strip_mark(&mut text);
    Ok(text)
}

/// Reads a file.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).or_else(|error| {
        let what = format!("cannot read {}: {error}", path.display());
        refuse(what, "check the path, relative to where you are now")
    })
}

/// Reads JSON text, `@file`, or `@-` for standard input; `option` is where it is written, such as
/// `--input`, or empty where it stands alone.
pub fn read_json(option: &str, argument: &str) -> Result<Box<RawValue>> {
    let (name, text) = match argument.strip_prefix('@') {
        None if option.is_empty() => ("the value", argument.to_owned()),
        None => (option, argument.to_owned()),
        Some("-") => ("standard input", read_stdin()?),
        Some(path) => (path, read_text(Path::new(path))?),
    };
    parse_json(name, option, text)
}

fn read_stdin() -> Result<String> {
    let read = std::io::read_to_string(std::io::stdin());
    Ok(read.map_err(|error| Problem::bad_input(format!("cannot read standard input: {error}")))?)
}

/// JSON that the host would keep, with a place where it is none.
fn parse_json(name: &str, option: &str, text: String) -> Result<Box<RawValue>> {
    let what = if option.is_empty() { "value" } else { "input" };
    let text = without_mark(&text);
    let value: Box<RawValue> = serde_json::from_str(text).map_err(|error| {
        let (line, column) = (error.line().max(1), error.column().max(1));
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or(&message);
        let lead = format!("{option} ");
        let help = format!(
            "write JSON, for example {}'{{\"amount\": 5}}', or @file.json, or @- for standard input",
            lead.trim_start()
        );
        Problem::bad_input(format!("the {what} is not JSON"))
            .at([Place::new(line, column, message)])
            .in_file(name, text)
            .help(help)
    })?;
    let kept = json_text::check(value.get());
    kept.map_err(|error| Problem::bad_input(format!("the {what} cannot be taken: {error}")))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CliError;
    use crate::paint::plain;

    fn told(result: Result<Box<RawValue>>) -> String {
        match result.unwrap_err() {
            CliError::Problem(problem) => plain(&problem.text()),
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
