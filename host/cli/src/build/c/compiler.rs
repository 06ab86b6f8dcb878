//! The compiler: zig, of a Python environment or of the system, or the clang of a wasi-sdk.

use super::super::{Profile, program};
use anyhow::bail;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What has zig as a package of Python.
const PACKAGE: &str = "ziglang==0.17.1";
/// Where a wasi-sdk is, as its own documentation has it.
const WASI_SDK: &str = "WASI_SDK_PATH";

/// A compiler that makes modules of WebAssembly with WASI.
#[derive(Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The program, and what comes before the name of the tool.
    Zig(PathBuf, &'static [&'static str]),
    /// The folder with clang, llvm-ar, and the C library.
    WasiSdk(PathBuf),
}

impl Compiler {
    /// The wasi-sdk that is named; or the zig of the project's own environment, of the active one, of the system, or of the
    /// system's Python: the first that is there.
    pub fn find(dir: &Path) -> anyhow::Result<Self> {
        if let Some(sdk) = env::var_os(WASI_SDK) {
            return Self::in_wasi_sdk(sdk.into());
        }
        let active = env::var_os("VIRTUAL_ENV").map(PathBuf::from);
        let environments = [Some(dir.join(".venv")), active].into_iter().flatten();
        let packaged = |python: PathBuf| Self::Zig(python, &["-m", "ziglang"]);
        let mut all: Vec<Self> = environments
            .map(|it| packaged(it.join("bin/python")))
            .collect();
        all.push(Self::Zig("zig".into(), &[]));
        all.push(packaged("python3".into()));
        match all.into_iter().find(Self::is_there) {
            Some(compiler) => Ok(compiler),
            None => bail!(
                "there is no compiler of C for WebAssembly; run in {}:\n  python3 -m venv .venv && .venv/bin/pip install {PACKAGE}\nor install zig, or set {WASI_SDK} to the folder of a wasi-sdk",
                dir.display()
            ),
        }
    }

    fn in_wasi_sdk(folder: PathBuf) -> anyhow::Result<Self> {
        let clang = folder.join("bin/clang");
        if !clang.is_file() {
            bail!(
                "{WASI_SDK} names no wasi-sdk: {} is missing",
                clang.display()
            );
        }
        Ok(Self::WasiSdk(folder))
    }

    fn is_there(&self) -> bool {
        match self {
            Self::Zig(program, before) => {
                program::asked(program, &[before, &["version"][..]].concat()).is_some()
            }
            Self::WasiSdk(_) => true,
        }
    }

    /// Compiles and links a module without a `main`.
    pub fn cc(&self, profile: Profile) -> Command {
        let mut command = match self {
            Self::Zig(program, before) => {
                let mut command = zig(program, before, "cc");
                // Without optimisations zig would link a runtime for undefined behaviour, which prints to nobody.
                command.args(["-target", "wasm32-wasi", "-fno-sanitize=undefined"]);
                command
            }
            Self::WasiSdk(folder) => {
                let mut command = Command::new(folder.join("bin/clang"));
                command.args(["--target=wasm32-wasip1", "-Wl,--stack-first"]);
                command
            }
        };
        let optimised = match profile {
            Profile::Optimized | Profile::Release => "-Os",
            Profile::Debug | Profile::Dev => "-O0",
        };
        command.args(["-mexec-model=reactor", "-g", optimised]);
        command
    }

    /// The compiler and its version, which the component does not say by itself.
    pub fn version(&self) -> Option<(String, String)> {
        let (name, version) = match self {
            Self::Zig(program, before) => {
                let version = program::asked(program, &[before, &["version"][..]].concat())?;
                ("zig", version)
            }
            Self::WasiSdk(folder) => {
                let told = std::fs::read_to_string(folder.join("VERSION")).ok()?;
                ("wasi-sdk", told.lines().next()?.to_owned())
            }
        };
        Some((name.to_owned(), version))
    }

    /// Makes archives of objects.
    pub fn ar(&self) -> Command {
        match self {
            Self::Zig(program, before) => zig(program, before, "ar"),
            Self::WasiSdk(folder) => Command::new(folder.join("bin/llvm-ar")),
        }
    }
}

/// A tool of zig.
fn zig(program: &Path, before: &[&str], tool: &str) -> Command {
    let mut command = Command::new(program);
    command.args(before).arg(tool);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(command: &Command) -> String {
        let words = std::iter::once(command.get_program()).chain(command.get_args());
        let words: Vec<_> = words.map(|it| it.to_string_lossy()).collect();
        words.join(" ")
    }

    #[test]
    fn a_folder_that_is_no_wasi_sdk_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let error = Compiler::in_wasi_sdk(dir.path().into()).unwrap_err();
        assert!(
            error.to_string().starts_with("WASI_SDK_PATH names no"),
            "{error}"
        );
        std::fs::create_dir(dir.path().join("bin")).unwrap();
        std::fs::write(dir.path().join("bin/clang"), "").unwrap();
        Compiler::in_wasi_sdk(dir.path().into()).unwrap();
    }

    #[test]
    fn a_compiler_is_called_as_it_was_found() {
        let zig = Compiler::Zig("python3".into(), &["-m", "ziglang"]);
        assert!(words(&zig.cc(Profile::Release)).starts_with("python3 -m ziglang cc -target"));
        assert_eq!(words(&zig.ar()), "python3 -m ziglang ar");
        let sdk = Compiler::WasiSdk("/opt/wasi-sdk".into());
        assert!(words(&sdk.cc(Profile::Debug)).ends_with("-O0"));
        assert_eq!(words(&sdk.ar()), "/opt/wasi-sdk/bin/llvm-ar");
    }

    #[test]
    fn a_compiler_that_is_not_there_is_not_found() {
        assert!(!Compiler::Zig("no-such-program".into(), &[]).is_there());
    }
}
