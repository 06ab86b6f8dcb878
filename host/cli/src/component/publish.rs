//! `tasker component publish`

use super::show::{self, handler_names};
use crate::build::{HandlerCrate, Profile};
use crate::client::{Answer, Ask as _};
use crate::output::Output;
use crate::paint::Tone;
use crate::reference::{Reference, parse_family};
use crate::signing::{SecretKey, add_signature, signatures_beside};
use crate::{CliError, Context, Exit, Problem, changes, input, shell, units};
use futures::StreamExt as _;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::Body;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::time::Duration;
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
/// How often the sign that the host still works is redrawn.
const SPIN_INTERVAL: Duration = Duration::from_millis(100);

/// Publish a component as a version. Versions are immutable: other bytes need another version.
#[derive(Debug, clap::Args)]
pub struct Publish {
    /// A .wasm file, or the folder of a handler crate, which is built first.
    path: PathBuf,
    /// Name; for a crate, the one in its Cargo.toml unless given.
    #[arg(long, value_name = "NAMESPACE/NAME", value_parser = parse_family)]
    name: Option<Reference>,
    /// Semantic version; for a crate, the one in its Cargo.toml unless given.
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
pub struct Source {
    pub path: PathBuf,
    name: Option<Reference>,
    version: Option<semver::Version>,
}

/// What is to be uploaded, and as what.
pub(crate) struct Upload {
    pub name: Reference,
    pub version: semver::Version,
    pub bytes: Vec<u8>,
    pub signatures: Vec<Signature>,
}

impl Publish {
    pub async fn run(self, context: &Context) -> Result<Exit, CliError> {
        let (path, is_dry) = (shell::path(&self.path), self.dry_run);
        let upload = self.prepare().await?;
        let again = format!("tasker component publish {path} --name {}", upload.name);
        if is_dry {
            return preview(upload, &again, context).await;
        }
        let published = send(upload, context)
            .await
            .map_err(|error| error.instead(|lowest| format!("{again} --version {lowest}")))?;
        show_published(&published, context)?;
        Ok(Exit::Complete)
    }

    async fn prepare(self) -> Result<Upload, CliError> {
        let Self {
            path,
            name,
            version,
            sign,
            dry_run: _,
        } = self;
        let source = match path.is_dir() {
            true => built(path, name.is_none()).await?,
            false => Source {
                path,
                name: None,
                version: None,
            },
        };
        let name = name.or(source.name);
        let version = version.or(source.version);
        let bytes = read_component(&source.path)?;
        let mut signatures = signatures_beside(&source.path)?;
        if let Some(key) = sign {
            let signature = SecretKey::read(&key)?.sign(Digest::of(&bytes));
            add_signature(&mut signatures, signature);
        }
        let (Some(name), Some(version)) = (name.clone(), version.clone()) else {
            return Err(missing(name.is_none(), version.is_none()).into());
        };
        Ok(Upload {
            name,
            version,
            bytes,
            signatures,
        })
    }
}

/// Builds the crate; refuses one without a name before that, where it has to have one.
pub async fn built(dir: PathBuf, needs_name: bool) -> Result<Source, CliError> {
    let nameless = nameless(&dir);
    let build = move || {
        let handlers = HandlerCrate::open(dir)?;
        match needs_name && handlers.name.is_none() {
            true => Err(CliError::from(nameless)),
            false => Ok(handlers.build(Profile::Release)?),
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
    let manifest = dir.join("Cargo.toml").display().to_string();
    Problem::bad_input(format!("{manifest} does not say what the component is called")).help(
        "add --name orders/charge, or to the Cargo.toml:\n[package.metadata.tasker]\ncomponent = \"orders/charge\"",
    )
}

fn missing(name: bool, version: bool) -> Problem {
    let options = [(name, "--name orders/charge"), (version, "--version 1.0.0")];
    let options = options.into_iter().filter(|(is_missing, _)| *is_missing);
    let options: Vec<_> = options.map(|(_, option)| option).collect();
    Problem::bad_input("a .wasm file does not contain its name and version")
        .help(format!("add for example {}", options.join(" ")))
}

/// Reads a component that a host may take.
pub fn read_component(path: &Path) -> Result<Vec<u8>, CliError> {
    let bytes = input::read_bytes(path)?;
    if bytes.len() > MAX_COMPONENT_BYTES {
        let (size, most) = (
            units::size(bytes.len() as u64),
            units::size(MAX_COMPONENT_BYTES as u64),
        );
        let what = format!("{} has {size}; a component may have {most}", path.display());
        return Err(Problem::bad_input(what)
            .help("build it with --release and strip its debug sections")
            .into());
    }
    Ok(bytes)
}

/// Shows what publishing would change; `again` publishes it, but for the version.
async fn preview(upload: Upload, again: &str, context: &Context) -> Result<Exit, CliError> {
    let Upload {
        name,
        version,
        bytes,
        signatures,
    } = upload;
    let endpoint = PlanComponentUpload::at(name.namespace, name.name, version.to_string());
    let call = context.client.call(endpoint).media(bytes);
    let answer = signed(call, &signatures).ask().await?;
    super::plan::show(&answer, Some(again), context)
}

/// Shows what came of an upload, and what to do next.
pub(crate) fn show_published(
    published: &Answer<ComponentVersion>,
    context: &Context,
) -> Result<(), CliError> {
    let (version, output) = (&published.value, context.output);
    let release = version.release();
    output.made(&published.text, &release, || {
        published_text(version, output)
    })?;
    let mut commands = show::next(version);
    commands.push(format!("tasker component show {release}"));
    output.next(&commands);
    Ok(())
}

/// Uploads with a progress bar where that takes long.
pub(crate) async fn send(
    upload: Upload,
    context: &Context,
) -> Result<Answer<ComponentVersion>, CliError> {
    let endpoint = PublishComponent {
        namespace: upload.name.namespace,
        name: upload.name.name,
        version: upload.version.to_string(),
    };
    let bytes = upload.bytes.len();
    let bar = progress(bytes, context.output);
    let body = counted(upload.bytes, bar.clone());
    let call = context.client.call(endpoint).media(body).length(bytes);
    let answer = signed(call, &upload.signatures).ask().await;
    bar.finish_and_clear();
    answer
}

/// Sends signatures with an upload.
pub fn signed<'a, E: Endpoint>(call: Call<'a, E>, signatures: &[Signature]) -> Call<'a, E> {
    let texts = signatures.iter().map(Signature::to_string);
    texts.fold(call, |call, signature| call.header(SIGNATURE, &signature))
}

fn progress(bytes: usize, output: Output) -> ProgressBar {
    if bytes < BAR_FROM_BYTES || output.is_json() {
        return ProgressBar::hidden();
    }
    ProgressBar::new(bytes as u64).with_style(style(
        "uploading {bar:40} {bytes} of {total_bytes}, {eta} left",
    ))
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).expect("the template is written in this file")
}

/// The bytes as a body that moves the bar while it is read, and then says that the host works.
fn counted(bytes: Vec<u8>, bar: ProgressBar) -> Body {
    if bar.is_hidden() {
        return bytes.into();
    }
    let starts = (0..bytes.len()).step_by(CHUNK_BYTES);
    Body::wrap_stream(futures::stream::iter(starts).map(move |start| {
        let end = bytes.len().min(start + CHUNK_BYTES);
        bar.inc((end - start) as u64);
        if end == bytes.len() {
            bar.set_style(style(
                "{spinner} the host compiles and checks it ({elapsed})",
            ));
            bar.enable_steady_tick(SPIN_INTERVAL);
        }
        Ok::<_, Infallible>(bytes[start..end].to_vec())
    }))
}

/// What came of an upload.
fn published_text(published: &ComponentVersion, output: Output) -> String {
    let done = match (published.restored, published.created) {
        (true, _) => "had been collected; its bytes were brought back",
        (false, Some(false)) => "was there already, with the same bytes",
        (false, Some(true) | None) => "published",
    };
    let report = published.compat_report.iter();
    let report: String = report.map(|it| changes::since(it, output)).collect();
    let text = format!(
        "{} {} {done} ({}, digest {})\n  handlers: {}{report}",
        output.paint.tone(Tone::Good, "✔"),
        published.release(),
        units::size(published.size_bytes),
        published.digest.short(),
        handler_names(published),
    );
    text + &ineligible_text(published, output) + &waiting_text(published, output)
}

/// That it is taken out of use, whatever was uploaded.
fn ineligible_text(published: &ComponentVersion, output: Output) -> String {
    let mark = output.paint.tone(Tone::Caution, "⊘");
    let mut text = String::new();
    if published.quarantined {
        text += &format!("\n{mark} its code is quarantined: no host starts it");
    }
    if published.status == VersionStatus::Yanked {
        text += &format!("\n{mark} it is yanked: new tasks don't take it");
    }
    text
}

/// That no task takes it before somebody agrees, and to what.
fn waiting_text(published: &ComponentVersion, output: Output) -> String {
    if published.unapproved.is_empty() {
        return String::new();
    }
    let lead = output.paint.tone(Tone::Bad, "it needs approval");
    let mut text = format!("\n  {lead}: it requests new capabilities");
    for capability in &published.unapproved {
        text += &format!("\n    + {}", sanitize_line(capability));
    }
    text
}
