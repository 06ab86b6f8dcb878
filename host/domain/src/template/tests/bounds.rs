use super::findings::{assert_finding, finding, findings};
use super::*;
use proptest::prelude::*;
use std::fmt::Write as _;

#[test]
fn findings_are_counted_beyond_their_limit() {
    let mut text = with_steps("  - {name: x, handler: c/h}\n");
    (0..150).for_each(|no| writeln!(text, "key{no}: 1").unwrap());
    let all = findings(&text);
    assert_eq!(all.len(), 101);
    assert_eq!(all[100].1, "and 50 more; correct these first");
}

#[test]
fn sources_are_bounded() {
    let long = format!("# {}\n", "x".repeat(MAX_SOURCE_BYTES));
    assert_finding(&long, "1:1 ", "the limit is 4194304");
    let step = |no: usize| format!("  - {{name: s{no}, handler: c/h}}\n");
    let full: String = (0..MAX_STEPS).map(step).collect();
    assert_eq!(
        Template::parse(&with_steps(&full)).unwrap().ordered().len(),
        MAX_STEPS
    );
    let more = full + &step(MAX_STEPS);
    assert_finding(
        &with_steps(&more),
        "4:1 steps",
        "there are 10001 steps; the limit is 10000",
    );
    assert_finding(&with_steps("  []\n"), "4:1 steps", "at least one step");
    assert_finding(&("[".repeat(2000)), "1:65 ", "nested deeper than 64");
    let deep = format!("config: {}{}", "[".repeat(100), "]".repeat(100));
    assert!(finding(&deep).1.contains("nested deeper than 64"));
}

#[test]
fn aliases_cannot_be_made_into_a_bomb() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let before = format!("*a{}, ", level - 1).repeat(10);
        writeln!(bomb, "a{level}: &a{level} [{before}]").unwrap();
    }
    let (_, message) = finding(&bomb);
    assert!(
        message.contains("aliases followed") || message.contains("repetition limit"),
        "{message}"
    );
    let long = format!(
        "a: &a {}\nb: [{}]\n",
        "x".repeat(1 << 20),
        "*a, ".repeat(1000)
    );
    assert!(finding(&long).1.contains("aliases followed"));
    let step = |no: usize| format!("  - {{name: s{no}, handler: c/h, depends_on: *d}}\n");
    let names: Vec<_> = (0..1000).map(|no| format!("s{no}")).collect();
    let many: String = (0..101).map(step).collect();
    let edges = format!("description: &d [{}]\n", names.join(", ")) + &with_steps(&many);
    let all = findings(&edges);
    assert!(
        all.iter()
            .any(|(_, message)| message.contains("more than 100000 dependencies")),
        "{all:?}"
    );
}

/// Texts made of what means something in YAML.
fn yamlish() -> impl Strategy<Value = String> {
    let token = prop::sample::select(vec![
        "a",
        "steps",
        "name",
        ": ",
        ":",
        "- ",
        "-",
        "\n",
        "\n  ",
        "\n    ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&a ",
        "*a",
        "!t ",
        "!!int ",
        "'",
        "\"",
        "|",
        ">",
        "#",
        "? ",
        "---",
        "...",
        "1",
        "1.5",
        "null",
        "~",
        "true",
        "%YAML 1.2",
        "@",
        "`",
        "\t",
        "é",
        "\u{1}",
        "\u{85}",
        "<<",
        "\\",
        "0x1f",
        ".inf",
        "\r\n",
        "\u{feff}",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat())
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "(?s).*") {
        let error = Template::parse(&text).unwrap_err();
        prop_assert!(!error.findings.is_empty());
    }

    #[test]
    fn no_yaml_makes_it_panic(text in yamlish()) {
        let _ = Template::parse(&text);
        let _ = Template::parse(&with_steps(&text));
    }

    #[test]
    fn no_cut_or_mangled_template_makes_it_panic(
        at in 0..FULFIL.len(), put in yamlish(), gone in 0..20usize,
    ) {
        let end = (at + gone).min(FULFIL.len());
        if FULFIL.is_char_boundary(at) && FULFIL.is_char_boundary(end) {
            let text = format!("{}{put}{}", &FULFIL[..at], &FULFIL[end..]);
            if let Err(error) = Template::parse(&text) {
                // The line breaks that YAML knows.
                let lines = text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
                prop_assert!(error.findings.iter().all(|f| f.line >= 1 && f.column >= 1 && f.line <= lines + 2));
            }
        }
    }
}
