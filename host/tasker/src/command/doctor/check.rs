//! One thing that was looked at.

use serde::Serialize;
use tasker_cli::Tone;

/// What was found, and how to mend it if it is not well.
#[derive(Debug, Serialize)]
pub struct Check {
    name: &'static str,
    ok: bool,
    /// Whether the machine is of no use without it.
    needed: bool,
    found: String,
    help: Option<String>,
}

impl Check {
    /// All is well.
    pub fn good(name: &'static str, found: impl Into<String>) -> Self {
        Self {
            name,
            ok: true,
            needed: true,
            found: found.into(),
            help: None,
        }
    }

    /// It is wrong or missing; `help` says how to mend it.
    pub fn bad(name: &'static str, found: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            name,
            ok: false,
            needed: true,
            found: found.into(),
            help: Some(help.into()),
        }
    }

    /// One can do without it.
    pub fn optional(self) -> Self {
        Self {
            needed: false,
            ..self
        }
    }

    /// True if nothing goes without this being mended.
    pub fn is_grave(&self) -> bool {
        self.needed && !self.ok
    }

    /// A line with a mark, and one more with how to mend it.
    pub fn text(&self) -> String {
        let mark = match (self.ok, self.needed) {
            (true, _) => Tone::Good.of("✓"),
            (false, true) => Tone::Bad.of("✗"),
            (false, false) => Tone::Quiet.of("–"),
        };
        let line = format!("{mark} {:<11}  {}", self.name, self.found);
        match &self.help {
            None => line,
            Some(help) => format!("{line}\n{:16}{} {help}", "", Tone::Active.of("help:")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tasker_cli::plain;

    #[test]
    fn what_is_wrong_is_reported_with_the_way_to_mend_it() {
        let check = Check::bad("disk", "12 MiB free in /", "make room");
        let expected = "✗ disk         12 MiB free in /\n                help: make room";
        assert_eq!(plain(&check.text()), expected);
        assert!(check.is_grave());
    }

    #[test]
    fn what_one_can_do_without_is_not_grave() {
        let check = Check::bad("host", "none", "start one").optional();
        assert!(plain(&check.text()).starts_with("– host"));
        assert!(!check.is_grave());
    }
}
