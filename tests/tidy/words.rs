use super::tree::{Fault, Source, Tree};

/// What no source may hold, and what to do instead.
const UNFINISHED: [(&str, &str); 3] = [
    ("todo!", "finish it, or leave it out"),
    ("unimplemented!", "finish it, or leave it out"),
    ("#[ignore", "mend the test, or delete it"),
];

/// What may stand in tests only, and what to do instead.
const PANICS: (&str, &str) = (
    ".unwrap()",
    "return the error, or say by `expect` why it cannot happen",
);

pub fn unfinished(tree: &Tree) -> Vec<Fault> {
    tree.rust().flat_map(unfinished_in).collect()
}

fn unfinished_in(source: &Source) -> Vec<Fault> {
    let tests_from = match source.is_test() {
        true => 0,
        false => source.first_test_line(),
    };
    let mut faults = Vec::new();
    for (line, code) in source.lines() {
        let may_panic = Some(PANICS).filter(|_| line < tests_from);
        for (word, instead) in UNFINISHED.into_iter().chain(may_panic) {
            if code.contains(word) {
                faults.push(source.fault(line, format!("`{word}`: {instead}")));
            }
        }
    }
    faults
}

/// Replaces comments and the insides of strings by blanks, so that what is left is code.
pub fn blank_comments_and_strings(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let inert = inert_length(rest, code.chars().next_back());
        let (taken, blank) = match inert {
            0 => (first.len_utf8(), false),
            length => (length, true),
        };
        let (piece, after) = rest.split_at(taken);
        match blank {
            false => code.push_str(piece),
            true => code.extend(piece.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' })),
        }
        rest = after;
    }
    code
}

/// The length of the comment, string or character that `rest` starts with, or 0.
fn inert_length(rest: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return rest.find("*/").map_or(rest.len(), |at| at + 2);
    }
    if rest.starts_with('"') {
        return quoted_length(rest);
    }
    if !in_word && rest.starts_with('r') {
        return raw_length(rest);
    }
    character_length(rest)
}

fn quoted_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return at + 1,
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

fn raw_length(rest: &str) -> usize {
    let hashes = rest[1..].bytes().take_while(|byte| *byte == b'#').count();
    if rest.as_bytes().get(1 + hashes) != Some(&b'"') {
        return 0;
    }
    let end = format!("\"{}", "#".repeat(hashes));
    let inside = 2 + hashes;
    rest[inside..]
        .find(&end)
        .map_or(rest.len(), |at| inside + at + end.len())
}

/// A character in quotes; a lifetime has no second quote that near.
fn character_length(rest: &str) -> usize {
    let Some(inside) = rest.strip_prefix('\'') else {
        return 0;
    };
    if inside.starts_with('\\') {
        return inside[2..].find('\'').map_or(0, |at| at + 4);
    }
    let length = inside.chars().next().map_or(0, char::len_utf8);
    match inside[length..].starts_with('\'') {
        true => length + 2,
        false => 0,
    }
}

#[test]
fn only_code_is_left_of_a_source() {
    let source = "let a = \"todo! \\\" }\"; // }\nlet b: &'static str = r#\"}\"#; let c = '}';";
    let code = blank_comments_and_strings(source);
    assert_eq!(code.len(), source.len());
    assert!(!code.contains('}') && !code.contains("todo"), "{code}");
    assert!(code.contains("&'static str"), "{code}");
}
