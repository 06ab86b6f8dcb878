//! Where the value of a secret comes from; never an argument, which others on the machine can see.

use crate::{CliError, Problem, Reference, Result, input, tell};
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use std::io::{IsTerminal as _, Read as _, Stdin, stdin};
use std::path::Path;
use tasker_domain::byte_order_mark::without_mark_bytes;

/// What the file has, without a byte order mark; else what stands on standard input, without the line break at its end;
/// else what is typed.
pub(super) fn read(name: &Reference, file: Option<&Path>) -> Result<Vec<u8>> {
    if let Some(file) = file {
        return Ok(without_mark_bytes(&input::read_bytes(file)?).to_owned());
    }
    let stdin = stdin();
    match stdin.is_terminal() {
        true => typed(name, &stdin),
        false => piped(&stdin),
    }
}

fn piped(stdin: &Stdin) -> Result<Vec<u8>> {
    let mut value = Vec::new();
    stdin.lock().read_to_end(&mut value).map_err(unreadable)?;
    Ok(without_line_break(without_mark_bytes(&value).to_owned()))
}

fn typed(name: &Reference, stdin: &Stdin) -> Result<Vec<u8>> {
    tell(&format!("value of {name} (it is not shown): "));
    let mut line = String::new();
    let read = {
        let _hidden = Hidden::on(stdin).map_err(|error| unreadable(error.into()))?;
        stdin.read_line(&mut line)
    };
    tell("\n");
    read.map_err(unreadable)?;
    Ok(without_line_break(line.into_bytes()))
}

fn without_line_break(mut value: Vec<u8>) -> Vec<u8> {
    if value.last() == Some(&b'\n') {
        value.pop();
        if value.last() == Some(&b'\r') {
            value.pop();
        }
    }
    value
}

fn unreadable(error: std::io::Error) -> CliError {
    let what = format!("cannot read the value from standard input: {error}");
    Problem::bad_input(what).into()
}

/// A terminal that does not show what is typed, until this is dropped.
struct Hidden<'a> {
    terminal: &'a Stdin,
    before: Termios,
}

impl<'a> Hidden<'a> {
    fn on(terminal: &'a Stdin) -> rustix::io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut hidden = before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &hidden)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // Where the terminal is gone there is nothing to restore.
        tcsetattr(self.terminal, OptionalActions::Flush, &self.before).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_line_break_is_left_out() {
        assert_eq!(without_line_break(b"a b \n".to_vec()), b"a b ");
        assert_eq!(without_line_break(b"a\n\r\n".to_vec()), b"a\n");
        assert_eq!(without_line_break(b"a\r".to_vec()), b"a\r");
    }
}
