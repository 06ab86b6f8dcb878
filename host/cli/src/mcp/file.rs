//! Files of this machine that an agent names.
//!
//! An agent may have been told their paths by somebody else. So only what is a component or called like a template is read
//! and sent to the host.

use crate::component::publish::too_large;
use crate::{Problem, Result, input, units};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;
use tasker_domain::bounds::MAX_COMPONENT_BYTES;
use tasker_domain::byte_order_mark::strip_mark;
use tasker_wire::endpoint::Endpoint as _;
use tasker_wire::template::PlanTemplate;

/// The first bytes of everything that is WebAssembly.
const MAGIC: &[u8] = b"\0asm";

/// Reads a component that a host may take.
pub fn component(path: &Path) -> Result<Vec<u8>> {
    let bytes = read(path, MAX_COMPONENT_BYTES)?;
    if bytes.len() > MAX_COMPONENT_BYTES {
        return Err(Problem::bad_input(too_large(path.display(), bytes.len())).into());
    }
    match bytes.starts_with(MAGIC) {
        true => Ok(bytes),
        false => Err(Problem::of_file(path, "it is not a WebAssembly component").into()),
    }
}

/// Reads the YAML of a template that a host may take.
pub fn template(path: &Path) -> Result<String> {
    if !input::is_yaml(path) {
        return Err(Problem::of_file(path, "a template is in a file .yaml or .yml").into());
    }
    let bytes = read(path, PlanTemplate::MAX_BODY_BYTES)?;
    if bytes.len() > PlanTemplate::MAX_BODY_BYTES {
        let most = units::size(PlanTemplate::MAX_BODY_BYTES as u64);
        return Err(Problem::of_file(path, format!("a template may have {most}")).into());
    }
    let mut text =
        String::from_utf8(bytes).map_err(|_| Problem::of_file(path, "it is not UTF-8 text"))?;
    strip_mark(&mut text);
    Ok(text)
}

/// Reads a file, and one byte more than it may have where it is larger. A pipe or a device is not opened: it may never end.
fn read(path: &Path, most: usize) -> Result<Vec<u8>> {
    let unreadable = |error: io::Error| {
        let what = format!("cannot read {}: {error}", path.display());
        Problem::bad_input(what).help("name a file of the machine on which `tasker mcp` runs")
    };
    if !fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(Problem::of_file(path, "it is not a regular file").into());
    }
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let read = file.take(most as u64 + 1).read_to_end(&mut bytes);
    read.map_err(unreadable)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CliError;

    fn refused<T: std::fmt::Debug>(read: Result<T>) -> String {
        match read.unwrap_err() {
            CliError::Problem(problem) => problem.json(),
            CliError::ClosedPipe => unreachable!("reading has no closed pipe"),
        }
    }

    #[test]
    fn only_components_and_templates_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        let wasm = file("a.wasm", b"\0asm\x0d\0\x01\0");
        assert_eq!(component(&wasm).unwrap().len(), 8);
        let yaml = file("a.yaml", b"\xef\xbb\xbfname: a\n");
        assert_eq!(template(&yaml).unwrap(), "name: a\n");
        for (refused, told) in [
            (refused(component(&yaml)), "not a WebAssembly component"),
            (refused(template(&wasm)), ".yaml or .yml"),
            (refused(component(folder.path())), "not a regular file"),
            (
                refused(component(Path::new("/dev/zero"))),
                "not a regular file",
            ),
            (
                refused(component(&folder.path().join("none"))),
                "cannot read",
            ),
            (refused(template(&file("b.yml", &[0xff]))), "not UTF-8"),
        ] {
            assert!(refused.contains(told), "{told}: {refused}");
        }
    }

    #[test]
    fn a_file_has_a_bound() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large.yaml");
        let file = File::create(&path).unwrap();
        file.set_len(PlanTemplate::MAX_BODY_BYTES as u64 + 1)
            .unwrap();
        let large = refused(template(&path));
        assert!(large.contains("a template may have 8"), "{large}");
        file.set_len(MAX_COMPONENT_BYTES as u64 + 1).unwrap();
        let large = refused(component(&path));
        assert!(large.contains("a component may have 64"), "{large}");
    }
}
