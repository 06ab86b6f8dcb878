//! `tasker component publish`

use super::plan;
use super::show::{self, handler_names, subscriber_names};
use crate::build::{HandlerProject, Profile, manifest_of};
use crate::drawn::{Drawn, host_works};
use crate::reference::parse_family;
use crate::signing::{SecretKey, add_signature, signatures_beside};
use crate::{
    Answer, Ask as _, CliError, Context, Problem, Reference, Reply, Result, Tone, changes, good,
    input, refuse, shell, units,
};
use futures::StreamExt as _;
use indicatif::ProgressBar;
use reqwest::Body;
use std::convert::Infallible;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use tasker_client::Call;
use tasker_domain::bounds::MAX_COMPONENT_BYTES;
use tasker_domain::digest::Digest;
use tasker_domain::resolve::VersionStatus;
use tasker_domain::sanitize::sanitize_line;
use tasker_domain::signature::Signature;
use tasker_wire::component::{ComponentVersion, PlanComponentUpload, PublishComponent};
use tasker_wire::endpoint::Endpoint;
use tasker_wire::headers::SIGNATURE;

/// Uploads from this size on show a progress bar.
const BAR_FROM_BYTES: usize = 1 << 20;
/// How much is handed to the network at a time.
const CHUNK_BYTES: usize = 64 << 10;

/// Publish a component as a version. Versions are immutable: other bytes need another version.
#[derive(Debug, clap::Args)]
pub struct Publish {
    /// A .wasm file, or the folder of a project of handlers, which is built first.
    path: PathBuf,
    /// Name; for a project, the one in its manifest unless given.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    name: Option<Reference>,
    /// Semantic version; for a project, the one in its manifest unless given.
    #[arg(long)]
    version: Option<semver::Version>,
    /// Sign it with this private key; signatures in a `.sig` file beside it are always sent.
    #[arg(long, value_name = "KEY")]
    sign: Option<PathBuf>,
    /// Show what would change, and change nothing: semver check, requested capabilities, affected
    /// templates and pins. Exits with 2 where something would be refused.
    #[arg(long)]
    dry_run: bool,
}

/// Where the bytes are, and what they call themselves.
#[derive(Default)]
pub struct Source {
    pub path: PathBuf,
    name: Option<Reference>,
    version: Option<semver::Version>,
}

/// What is to be uploaded, and as what.
pub struct Upload {
    pub release: Reference,
    pub bytes: Vec<u8>,
    pub signatures: Vec<Signature>,
}

impl Publish {
    pub async fn run(self, context: &Context) -> Result {
        let (path, is_dry) = (shell::path(&self.path), self.dry_run);
        let upload = self.prepare().await?;
        let family = upload.release.family();
        let again = format!("tasker component publish {path} --name {family}");
        if is_dry {
            let plan = planning(upload, context).ask().await?;
            return Ok(plan::shown(&plan, Some(&again), context));
        }
        let published = send(upload, context).await;
        let instead = |lowest: &str| format!("{again} --version {lowest}");
        let published = published.map_err(|error| error.instead(instead))?;
        Ok(shown(&published, context))
    }

    async fn prepare(self) -> Result<Upload> {
        let source = match self.path.is_dir() {
            true => built(self.path, self.name.is_none()).await?,
            false => Source {
                path: self.path,
                ..Source::default()
            },
        };
        let bytes = read_component(&source.path)?;
        let mut signatures = signatures_beside(&source.path)?;
        if let Some(key) = self.sign {
            let signature = SecretKey::read(&key)?.sign(Digest::of(&bytes));
            add_signature(&mut signatures, signature);
        }
        let (name, version) = (self.name.or(source.name), self.version.or(source.version));
        let missing = missing(name.is_none(), version.is_none());
        let (name, version) = name.zip(version).ok_or(missing)?;
        Ok(Upload {
            release: name.at(version),
            bytes,
            signatures,
        })
    }
}

/// Builds the project; refuses one without a name before that, where it has to have one.
pub async fn built(dir: PathBuf, needs_name: bool) -> Result<Source> {
    let nameless = nameless(&dir);
    let build = move || {
        let handlers = HandlerProject::open(dir)?;
        match needs_name && handlers.name.is_none() {
            true => Err(CliError::from(nameless)),
            false => Ok(handlers.build(Profile::Optimized)?),
        }
    };
    let build = tokio::task::spawn_blocking(build);
    let built = build.await.map_err(anyhow::Error::from)??;
    let name = built.name.as_deref().map(str::parse).transpose();
    Ok(Source {
        path: built.path,
        name: name.map_err(anyhow::Error::from)?,
        version: Some(built.version),
    })
}

fn nameless(dir: &Path) -> Problem {
    let manifest = manifest_of(dir).unwrap_or_else(|| dir.join("Cargo.toml"));
    let name = manifest.file_name().unwrap_or_default().to_string_lossy();
    let entry = match &*name {
        "package.json" => "\"tasker\": {\"component\": \"orders/charge\"}",
        "pyproject.toml" => "[tool.tasker]\ncomponent = \"orders/charge\"",
        "tasker.toml" => "[component]\nname = \"orders/charge\"",
        _ => "[package.metadata.tasker]\ncomponent = \"orders/charge\"",
    };
    Problem::bad_input(format!(
        "{} does not say what the component is called",
        manifest.display()
    ))
    .help(format!(
        "add --name orders/charge, or to the {name}:\n{entry}"
    ))
}

fn missing(name: bool, version: bool) -> Problem {
    let options = [(name, "--name orders/charge"), (version, "--version 1.0.0")];
    let options = options.into_iter().filter(|(is_missing, _)| *is_missing);
    let options = units::joined(options.map(|(_, option)| option), " ");
    Problem::bad_input("a .wasm file does not contain its name and version")
        .help(format!("add for example {options}"))
}

/// Reads a component that a host may take.
pub fn read_component(path: &Path) -> Result<Vec<u8>> {
    let bytes = input::read_bytes(path)?;
    match bytes.len() > MAX_COMPONENT_BYTES {
        true => refuse(
            too_large(path.display(), bytes.len()),
            "build it with --release and strip its debug sections",
        ),
        false => Ok(bytes),
    }
}

/// That a host takes no component of this size.
pub fn too_large(what: impl Display, bytes: usize) -> String {
    let (size, most) = (
        units::size(bytes as u64),
        units::size(MAX_COMPONENT_BYTES as u64),
    );
    format!("{what} has {size}; a component may have {most}")
}

/// A request for what publishing would change.
pub fn planning(upload: Upload, context: &Context) -> Call<'_, PlanComponentUpload> {
    let endpoint = upload.release.version_at(PlanComponentUpload::at);
    signed(
        context.call(endpoint).media(upload.bytes),
        &upload.signatures,
    )
}

/// What came of an upload, and what to do next.
pub fn shown(published: &Answer<ComponentVersion>, context: &Context) -> Reply {
    let (text, version) = (&published.text, &published.value);
    let release = version.release();
    let reply = context
        .output
        .made(text, &release, || published_text(version));
    let show = format!("tasker component show {release}");
    reply.next(show::next(version)).next([show])
}

/// Uploads with a progress bar where that takes long.
pub async fn send(upload: Upload, context: &Context) -> Result<Answer<ComponentVersion>> {
    let endpoint = upload.release.version_at(PublishComponent::at);
    let bytes = upload.bytes.len();
    let is_shown = bytes >= BAR_FROM_BYTES && !context.output.is_json();
    let drawn = is_shown.then(|| Drawn::upload(bytes as u64));
    let body = match &drawn {
        Some(Drawn(bar)) if !bar.is_hidden() => counted(upload.bytes, bar.clone()),
        Some(_) | None => upload.bytes.into(),
    };
    let call = context.call(endpoint).media(body).length(bytes);
    signed(call, &upload.signatures).ask().await
}

/// Sends signatures with an upload.
fn signed<'a, E: Endpoint>(call: Call<'a, E>, signatures: &[Signature]) -> Call<'a, E> {
    let texts = signatures.iter().map(Signature::to_string);
    texts.fold(call, |call, signature| call.header(SIGNATURE, &signature))
}

/// The bytes as a body that moves the bar while it is read, and then says that the host works.
fn counted(bytes: Vec<u8>, bar: ProgressBar) -> Body {
    let starts = (0..bytes.len()).step_by(CHUNK_BYTES);
    Body::wrap_stream(futures::stream::iter(starts).map(move |start| {
        let end = bytes.len().min(start + CHUNK_BYTES);
        bar.inc((end - start) as u64);
        if end == bytes.len() {
            host_works(&bar);
        }
        Ok::<_, Infallible>(bytes[start..end].to_vec())
    }))
}

/// What came of an upload.
fn published_text(published: &ComponentVersion) -> String {
    let done = match (published.restored, published.created) {
        (true, _) => "had been collected; its bytes were brought back",
        (false, Some(false)) => "was there already, with the same bytes",
        (false, Some(true) | None) => "published",
    };
    let release = published.release();
    let subscribers = subscriber_names(published);
    let holds = match (subscribers.is_empty(), published.handlers.is_empty()) {
        (true, _) => format!("handlers: {}", handler_names(published)),
        (false, true) => format!("subscribers: {subscribers}"),
        (false, false) => {
            let handlers = handler_names(published);
            format!("handlers: {handlers}\n  subscribers: {subscribers}")
        }
    };
    let (size, digest) = (units::size(published.size_bytes), published.digest.short());
    let report: String = published.compat_report.iter().map(changes::since).collect();
    let done = good(format_args!("{release} {done} ({size}, digest {digest})"));
    let text = format!("{done}\n  {holds}{report}");
    text + &ineligible_text(published) + &waiting_text(published)
}

/// That it is taken out of use, whatever was uploaded.
fn ineligible_text(published: &ComponentVersion) -> String {
    let reasons = [
        (
            published.quarantined,
            "its code is quarantined: no host starts it",
        ),
        (
            published.status == VersionStatus::Yanked,
            "it is yanked: new tasks don't take it",
        ),
    ];
    let mark = Tone::Caution.of("⊘");
    let reasons = reasons.into_iter().filter(|(is_so, _)| *is_so);
    reasons.map(|(_, why)| format!("\n{mark} {why}")).collect()
}

/// That no task takes it before somebody agrees, and to what.
fn waiting_text(published: &ComponentVersion) -> String {
    if published.unapproved.is_empty() {
        return String::new();
    }
    let lead = Tone::Bad.of("it needs approval");
    let new = published.unapproved.iter();
    let new: String = new
        .map(|it| format!("\n    + {}", sanitize_line(it)))
        .collect();
    format!("\n  {lead}: it requests new capabilities{new}")
}
