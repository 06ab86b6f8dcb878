//! Which modules a module of JavaScript imports.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// What stands before the place of an import.
const FROM: &str = " from '";

/// These modules and all that they import, except with `import()`. `read` has their texts.
pub(crate) fn needed_by(
    roots: &[&str],
    read: impl Fn(&str) -> Option<Cow<'static, [u8]>>,
) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut left: Vec<String> = roots.iter().map(|&root| root.to_owned()).collect();
    while let Some(path) = left.pop() {
        let Some(text) = read(&path) else {
            continue;
        };
        if needed.insert(path.clone()) {
            let text = String::from_utf8_lossy(&text);
            left.extend(imports(&text).filter_map(|place| resolved(&path, place)));
        }
    }
    needed
}

/// The places that a module names, if they are relative.
fn imports(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(FROM).skip(1);
    let places = parts.filter_map(|part| part.split_once('\'').map(|(place, _)| place));
    places.filter(|place| place.starts_with('.'))
}

/// A place as the module at `path` names it; none above all files.
fn resolved(path: &str, place: &str) -> Option<String> {
    let mut segments: Vec<&str> = path.split('/').collect();
    segments.pop();
    for segment in place.split('/') {
        match segment {
            "." => {}
            ".." => {
                segments.pop()?;
            }
            segment => segments.push(segment),
        }
    }
    Some(segments.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_relative_to_the_module_that_names_them() {
        assert_eq!(
            resolved("web/lib/a.js", "../b.js").as_deref(),
            Some("web/b.js")
        );
        assert_eq!(resolved("a.js", "../../b.js"), None);
        let text = "import { a } from './a.js';\nexport * from '../b.js';\nimport x from 'y';";
        assert_eq!(imports(text).collect::<Vec<_>>(), ["./a.js", "../b.js"]);
    }
}
