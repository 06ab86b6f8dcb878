//! wasm-opt of Binaryen, where it is installed.

use super::super::program;
use anyhow::{Context as _, bail};
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = "wasm-opt";
/// Modules that are smaller have no functions worth it: what binds others together.
const SMALLEST_BYTES: usize = 16 << 10;
/// For size, as the compilers do it; with the names of functions, which a host shows where a handler traps; and with what
/// compilers use without asking, and every host has.
const ARGUMENTS: [&str; 9] = [
    "-Os",
    "--debuginfo",
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// A wasm-opt that is there.
#[derive(Debug)]
pub struct WasmOpt {
    pub version: String,
}

impl WasmOpt {
    /// That of the system.
    pub fn find() -> Option<Self> {
        let told = program::asked(PROGRAM, &["--version"])?;
        let version = version(&told)?.to_owned();
        Some(Self { version })
    }

    /// The module, optimised; what is exchanged with the program is at `scratch` meanwhile.
    pub fn optimised(&self, module: &[u8], scratch: &Path) -> anyhow::Result<Vec<u8>> {
        if module.len() < SMALLEST_BYTES {
            return Ok(module.to_vec());
        }
        let at = || format!("cannot write {}", scratch.display());
        std::fs::write(scratch, module).with_context(at)?;
        let mut command = Command::new(PROGRAM);
        command.args(ARGUMENTS).arg(scratch).arg("-o").arg(scratch);
        let ran = program::run(&mut command)?;
        let optimised = std::fs::read(scratch);
        std::fs::remove_file(scratch)?;
        if ran.is_none() {
            bail!("wasm-opt {} failed; the reason is above", self.version);
        }
        Ok(optimised?)
    }
}

/// The number in `wasm-opt version 132 (version_132)`.
fn version(told: &str) -> Option<&str> {
    let (_, behind) = told.split_once("version ")?;
    behind.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_what_the_program_says() {
        assert_eq!(version("wasm-opt version 132 (version_132)"), Some("132"));
        assert_eq!(version("wasm-opt version 108"), Some("108"));
        assert_eq!(version("something else"), None);
    }

    #[test]
    fn a_small_module_stays_as_it_is() {
        let wasm_opt = WasmOpt {
            version: "132".to_owned(),
        };
        let module = b"\0asm\x01\0\0\0";
        let kept = wasm_opt.optimised(module, Path::new("nowhere/scratch.wasm"));
        assert_eq!(kept.unwrap(), module);
    }
}
