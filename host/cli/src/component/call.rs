//! `tasker component call`

use crate::build::Profile;
use crate::client;
use crate::local_sandbox::{Called, Given, LocalCall, LocalComponent, LocalSandbox};
use crate::paint::{Tone, bad};
use crate::{
    CliError, Context, Exit, Problem, Reference, Reply, Result, good, input, sent_bytes, tell,
    units,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tasker_domain::byte_order_mark::without_mark;
use tasker_domain::capability::Capability;
use tasker_domain::name::Name;
use tasker_domain::secret::SecretValue;
use tasker_wire::component::{
    ComponentVersion, DownloadComponent, ShowComponent, ShowComponentVersion,
};

/// Run one handler once on this machine, and show what it did.
///
/// The handler is one of the project in this folder, which is built, or one of a component that a host has, whose bytes are
/// downloaded and checked by their digest. It runs in the same sandbox as on a host, without a task and without a database: secrets, kv entries and
/// results of earlier steps are what the options say, and nothing is recorded. The result goes to standard output,
/// everything else to standard error.
#[derive(Debug, clap::Args)]
pub struct CallHandler {
    /// `charge`: of the project. `orders/billing/charge`, with @1.2.0 or as the highest version that new tasks may use: of the
    /// host.
    #[arg(value_name = "HANDLER")]
    handler: Callee,
    /// The folder of the project.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    project: PathBuf,
    /// Call this component instead of building the project.
    #[arg(long, value_name = "FILE", conflicts_with = "project")]
    component: Option<PathBuf>,
    /// The input of the task: JSON text, @FILE, or @- for standard input.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    input: String,
    /// The `config` of the step: JSON text or @FILE.
    #[arg(long, value_name = "JSON", default_value = "{}")]
    config: String,
    /// The result of an earlier step: JSON text or @FILE.
    #[arg(long = "dependency", value_name = "STEP=JSON", value_parser = pair)]
    dependencies: Vec<(String, String)>,
    /// What the attempt before left: JSON text or @FILE.
    #[arg(long, value_name = "JSON")]
    checkpoint: Option<String>,
    /// The number of the attempt, from 1.
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = clap::value_parser!(u16).range(1..))]
    attempt: u16,
    /// A secret, from a file: arguments can be seen by others on this machine.
    #[arg(long = "secret", value_name = "NAME=@FILE", value_parser = pair)]
    secrets: Vec<(String, String)>,
    /// A kv entry: JSON text or @FILE.
    #[arg(long = "kv", value_name = "BUCKET/KEY=JSON", value_parser = pair)]
    kv: Vec<(String, String)>,
    /// A capability besides those that the component requests, such as 'http GET api.example.com'.
    #[arg(long = "grant", value_name = "CAPABILITY")]
    grants: Vec<Capability>,
    /// Send its requests where its capabilities admit them; without this none leaves the machine.
    #[arg(long)]
    network: bool,
}

/// A handler, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Callee {
    OfProject(String),
    OfHost { of: Reference, handler: String },
}

impl FromStr for Callee {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((_, rest)) = text.split_once('/') else {
            return Ok(Self::OfProject(text.to_owned()));
        };
        let (path, version) = match text.split_once('@') {
            Some((path, version)) => (path, format!("@{version}")),
            None => (text, String::new()),
        };
        match path.rsplit_once('/') {
            Some((component, handler)) if rest.contains('/') => Ok(Self::OfHost {
                of: format!("{component}{version}")
                    .parse()
                    .map_err(|error: crate::reference::ReferenceError| error.to_string())?,
                handler: handler.to_owned(),
            }),
            _ => Err(format!(
                "`{text}` has no namespace or no handler; write HANDLER for one of the project, or \
                 NAMESPACE/COMPONENT/HANDLER for one of the host"
            )),
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text
        .split_once('=')
        .ok_or_else(|| format!("`{text}` has no `=`; write NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}

impl CallHandler {
    pub async fn run(self, context: &Context, sandbox: &dyn LocalSandbox) -> Result {
        // Before anything is built or downloaded: what is wrong here is said at once.
        let given = self.given()?;
        let (component, handler) = self.component(context).await?;
        let call = LocalCall {
            component,
            handler,
            given,
        };
        let called = sandbox.call(call).await?;
        Ok(self.shown(&called, context))
    }

    fn given(&self) -> Result<Given> {
        let dependencies = self.dependencies.iter();
        let results =
            dependencies.map(|(step, result)| Ok((step.clone(), value("--dependency", result)?)));
        let secrets = self.secrets.iter().map(|(name, from)| secret(name, from));
        let checkpoint = self.checkpoint.as_deref();
        Ok(Given {
            input: value("--input", &self.input)?,
            config: value("--config", &self.config)?,
            results: results.collect::<Result<_>>()?,
            checkpoint: checkpoint
                .map(|text| value("--checkpoint", text))
                .transpose()?,
            attempt: self.attempt,
            secrets: secrets.collect::<Result<_>>()?,
            kv: entries(&self.kv)?,
            grants: self.grants.clone(),
            has_network: self.network,
        })
    }

    /// The component, and the name of its handler.
    async fn component(&self, context: &Context) -> Result<(LocalComponent, String)> {
        let (component, handler) = match &self.handler {
            Callee::OfHost { of, handler } => (downloaded(of, context).await?, handler),
            Callee::OfProject(handler) => match &self.component {
                Some(path) => (LocalComponent::read(None, path)?, handler),
                None => {
                    let dir = self.project.clone();
                    let built = LocalComponent::built(dir, Profile::Optimized).await?;
                    (built, handler)
                }
            },
        };
        Ok((component, handler.clone()))
    }

    fn shown(&self, called: &Called, context: &Context) -> Reply {
        let mut answer = called.observed.clone();
        answer["log"] = json!(called.log);
        answer["elapsed_ms"] = json!(called.elapsed.as_secs_f64() * 1e3);
        if !context.output.is_json() {
            tell(&told(called));
        }
        let observed = &called.observed;
        let reply = context.output.show(answer, || {
            let result = observed
                .get("result")
                .or_else(|| observed.get("checkpoint"));
            result.map(pretty).unwrap_or_default()
        });
        let is_closed = observed["requests"].is_array() && !self.network;
        let warning = "no request left this machine; to send them, add --network";
        let warnings = is_closed.then(|| crate::paint::warning(warning));
        let end = match called.is_failure {
            true => Exit::Failed,
            false => Exit::Complete,
        };
        reply.warn(warnings).end(Ok(end))
    }
}

async fn downloaded(of: &Reference, context: &Context) -> Result<LocalComponent> {
    let of = match of.version {
        Some(_) => of.clone(),
        None => newest(of, context).await?,
    };
    let named = context.ask(of.version_at(ShowComponentVersion::at)).await?;
    let bytes = context.call(of.version_at(DownloadComponent::at));
    let bytes = bytes.bytes().await?;
    sent_bytes::check(&bytes, named.value.digest)?;
    if context.output.has_hints() {
        tell(&(Tone::Quiet.of(&of) + "\n"));
    }
    let name = of.family();
    Ok(LocalComponent { name, bytes })
}

/// The highest version that new tasks may use, a pre-release only where there is no other.
async fn newest(of: &Reference, context: &Context) -> Result<Reference> {
    let endpoint = of.family_at(ShowComponent::at);
    let versions = client::versions::<_, ComponentVersion>(&context.client, endpoint).await?;
    let versions = versions.value.versions.into_iter();
    let usable = versions.filter(|version| version.ineligible().is_none());
    let newest = usable
        .map(|version| version.version)
        .max_by_key(|version| (version.pre.is_empty(), version.clone()));
    let newest = newest.ok_or_else(|| {
        let what = format!("{of} has no version that new tasks may use");
        let help =
            format!("name a version, such as {of}@1.0.0; to list them: tasker component show {of}");
        CliError::from(Problem::new(Exit::NotFound, "no_version", what).help(help))
    })?;
    Ok(of.clone().at(newest))
}

fn value(option: &str, text: &str) -> Result<Value> {
    let json = input::read_json(option, text)?;
    Ok(serde_json::from_str(json.get()).map_err(anyhow::Error::from)?)
}

/// The value is in a file: arguments can be seen by others.
fn secret(name: &str, from: &str) -> Result<(Name, String)> {
    let refused = |what: String| Problem::bad_input(what);
    let known: Name = name
        .parse()
        .map_err(|error| refused(format!("--secret {name}: {error}")))?;
    let path = from.strip_prefix('@').ok_or_else(|| {
        refused(format!("the value of secret {name} is not taken from an argument, which others on this machine can see"))
            .help(format!("write it into a file, and --secret {name}=@FILE"))
    })?;
    let text = input::read_text(Path::new(path))?;
    let text = without_mark(text.trim_end_matches(['\r', '\n']));
    let value = SecretValue::parse(text.as_bytes().to_vec());
    value.map_err(|error| refused(format!("{path}: {error}")))?;
    Ok((known, text.to_owned()))
}

fn entries(given: &[(String, String)]) -> Result<BTreeMap<Name, BTreeMap<String, Value>>> {
    let mut buckets: BTreeMap<Name, BTreeMap<String, Value>> = BTreeMap::new();
    for (place, text) in given {
        let (bucket, key) = place.split_once('/').ok_or_else(|| {
            Problem::bad_input(format!("--kv {place} names no bucket"))
                .help("write BUCKET/KEY=JSON, for example --kv limits/daily=100")
        })?;
        let bucket: Name = bucket
            .parse()
            .map_err(|error| Problem::bad_input(format!("--kv {place}: {error}")))?;
        let entries = buckets.entry(bucket).or_default();
        entries.insert(key.to_owned(), value("--kv", text)?);
    }
    Ok(buckets)
}

/// What the attempt did besides its result.
fn told(called: &Called) -> String {
    let observed = &called.observed;
    let mut lines: Vec<String> = called.log.clone();
    let listed = |name: &str| observed[name].as_array().cloned().unwrap_or_default();
    for event in listed("events") {
        let name = event["name"].as_str().unwrap_or_default();
        lines.push(format!("event {name} {}", event["payload"]));
    }
    for request in listed("requests") {
        let text = |member: &str| request[member].as_str().unwrap_or_default().to_owned();
        lines.push(format!("request {} {}", text("method"), text("url")));
    }
    for (bucket, entries) in observed["kv"].as_object().into_iter().flatten() {
        for (key, value) in entries.as_object().into_iter().flatten() {
            lines.push(format!("kv {bucket}/{key} = {value}"));
        }
    }
    let mut lines: Vec<String> = lines.iter().map(|line| Tone::Quiet.of(line)).collect();
    let time = units::span(TimeDelta::from_std(called.elapsed).unwrap_or(TimeDelta::MAX));
    lines.push(match observed.get("failure") {
        Some(failure) => bad(failed(failure, &time)),
        None if observed.get("checkpoint").is_some() => good(format!(
            "left a checkpoint after {time}, and is to be called again"
        )),
        None => good(format!("complete after {time}")),
    });
    lines.join("\n") + "\n"
}

fn failed(failure: &Value, time: &str) -> String {
    let text = |member: &str| failure[member].as_str().unwrap_or_default();
    let then = match text("retry") {
        "never" => "a permanent failure".to_owned(),
        "policy" => "would be retried by the policy of the step".to_owned(),
        delay => format!("would be retried after {delay}"),
    };
    let mut told = format!(
        "{}: {} ({then}; after {time})",
        text("code"),
        text("message")
    );
    if let Some(details) = failure.get("details") {
        told += "\n";
        told += &pretty(details);
    }
    told
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_is_one_of_the_project_or_one_of_a_component_of_the_host() {
        let of_project = Callee::OfProject("charge".to_owned());
        assert_eq!("charge".parse(), Ok(of_project));
        for text in ["orders/billing", "orders/billing@1.2.0"] {
            let (path, version) = text.split_once('@').unwrap_or((text, ""));
            let at = if version.is_empty() { "" } else { "@" };
            let of_host = Callee::OfHost {
                of: text.parse().unwrap(),
                handler: "charge".to_owned(),
            };
            assert_eq!(format!("{path}/charge{at}{version}").parse(), Ok(of_host));
        }
        let refused = "billing/charge".parse::<Callee>().unwrap_err();
        assert!(refused.contains("NAMESPACE/COMPONENT/HANDLER"), "{refused}");
    }

    #[test]
    fn a_secret_is_not_taken_from_an_argument() {
        let refused = secret("token", "abc").unwrap_err();
        let CliError::Problem(refused) = refused else {
            panic!("{refused:?}");
        };
        assert!(refused.text().contains("--secret token=@FILE"));
    }
}
