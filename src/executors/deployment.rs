//! Deployments: what an attempt is to make of a component, and how a script is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::json;

use crate::domain::environment::EnvironmentSettings;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::{EnvironmentId, TeamId};
use crate::domain::specification::Specification;
use crate::domain::ssh::HostKey;
use crate::supervise::script_spec::GivenFile;

/// What an attempt is to make of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Name of its application.
    pub application: String,
    /// Its own name.
    pub component: String,
    /// Key of the environment.
    pub environment_id: EnvironmentId,
    /// The team that owns it: its scripts work in that team's folders, with that team's secrets.
    pub environment_team: TeamId,
    /// Its name.
    pub environment: String,
    /// What the environment is made of, in the version that the attempt uses.
    pub settings: EnvironmentSettings,
    /// The revision that is to run, or, if the component is to be removed, that is to go.
    pub revision: u32,
    /// Its version.
    pub version: String,
    /// What it is made of.
    pub specification: Specification,
    /// The version that ran before, if one did.
    pub previous: Option<String>,
    /// Whether the component is to be removed.
    pub removes: bool,
    /// The keys that are pinned for hosts, by where those are found.
    pub pinned: BTreeMap<String, Vec<HostKey>>,
    /// The hosts on which an attempt before has done the work, by their labels.
    pub done: BTreeSet<String>,
}

impl Deployment {
    /// The script that is to be run.
    pub(super) fn script(&self) -> Result<&str, FailureCause> {
        let scripts = self.settings.scripts();
        let script = if self.removes { scripts.remove.as_ref() } else { Some(&scripts.deploy) };
        script.map(String::as_str).ok_or(FailureCause::NothingToRun)
    }

    /// How long it may take.
    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.settings.scripts().timeout)
    }

    /// The variables that say it to a script.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        let field = |name: &str| self.specification.get(name).cloned().unwrap_or_default();
        let values = [
            ("APPLICATION", self.application.clone()),
            ("COMPONENT", self.component.clone()),
            ("ENVIRONMENT", self.environment.clone()),
            ("VERSION", self.version.clone()),
            ("REVISION_NUMBER", self.revision.to_string()),
            ("PREVIOUS_VERSION", self.previous.clone().unwrap_or_default()),
            ("IMAGE", field("image")),
            ("PACKAGE", field("package")),
            ("PORTS", field("ports")),
            ("REPLICAS", field("replicas")),
        ];
        values.map(|(name, value)| (format!("TOLLGATE_{name}"), value)).into()
    }

    /// The file that says all of it.
    pub(super) fn file(&self) -> GivenFile {
        GivenFile { name: "revision.json".to_owned(), variable: "TOLLGATE_REVISION".to_owned(), text: text(self) }
    }
}

fn text(deployment: &Deployment) -> String {
    let named = |head: &str| -> BTreeMap<&str, &str> {
        let fields = deployment.specification.iter();
        fields.filter_map(|(field, value)| Some((field.strip_prefix(head)?, value.as_str()))).collect()
    };
    let field = |name: &str| deployment.specification.get(name);
    let ports: Vec<u16> = field("ports")
        .map(|ports| ports.split([' ', ',']).filter_map(|port| port.parse().ok()).collect())
        .unwrap_or_default();
    let whole = json!({
        "application": deployment.application,
        "component": deployment.component,
        "environment_name": deployment.environment,
        "revision": deployment.revision,
        "version": deployment.version,
        "previous_version": deployment.previous,
        "image": field("image"),
        "package": field("package"),
        "replicas": field("replicas").and_then(|count| count.parse::<u32>().ok()),
        "ports": ports,
        "environment": named("environment."),
        "files": named("files."),
        "parameters": named("parameters."),
    });
    format!("{whole:#}\n")
}
