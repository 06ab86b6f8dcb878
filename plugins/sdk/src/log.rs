//! The attempt's log. Write to it with [`info!`](crate::info) and its sisters.

pub use crate::bindings::tasker::step::log::Level;

/// Adds one line to the attempt's log; natively, to standard error.
pub fn write(level: Level, message: &str, fields: &[(String, String)]) {
    #[cfg(target_family = "wasm")]
    crate::bindings::tasker::step::log::log(level, message, fields);
    #[cfg(not(target_family = "wasm"))]
    eprintln!("{}", line(level, message, fields));
}

#[cfg(not(target_family = "wasm"))]
fn line(level: Level, message: &str, fields: &[(String, String)]) -> String {
    let mut line = format!("{} {message}", name(level));
    for (name, value) in fields {
        line.push_str(&format!(" {name}={value}"));
    }
    line
}

#[cfg(not(target_family = "wasm"))]
fn name(level: Level) -> &'static str {
    match level {
        Level::Trace => "trace",
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_carries_its_fields() {
        let fields = [("amount".to_owned(), "3".to_owned())];
        assert_eq!(
            line(Level::Info, "charged", &fields),
            "info charged amount=3"
        );
    }
}
