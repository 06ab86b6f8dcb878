//! What stands here for what stands in a chapter: ids, keys, addresses, paths.

use super::tokens;
use std::collections::BTreeMap;

/// Texts of the chapter with what they are here.
#[derive(Default)]
pub struct StandIns {
    by_shown: BTreeMap<String, String>,
}

impl StandIns {
    /// Takes over lines `SHOWN<tab>REAL`, as the functions of the prelude write them.
    pub fn read(&mut self, lines: &str) {
        for line in lines.lines() {
            let (shown, real) = line.split_once('\t').unwrap();
            self.add(shown, real);
        }
    }

    pub fn add(&mut self, shown: &str, real: &str) {
        self.by_shown.insert(shown.to_owned(), real.to_owned());
    }

    /// The same, unless there is one.
    pub fn learn(&mut self, shown: &str, real: &str) {
        let entry = self.by_shown.entry(shown.to_owned());
        entry.or_insert_with(|| real.to_owned());
    }

    /// The ids in a command of the chapter that nothing stands for.
    pub fn unknown_ids(&self, command: &str) -> Vec<String> {
        let ids = tokens::ids(command).into_iter();
        ids.filter(|id| !self.by_shown.keys().any(|shown| shown.contains(id)))
            .collect()
    }

    /// A command of the chapter as it is run here.
    pub fn real(&self, command: &str) -> String {
        let pairs = self.by_shown.iter();
        replaced(
            command,
            pairs.map(|(shown, real)| (shown.as_str(), real.as_str())),
        )
    }

    /// What was printed here, in the words of the chapter.
    pub fn shown(&self, said: &str) -> String {
        let pairs = self.by_shown.iter().filter(|(_, real)| !real.is_empty());
        replaced(
            said,
            pairs.map(|(shown, real)| (real.as_str(), shown.as_str())),
        )
    }
}

/// At each place, the longest text that is there is replaced.
fn replaced<'a>(text: &str, pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut pairs: Vec<_> = pairs.collect();
    pairs.sort_by_key(|(old, _)| std::cmp::Reverse(old.len()));
    let (mut made, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let found = pairs.iter().find(|(old, _)| rest.starts_with(old));
        let (new, length) = match found {
            Some((old, new)) => ((*new).to_owned(), old.len()),
            None => (first.to_string(), first.len_utf8()),
        };
        made.push_str(&new);
        rest = &rest[length..];
    }
    made
}

#[test]
fn the_longest_text_is_replaced_and_nothing_twice() {
    let pairs = [("a", "ab"), ("ab", "c"), ("c", "d")];
    assert_eq!(replaced("a ab c", pairs.into_iter()), "ab c d");
}
