//! Tasks as lines of JSON: `{"task":{…},"steps":[…],"log":[…],"attempt_logs":[…]}`. Lines of earlier releases have no
//! `attempt_logs`.

use std::io::{self, Write};
use tasker_domain::ids::TaskId;

/// A part of a line, as JSON: a task, then its steps, then its log, then what its attempts logged.
#[derive(Clone, Debug)]
pub enum Part {
    Task(String),
    Step(String),
    Transition(String),
    AttemptLog(String),
}

/// How the line of a task begins, as PostgreSQL writes the first member of an object.
pub(super) fn beginning(id: TaskId) -> String {
    format!("{{\"task\":{{\"id\" : \"{id}\"")
}

/// Where the last line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// Between two lines.
    None,
    Steps,
    Log,
    AttemptLogs,
}

/// Writes parts of tasks, each task on a line of its own.
pub(super) struct Lines<W> {
    to: W,
    section: Section,
    is_first: bool,
}

impl<W: Write> Lines<W> {
    pub(super) fn new(to: W) -> Self {
        Self {
            to,
            section: Section::None,
            is_first: true,
        }
    }

    /// Where they are written to.
    pub(super) fn to(&mut self) -> &mut W {
        &mut self.to
    }

    pub(super) fn add(&mut self, part: &Part) -> io::Result<()> {
        match part {
            Part::Task(json) => {
                self.end_line()?;
                write!(self.to, "{{\"task\":{},\"steps\":[", in_one_line(json))?;
                self.enter(Section::Steps);
            }
            Part::Step(json) => self.item(json)?,
            Part::Transition(json) => {
                self.begin_log()?;
                self.item(json)?;
            }
            Part::AttemptLog(json) => {
                self.begin_attempt_logs()?;
                self.item(json)?;
            }
        }
        Ok(())
    }

    /// Ends the last line.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.end_line()?;
        Ok(self.to)
    }

    fn enter(&mut self, section: Section) {
        self.section = section;
        self.is_first = true;
    }

    fn item(&mut self, json: &str) -> io::Result<()> {
        let comma = if self.is_first { "" } else { "," };
        self.is_first = false;
        write!(self.to, "{comma}{}", in_one_line(json))
    }

    fn begin_log(&mut self) -> io::Result<()> {
        if self.section == Section::Steps {
            self.to.write_all(b"],\"log\":[")?;
            self.enter(Section::Log);
        }
        Ok(())
    }

    fn begin_attempt_logs(&mut self) -> io::Result<()> {
        self.begin_log()?;
        if self.section == Section::Log {
            self.to.write_all(b"],\"attempt_logs\":[")?;
            self.enter(Section::AttemptLogs);
        }
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<()> {
        if self.section != Section::None {
            self.begin_attempt_logs()?;
            self.to.write_all(b"]}\n")?;
            self.enter(Section::None);
        }
        Ok(())
    }
}

/// Between the values of stored JSON there may be line ends; in a string there are none.
fn in_one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_task_is_on_a_line_of_its_own() {
        let mut lines = Lines::new(Vec::new());
        let json = str::to_owned;
        for part in [
            Part::Task(json("{\"id\":\n1}")),
            Part::Step(json("2")),
            Part::Step(json("3")),
            Part::Transition(json("4")),
            Part::Transition(json("5")),
            Part::AttemptLog(json("7")),
            Part::AttemptLog(json("8")),
            Part::Task(json("6")),
        ] {
            lines.add(&part).unwrap();
        }
        let text = String::from_utf8(lines.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            concat!(
                "{\"task\":{\"id\": 1},\"steps\":[2,3],\"log\":[4,5],\"attempt_logs\":[7,8]}\n",
                "{\"task\":6,\"steps\":[],\"log\":[],\"attempt_logs\":[]}\n"
            )
        );
    }
}
