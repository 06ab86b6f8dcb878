use super::tree::{Fault, Source, Tree};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;

pub fn files(tree: &Tree) -> Vec<Fault> {
    let sources = tree.rust().chain(tree.sql());
    sources
        .filter_map(|source| {
            let lines = source.text.lines().count();
            (lines > FILE_LINES_MAX).then(|| {
                let what = format!(
                    "{lines} lines, at most {FILE_LINES_MAX} are allowed: part of it should be a \
                     file of its own"
                );
                source.fault(FILE_LINES_MAX, what)
            })
        })
        .collect()
}

pub fn functions(tree: &Tree) -> Vec<Fault> {
    tree.rust().flat_map(functions_of).collect()
}

fn functions_of(source: &Source) -> Vec<Fault> {
    let starts = source.code.match_indices("fn ").filter(|(at, _)| {
        let before = source.code[..*at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
    });
    starts
        .filter_map(|(start, _)| {
            let end = end_of_body(&source.code, start)?;
            let first = source.line_of(start);
            let lines = source.line_of(end) - first + 1;
            (lines > FUNCTION_LINES_MAX).then(|| {
                let what = format!(
                    "a function of {lines} lines, at most {FUNCTION_LINES_MAX} are allowed: \
                     a part of it should have its own name"
                );
                source.fault(first, what)
            })
        })
        .collect()
}

/// The byte of the brace that closes the body of the function that starts at `start`; `None` for a
/// declaration without a body.
fn end_of_body(code: &str, start: usize) -> Option<usize> {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for (at, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => brackets += 1,
            b')' | b']' => brackets = brackets.saturating_sub(1),
            b';' if braces == 0 && brackets == 0 => return None,
            b'{' => braces += 1,
            b'}' if braces <= 1 => return Some(at),
            b'}' => braces -= 1,
            _ => {}
        }
    }
    None
}
