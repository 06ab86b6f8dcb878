//! What `tasker build --release` adds to a build: a component without what debuggers need, optimised, and with its origin.

mod commit;
mod component;
mod wasm_opt;

use anyhow::Context as _;
use commit::commit_of;
use serde::Serialize;
use std::path::{Path, PathBuf};
use wasm_metadata::Producers;
use wasm_opt::WasmOpt;

/// The custom section with the commit of the source, as `wasm-tools metadata` has it.
const REVISION: &str = "revision";

/// Why wasm-opt optimises nothing.
const NOT_INSTALLED: &str = "it is not installed (apt-get install binaryen, brew install binaryen)";
const INTERPRETED: &str = "the interpreter in the component was optimised when it was built";

/// A tool or an SDK, and its version.
pub type Versioned = (String, String);

/// What a language says of a build.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    pub sdk: Option<Versioned>,
    /// True if the component is an interpreter with code for it: that was optimised when it was built.
    pub is_interpreted: bool,
    /// Tools that do not write themselves into what they make.
    pub tools: Vec<Versioned>,
    /// Why the same source may make other bytes elsewhere; none where it makes the same.
    pub varies: Option<String>,
}

/// What was made of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Released {
    /// The commit of the source; none where it is not known.
    pub commit: Option<String>,
    /// Why it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_commit: Option<&'static str>,
    /// The version of wasm-opt that optimised it.
    pub wasm_opt: Option<String>,
    /// Why it did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub no_wasm_opt: Option<&'static str>,
    /// True if the same source and tools make the same bytes in any folder.
    pub reproducible: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub varies: Option<String>,
}

/// Makes a release of what was built at `built` from the source in `dir`, beside it.
pub fn release(built: &Path, dir: &Path, origin: Origin) -> anyhow::Result<(PathBuf, Released)> {
    let bytes = std::fs::read(built).with_context(|| format!("cannot read {}", built.display()))?;
    let out = built.with_extension("release.wasm");
    let wasm_opt = match origin.is_interpreted {
        true => Err(INTERPRETED),
        false => WasmOpt::find().ok_or(NOT_INSTALLED),
    };
    let scratch = out.with_extension("module.wasm");
    let optimised = component::rewritten(&bytes, &|module| match &wasm_opt {
        Ok(wasm_opt) => wasm_opt.optimised(module, &scratch),
        Err(_) => Ok(module.to_vec()),
    });
    let optimised = optimised.with_context(|| format!("cannot optimise {}", built.display()))?;
    let commit = commit_of(dir);
    let wasm_opt = wasm_opt.map(|it| it.version);
    let producers = producers(&origin, wasm_opt.as_deref().ok());
    let mut released = producers.add_to_wasm(&optimised)?;
    if let Ok(commit) = &commit {
        component::add_custom_section(&mut released, REVISION, commit.as_bytes());
    }
    component::check(&released)?;
    std::fs::write(&out, released).with_context(|| format!("cannot write {}", out.display()))?;
    let varies = origin.varies;
    let released = Released {
        no_commit: commit.as_ref().err().copied(),
        commit: commit.ok(),
        no_wasm_opt: wasm_opt.as_ref().err().copied(),
        wasm_opt: wasm_opt.ok(),
        reproducible: varies.is_none(),
        varies,
    };
    Ok((out, released))
}

fn producers(origin: &Origin, wasm_opt: Option<&str>) -> Producers {
    let mut producers = Producers::empty();
    producers.add("processed-by", "tasker", env!("CARGO_PKG_VERSION"));
    for (name, version) in &origin.tools {
        producers.add("processed-by", name, version);
    }
    if let Some(version) = wasm_opt {
        producers.add("processed-by", "wasm-opt", version);
    }
    if let Some((name, version)) = &origin.sdk {
        producers.add("sdk", name, version);
    }
    producers
}

impl Released {
    /// A line for each thing that there is to say.
    pub fn lines(&self) -> Vec<String> {
        let commit = match (&self.commit, self.no_commit) {
            (Some(commit), _) => format!("commit {commit}"),
            (None, why) => format!("no commit: {}", why.unwrap_or_default()),
        };
        let wasm_opt = match (&self.wasm_opt, self.no_wasm_opt) {
            (Some(version), _) => format!("optimised by wasm-opt {version}"),
            (None, why) => format!("not optimised by wasm-opt: {}", why.unwrap_or_default()),
        };
        let varies = match &self.varies {
            Some(why) => format!("not known to be reproducible: {why}"),
            None => "reproducible: the same source and tools make the same digest".to_owned(),
        };
        vec![commit, wasm_opt, varies]
    }
}
