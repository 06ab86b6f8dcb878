//! A chapter as a reader follows it: its commands with what they print, and its other blocks.

use super::places::root;
use std::fs;

/// Blocks of commands, each behind a prompt, with what they print.
const CONSOLE: &str = "console";
/// Blocks of commands alone.
const SCRIPT: &str = "sh";
const PROMPT: &str = "$ ";
/// Commands that do not end by themselves, and what they print once they do what they are for.
const LASTING: [(&str, &str); 2] = [
    ("tasker serve", "tasker is ready at"),
    ("tasker dev", "Ctrl-C ends"),
];

pub struct Chapter {
    pub commands: Vec<Shown>,
    /// The other blocks: their languages and texts.
    pub blocks: Vec<(String, String)>,
}

/// A command, and what it prints as the chapter has it.
pub struct Shown {
    /// In the file, from 1.
    pub line: usize,
    /// Without the comment behind it.
    pub command: String,
    pub printed: Vec<String>,
}

/// The chapters and the front page, by their paths in the repository. The reference is made from the code.
pub fn documents() -> Vec<String> {
    let mut found = vec!["README.md".to_owned()];
    for folder in ["host/docs", "host/docs/languages"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                found.push(format!("{folder}/{name}"));
            }
        }
    }
    found
}

impl Chapter {
    pub fn read(path: &str) -> Self {
        Self::parse(&fs::read_to_string(root().join(path)).unwrap())
    }

    fn parse(text: &str) -> Self {
        let mut chapter = Self {
            commands: Vec::new(),
            blocks: Vec::new(),
        };
        // The language, and how far the block is indented.
        let mut open: Option<(String, usize)> = None;
        for (line, text) in (1..).zip(text.lines()) {
            let fence = text.trim_start().strip_prefix("```");
            open = match (open, fence) {
                (None, Some(language)) => {
                    if language != CONSOLE && language != SCRIPT {
                        chapter.blocks.push((language.to_owned(), String::new()));
                    }
                    Some((language.to_owned(), text.len() - text.trim_start().len()))
                }
                (Some(_), Some(_)) | (None, None) => None,
                (Some((language, indent)), None) => {
                    let text = text.get(indent..).unwrap_or_default();
                    chapter.line(&language, line, text);
                    Some((language, indent))
                }
            };
        }
        chapter
    }

    /// A line within a block.
    fn line(&mut self, language: &str, line: usize, text: &str) {
        let command = match language {
            CONSOLE => text.strip_prefix(PROMPT),
            SCRIPT => Some(text),
            _ => {
                let (_, block) = self.blocks.last_mut().unwrap();
                block.push_str(text);
                return block.push('\n');
            }
        };
        match (command, self.commands.last_mut()) {
            (None, Some(last)) if last.is_continued() => {
                last.command.push('\n');
                last.command.push_str(text);
            }
            (Some(command), _) => self.commands.push(Shown {
                line,
                command: without_comment(command).to_owned(),
                printed: Vec::new(),
            }),
            (None, last) => {
                let last = last.expect("a command is before what it prints");
                last.printed.push(text.to_owned());
            }
        }
    }
}

fn without_comment(command: &str) -> &str {
    command.split("  #").next().unwrap_or(command).trim_end()
}

impl Shown {
    fn is_continued(&self) -> bool {
        self.printed.is_empty() && self.command.ends_with('\\')
    }

    /// What a command has printed that goes on until it is interrupted; `None` of one that ends.
    pub fn lasts_until(&self) -> Option<&'static str> {
        let is_once = self.command.contains("--once");
        let mut lasting = LASTING.iter().filter(|_| !is_once);
        let found = lasting.find(|(command, _)| self.command.contains(command));
        found.map(|(_, until)| *until)
    }

    /// True if the command may end with a code: the one that the chapter's script expects, else any but 0 where an error is
    /// shown, else 0.
    pub fn may_end_with(&self, code: i32, expected: Option<i32>) -> bool {
        let is_refused = self.printed.iter().any(|line| line.starts_with("error: "));
        match expected {
            Some(expected) => code == expected,
            None => (code != 0) == is_refused,
        }
    }
}

#[test]
fn a_chapter_is_commands_with_what_they_print_and_other_blocks() {
    let text = "Text\n```console\n$ one \\\n    two  # why\nprinted\n$ three\n```\n\n   ```yaml\n   a:\n     b: 1\n   ```\n```sh\nfour\n```\n";
    let chapter = Chapter::parse(text);
    let commands = chapter.commands.iter();
    let commands: Vec<_> = commands
        .map(|it| (it.line, it.command.as_str(), it.printed.len()))
        .collect();
    let expected = [
        (3, "one \\\n    two  # why", 1),
        (6, "three", 0),
        (14, "four", 0),
    ];
    assert_eq!(commands, expected);
    assert_eq!(
        chapter.blocks,
        [("yaml".to_owned(), "a:\n  b: 1\n".to_owned())]
    );
}
