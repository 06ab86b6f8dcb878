//! Tasks as lines of JSON: `{"task":{…},"steps":[…],"log":[…]}`.

use std::io::{self, Write};
use tasker_engine::archived::{ArchivedPart, STEP, TASK};

/// Where the last line stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Section {
    /// Between two lines.
    None,
    Steps,
    Log,
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

    /// The next part: a task, then its steps, then its log.
    pub(super) fn add(&mut self, part: &ArchivedPart) -> io::Result<()> {
        // Between the values of stored JSON there may be line ends; in a string there are none.
        let json = part.json.replace(['\n', '\r'], " ");
        match part.kind {
            TASK => {
                self.end_line()?;
                write!(self.to, "{{\"task\":{json},\"steps\":[")?;
                self.enter(Section::Steps);
            }
            STEP => self.item(&json)?,
            _ => {
                self.begin_log()?;
                self.item(&json)?;
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
        write!(self.to, "{comma}{json}")
    }

    fn begin_log(&mut self) -> io::Result<()> {
        if self.section == Section::Steps {
            self.to.write_all(b"],\"log\":[")?;
            self.enter(Section::Log);
        }
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<()> {
        if self.section != Section::None {
            self.begin_log()?;
            self.to.write_all(b"]}\n")?;
            self.enter(Section::None);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_engine::archived::TRANSITION;
    use uuid::Uuid;

    #[test]
    fn each_task_is_on_a_line_of_its_own() {
        let mut lines = Lines::new(Vec::new());
        for (kind, json) in [
            (TASK, "{\"id\":\n1}"),
            (STEP, "2"),
            (STEP, "3"),
            (TRANSITION, "4"),
            (TRANSITION, "5"),
            (TASK, "6"),
        ] {
            let part = ArchivedPart {
                task_id: Uuid::nil(),
                kind,
                no: 0,
                json: json.to_owned(),
            };
            lines.add(&part).unwrap();
        }
        let text = String::from_utf8(lines.finish().unwrap()).unwrap();
        assert_eq!(
            text,
            "{\"task\":{\"id\": 1},\"steps\":[2,3],\"log\":[4,5]}\n{\"task\":6,\"steps\":[],\"log\":[]}\n"
        );
    }
}
