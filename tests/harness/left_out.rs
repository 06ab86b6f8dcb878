//! Tests that cannot run on a machine.

use std::fs::OpenOptions;
use std::io::Write as _;

/// The file that `make test` shows at its end: a line for each part that was left out.
const FILE_VARIABLE: &str = "TASKER_TESTS_LEFT_OUT";

/// Says which tests do nothing, why, and how to mend it.
pub fn left_out(what: &str) {
    eprintln!("SKIPPED: {what}");
    if let Some(file) = std::env::var_os(FILE_VARIABLE) {
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(file)
            .unwrap();
        writeln!(file, "{what}").unwrap();
    }
}
