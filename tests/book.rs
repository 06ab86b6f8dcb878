//! Every command of the book is executed: chapter by chapter, in its order, against a real host; and it prints what the
//! chapter shows.
//!
//! What a chapter presupposes is in `tests/book/CHAPTER.sh`, what is not executed or not compared in
//! `tests/book/left-out.txt`, each with its reason.

mod chapter;
mod left_out;
mod lines;
mod places;
mod script;
mod shell;
mod stage;
mod stand_ins;
mod tokens;

use chapter::{Chapter, Shown};
use left_out::LeftOut;
use script::{Script, Section};
use shell::{Ended, Shell};
use stage::Stage;
use stand_ins::StandIns;

macro_rules! chapters {
    ($($name:ident: $path:literal,)*) => {
        /// The chapters with commands, by their paths in the repository.
        const CHAPTERS: &[&str] = &[$($path),*];

        $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            follow($path).await;
        })*
    };
}

chapters! {
    readme: "README.md",
    concepts: "host/docs/concepts.md",
    deploy: "host/docs/deploy.md",
    dev: "host/docs/dev.md",
    events: "host/docs/events.md",
    getting_started: "host/docs/getting-started.md",
    gitops: "host/docs/gitops.md",
    graphql: "host/docs/graphql.md",
    handlers: "host/docs/handlers.md",
    c: "host/docs/languages/c.md",
    go: "host/docs/languages/go.md",
    python: "host/docs/languages/python.md",
    typescript: "host/docs/languages/typescript.md",
    lifecycle: "host/docs/lifecycle.md",
    mcp: "host/docs/mcp.md",
    metrics: "host/docs/metrics.md",
    moving: "host/docs/moving.md",
    operations: "host/docs/operations.md",
    patterns: "host/docs/patterns.md",
    projects: "host/docs/projects.md",
    reports: "host/docs/reports.md",
    rest: "host/docs/rest.md",
    retries: "host/docs/retries.md",
    security: "host/docs/security.md",
    subscriptions: "host/docs/subscriptions.md",
    templates: "host/docs/templates.md",
    testing: "host/docs/testing.md",
    tracing: "host/docs/tracing.md",
    versions: "host/docs/versions.md",
    web: "host/docs/web.md",
}

/// Runs the commands of a chapter; all that is wrong is reported at once.
async fn follow(path: &str) {
    let chapter = Chapter::read(path);
    let mut left_out = LeftOut::of(path);
    let run: Vec<&Shown> = chapter
        .commands
        .iter()
        .filter(|shown| !left_out.has_command(&shown.command))
        .collect();
    let mut faults = Vec::new();
    if !run.is_empty() {
        let script = Script::read(path);
        let Some(stage) = Stage::set(&chapter, &script).await else {
            return;
        };
        let mut reader = Reader {
            shell: Shell::new(&stage),
            stand_ins: StandIns::default(),
            sections: &script.sections,
        };
        reader.shell.section(&script.preamble).await;
        for shown in run {
            faults.extend(reader.fault(shown, &mut left_out).await);
        }
        let unused = reader.sections.iter();
        faults.extend(unused.map(|it| format!("no command is `{}` any more", it.command)));
    }
    faults.extend(left_out.unused());
    assert!(faults.is_empty(), "{path}:\n{}", faults.join("\n\n"));
}

/// Somebody who types what stands in a chapter.
struct Reader<'a> {
    shell: Shell<'a>,
    stand_ins: StandIns,
    /// Those of commands that are to come.
    sections: &'a [Section],
}

impl Reader<'_> {
    /// Runs a command with what its section says; what is wrong with it.
    async fn fault(&mut self, shown: &Shown, left_out: &mut LeftOut) -> Option<String> {
        let section = match self.sections.split_first() {
            Some((first, rest)) if first.command == shown.command => {
                self.sections = rest;
                Some(first)
            }
            _ => None,
        };
        let text = section.map_or("", |section| section.text.as_str());
        let (mut until, mut meanwhile) = (shown.lasts_until(), "");
        match section.and_then(|it| it.until.as_deref()) {
            Some(own) => (until, meanwhile) = (Some(own), text),
            None => self.shell.section(text).await,
        }
        self.stand_ins.read(&self.shell.stand_ins());
        for id in self.stand_ins.unknown_ids(&shown.command) {
            let newest = self.shell.newest_task().await;
            self.stand_ins.add(&id, &newest);
        }
        let command = self.stand_ins.real(&shown.command);
        let Ended { code, said } = match until {
            Some(until) => self.shell.lasting(&command, until, meanwhile).await,
            None => self.shell.run(&command).await,
        };
        let place = format!("line {}: {}", shown.line, shown.command);
        if !shown.may_end_with(code, section.and_then(|it| it.exit)) {
            return Some(format!("{place}\nended with {code}:\n{said}"));
        }
        let compared = shown.printed.iter().map(String::as_str);
        let compared: Vec<&str> = compared.filter(|it| !left_out.has_line(it)).collect();
        let missing = lines::missing(&compared, &said, &mut self.stand_ins);
        (!missing.is_empty()).then(|| {
            let missing = missing.join("\n");
            format!("{place}\ndoes not print\n{missing}\nbut\n{said}")
        })
    }
}

#[test]
fn every_chapter_with_commands_has_a_test() {
    let mut found: Vec<String> = chapter::documents()
        .into_iter()
        .filter(|path| !Chapter::read(path).commands.is_empty())
        .collect();
    let mut tested = CHAPTERS.to_vec();
    found.sort();
    tested.sort_unstable();
    assert_eq!(found, tested);
}

#[test]
fn what_is_left_out_is_of_a_chapter_and_has_a_reason() {
    for path in LeftOut::paths() {
        assert!(CHAPTERS.contains(&path.as_str()), "{path} is no chapter");
    }
}
