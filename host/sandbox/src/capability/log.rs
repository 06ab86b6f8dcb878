//! `tasker:step/log`.

use crate::bindings::tasker::step::log::{Host, Level};
use crate::log_line::{LogLevel, LogSource};
use crate::state::AttemptState;

impl Host for AttemptState {
    fn log(&mut self, level: Level, message: String, fields: Vec<(String, String)>) {
        self.log
            .lock()
            .add(level.into(), LogSource::Handler, &message, fields);
    }
}

impl From<Level> for LogLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Trace => Self::Trace,
            Level::Debug => Self::Debug,
            Level::Info => Self::Info,
            Level::Warn => Self::Warn,
            Level::Error => Self::Error,
        }
    }
}
