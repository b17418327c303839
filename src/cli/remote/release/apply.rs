//! `tollgate release apply`: release tasks from files, all of them or none.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use serde_json::{Value, json};
use uuid::Uuid;

use super::diff::tell_changes;
use crate::cli::import;
use crate::cli::remote::options::{ConnectionOptions, ServerConnection};
use crate::client::{self, ApiRequest, AppliedItem, ClientError};
use crate::domain::visible;
use crate::format::{self, WrittenDocument};
use crate::messages;

/// What to bring in.
#[derive(Debug, Args)]
pub struct Apply {
    /// YAML file of release tasks, or - for standard input; may be given several times. Nothing is changed unless all of them can be
    #[arg(long = "file", short, required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Say what would change, and change nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    connection: ConnectionOptions,
}

/// A release task that is to be there.
struct ToApply {
    name: String,
    path: Vec<String>,
    body: Value,
    /// What it would replace, as the server told when it was tried.
    version: Option<u32>,
}

impl Apply {
    /// Tries all of them, then brings in one after the other.
    pub async fn run(self) -> anyhow::Result<()> {
        let documents = import::read(&self.files)?;
        let server = self.connection.connect()?;
        let mut wanted =
            documents.into_iter().map(|document| placed(&server, document)).collect::<Result<Vec<_>, _>>()?;
        let (mut tried, mut wrong) = (Vec::new(), Vec::new());
        for one in &mut wanted {
            match send(&server, one, true).await {
                Ok(answer) => {
                    let item: AppliedItem = client::parts(&answer)?;
                    one.version = item.version_before();
                    tried.push((answer, item));
                }
                Err(error @ ClientError::Refused(_)) => wrong.push(format!("{}: {error}", one.name)),
                Err(error) => return Err(server.explained(error)),
            }
        }
        if let [only] = wrong.as_slice() {
            bail!("{only}; nothing was changed");
        }
        if !wrong.is_empty() {
            for sentence in &wrong {
                eprintln!("{}", visible::text(sentence));
            }
            bail!("{}; nothing was changed", messages::counted(wrong.len(), "problem"));
        }
        let done = if self.dry_run { tried } else { bring_in(&server, &wanted).await? };
        for (_, item) in &done {
            tell_applied(&server, item, self.dry_run);
        }
        if server.output.json {
            let applied: Vec<&Value> = done.iter().map(|(answer, _)| answer).collect();
            tell!("{}", json!({ "applied": applied, "dry_run": self.dry_run }));
        }
        Ok(())
    }
}

async fn bring_in(server: &ServerConnection, wanted: &[ToApply]) -> anyhow::Result<Vec<(Value, AppliedItem)>> {
    let mut done = Vec::new();
    for one in wanted {
        // What was tried before went well, so that something has come between.
        let answer = send(server, one, false).await.map_err(|error| server.explained(error)).with_context(|| {
            let left = wanted.len() - done.len();
            let names: Vec<&str> = wanted[..done.len()].iter().map(|one: &ToApply| one.name.as_str()).collect();
            match names.as_slice() {
                [] => format!("{}: nothing was changed", one.name),
                names => format!("{}: {} brought in before, {left} not", one.name, names.join(", ")),
            }
        })?;
        let item = client::parts(&answer)?;
        done.push((answer, item));
    }
    Ok(done)
}

/// What is sent of a part of a file.
fn placed(server: &ServerConnection, written: WrittenDocument) -> anyhow::Result<ToApply> {
    let WrittenDocument { document, text } = written;
    let region = match (document.region.as_deref(), server.told_region.as_deref()) {
        (Some(said), Some(told)) if said != told => {
            bail!("{}: its file says region {said}, and the command was told {told}", document.name)
        }
        (Some(said), _) => said,
        (None, _) => server.region()?,
    };
    let team = match (document.team.as_deref(), server.told_team.as_deref()) {
        (Some(said), Some(told)) if said != told => {
            bail!("{}: its file says team {said}, and the command was told {told}", document.name)
        }
        (Some(said), _) => Some(said),
        (None, _) => server.team(),
    };
    let path = ["v3", region, "pipeline", "yaml"].map(str::to_owned).to_vec();
    let yaml = text.unwrap_or_else(|| format::render(&document));
    let body = json!({ "yaml": yaml, "enterprise_project_id": team });
    Ok(ToApply { name: document.name, path, body, version: None })
}

async fn send(server: &ServerConnection, one: &ToApply, dry_run: bool) -> Result<Value, ClientError> {
    let mut body = one.body.clone();
    body["dry_run"] = json!(dry_run);
    let path = one.path.iter().map(String::as_str);
    let mut request = ApiRequest::post(path, &body, &Uuid::now_v7().to_string())?;
    if !dry_run {
        request = match one.version {
            Some(version) => request.if_match(version),
            None => request.if_none(),
        };
    }
    server.client.ask(&request).await
}

fn tell_applied(server: &ServerConnection, item: &AppliedItem, dry_run: bool) {
    let AppliedItem { name, outcome, version, changes, warnings } = item;
    let said = match (outcome.as_str(), dry_run) {
        ("created", false) => format!("created {name}"),
        ("created", true) => format!("would create {name}"),
        ("updated", false) => format!("updated {name} to version {version}"),
        ("updated", true) => format!("would update {name} to version {version}"),
        ("replaced", false) => format!("updated {name} to version {version} and changed its description"),
        ("replaced", true) => format!("would update {name} to version {version} and change its description"),
        ("described", false) => format!("changed the description of {name}"),
        ("described", true) => format!("would change the description of {name}"),
        (_, _) => format!("unchanged {name}"),
    };
    if !server.output.json {
        server.output.line(&said);
        tell_changes(changes);
    }
    for warning in warnings {
        eprintln!("warning: {name}: {}", visible::text(warning));
    }
}
