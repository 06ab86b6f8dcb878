//! The sections of a component: those of its modules are rewritten, all else stays byte by byte.

use anyhow::{Context as _, bail};
use wasmparser::{Validator, WasmFeatures};

/// The magic number, and the version and layer.
const HEADER_BYTES: usize = 8;
/// How a component begins, and a module.
const COMPONENT: [u8; HEADER_BYTES] = *b"\0asm\x0d\0\x01\0";
const MODULE: [u8; HEADER_BYTES] = *b"\0asm\x01\0\0\0";
/// The ids of sections.
const CUSTOM: u8 = 0;
const CORE_MODULE: u8 = 1;
const NESTED_COMPONENT: u8 = 4;
/// The custom sections of debuggers. The names of functions stay: a host shows them where a handler traps.
const DEBUG: &str = ".debug_";
/// The bits of a byte of a LEB128 number, and the bit that says that another byte follows.
const LEB_BITS: u32 = 7;
const LEB_MORE: u8 = 0x80;

/// What is made of the bytes of a module.
type Rewrite<'a> = &'a dyn Fn(&[u8]) -> anyhow::Result<Vec<u8>>;

/// The component with each of its modules stripped and rewritten.
pub fn rewritten(component: &[u8], rewrite: Rewrite<'_>) -> anyhow::Result<Vec<u8>> {
    let mut out = header(component, COMPONENT)?.to_vec();
    for section in sections(component) {
        let (id, content) = section?;
        match id {
            CORE_MODULE => put(&mut out, id, &rewrite(&stripped(content)?)?),
            NESTED_COMPONENT => put(&mut out, id, &rewritten(content, rewrite)?),
            CUSTOM if is_debug(content) => {}
            _ => put(&mut out, id, content),
        }
    }
    Ok(out)
}

/// The module without what debuggers need.
fn stripped(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut out = header(module, MODULE)?.to_vec();
    for section in sections(module) {
        let (id, content) = section?;
        if id != CUSTOM || !is_debug(content) {
            put(&mut out, id, content);
        }
    }
    Ok(out)
}

/// Adds a custom section at the end.
pub fn add_custom_section(wasm: &mut Vec<u8>, name: &str, data: &[u8]) {
    let mut content = leb(name.len());
    content.extend_from_slice(name.as_bytes());
    content.extend_from_slice(data);
    put(wasm, CUSTOM, &content);
}

/// Refuses what is no component any more: nothing of a release may depend on the tools that were there.
pub fn check(component: &[u8]) -> anyhow::Result<()> {
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    validator
        .validate_all(component)
        .context("the release is no component")?;
    Ok(())
}

fn header(wasm: &[u8], expected: [u8; HEADER_BYTES]) -> anyhow::Result<&[u8]> {
    match wasm.get(..HEADER_BYTES) {
        Some(header) if header == expected => Ok(header),
        _ => bail!("it does not begin as a component and its modules do"),
    }
}

/// The sections behind the header: ids and contents.
fn sections(wasm: &[u8]) -> impl Iterator<Item = anyhow::Result<(u8, &[u8])>> {
    let mut rest = wasm.get(HEADER_BYTES..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (&id, behind) = rest.split_first()?;
        let section = number(behind).and_then(|(bytes, behind)| {
            behind
                .split_at_checked(bytes)
                .context("a section ends beyond its module")
        });
        match section {
            Ok((content, behind)) => {
                rest = behind;
                Some(Ok((id, content)))
            }
            Err(error) => {
                rest = &[];
                Some(Err(error))
            }
        }
    })
}

fn put(out: &mut Vec<u8>, id: u8, content: &[u8]) {
    out.push(id);
    out.extend(leb(content.len()));
    out.extend_from_slice(content);
}

fn is_debug(custom: &[u8]) -> bool {
    let name = number(custom)
        .ok()
        .and_then(|(bytes, rest)| rest.get(..bytes));
    name.is_some_and(|name| name.starts_with(DEBUG.as_bytes()))
}

/// An unsigned number as LEB128.
fn leb(number: usize) -> Vec<u8> {
    let mut rest = number;
    let mut bytes = Vec::new();
    loop {
        let low = rest.to_le_bytes()[0] & !LEB_MORE;
        rest >>= LEB_BITS;
        if rest == 0 {
            bytes.push(low);
            return bytes;
        }
        bytes.push(low | LEB_MORE);
    }
}

/// The number at the beginning, and what is behind it.
fn number(bytes: &[u8]) -> anyhow::Result<(usize, &[u8])> {
    let mut number = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let shift = LEB_BITS * u32::try_from(at)?;
        let part = usize::from(byte & !LEB_MORE).checked_shl(shift);
        number |= part.context("a number is too large")?;
        if byte & LEB_MORE == 0 {
            return Ok((number, &bytes[at + 1..]));
        }
    }
    bail!("a number has no end")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn custom(name: &str) -> Vec<u8> {
        let mut section = Vec::new();
        add_custom_section(&mut section, name, &[7]);
        section
    }

    /// A component of a module with these custom sections, and of a component with the same module.
    fn component(names: &[&str]) -> Vec<u8> {
        let mut module = MODULE.to_vec();
        for name in names {
            module.extend(custom(name));
        }
        let mut inner = COMPONENT.to_vec();
        put(&mut inner, CORE_MODULE, &module);
        let mut outer = COMPONENT.to_vec();
        put(&mut outer, CORE_MODULE, &module);
        put(&mut outer, NESTED_COMPONENT, &inner);
        outer
    }

    #[test]
    fn numbers_are_read_as_they_are_written() {
        for value in [0, 1, 127, 128, 300, 65_535, 16_777_216] {
            let written = leb(value);
            assert_eq!(number(&written).unwrap(), (value, &[][..]));
        }
        assert!(number(&[LEB_MORE]).is_err());
        assert!(number(&[0xff; 12]).is_err());
    }

    #[test]
    fn what_debuggers_need_is_left_out_of_all_modules_and_nothing_else() {
        let with = component(&["name", ".debug_info", "other"]);
        let without = rewritten(&with, &|module| Ok(module.to_vec())).unwrap();
        assert_eq!(without, component(&["name", "other"]));
        check(&without).unwrap();
    }

    #[test]
    fn every_module_is_rewritten() {
        let rewrite = |module: &[u8]| {
            let mut module = module.to_vec();
            add_custom_section(&mut module, "added", &[7]);
            Ok(module)
        };
        let added = rewritten(&component(&["name"]), &rewrite).unwrap();
        assert_eq!(added, component(&["name", "added"]));
    }

    #[test]
    fn what_is_no_component_is_refused() {
        for wrong in [&b"nothing"[..], &MODULE, b"\0asm\x0d\0\x01\0\x01\x20"] {
            assert!(rewritten(wrong, &|module| Ok(module.to_vec())).is_err());
        }
        assert!(check(b"\0asm\x0d\0\x01\0\x0b\x01\x01").is_err());
    }
}
