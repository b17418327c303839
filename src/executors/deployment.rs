//! Deployments: where in an environment an attempt works, what it is to make of a component there, and how a script is told.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::json;

use super::private::PrivateTexts;
use super::{AttemptContext, private};
use crate::domain::environment::EnvironmentSettings;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::{EnvironmentId, TeamId};
use crate::domain::specification::{ROLLOUT_BATCH, ROLLOUT_MAX_FAILED, Specification};
use crate::domain::ssh::{FailedLimit, HostKey, HowMany};
use crate::supervise::script_spec::GivenFile;

/// Runs a script that deploys, and then the one that verifies.
const THEN: &str = include_str!("then.sh");

/// Where in an environment an attempt works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentPlace {
    /// Key of the environment.
    pub environment_id: EnvironmentId,
    /// The team that owns it.
    pub team: TeamId,
    /// Its name.
    pub environment: String,
    /// What it is made of, in the version that the attempt uses.
    pub settings: EnvironmentSettings,
    /// The keys that are pinned for hosts, by where those are found.
    pub pinned: BTreeMap<String, Vec<HostKey>>,
    /// The hosts on which an attempt before has done the work, by their labels.
    pub done: BTreeSet<String>,
}

/// What an attempt is to make of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Name of its application.
    pub application: String,
    /// Its own name.
    pub component: String,
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
}

/// A script that is run in an environment, on this machine or on each of its hosts.
pub(super) struct PlacedScript {
    /// The script.
    pub(super) script: String,
    /// The team whose script it is, in whose folders it works.
    pub(super) team: TeamId,
    /// Its variables, beside those that every script is given.
    pub(super) environment: BTreeMap<String, String>,
    /// Those in which there are secrets.
    pub(super) private: PrivateTexts,
    /// Files that it is given to read.
    pub(super) files: Vec<GivenFile>,
    /// How long it may take.
    pub(super) timeout: Duration,
    /// Whether processes that are left when it has ended go on.
    pub(super) leave_running: bool,
    /// How many hosts at a time, where that is not what the environment says.
    pub(super) batch: Option<HowMany>,
    /// How many of them may fail, in the same way.
    pub(super) limit: Option<FailedLimit>,
}

impl EnvironmentPlace {
    /// The variables that every script in it is given.
    pub(super) fn variables(&self) -> BTreeMap<String, String> {
        [("TOLLGATE_ENVIRONMENT".to_owned(), self.environment.clone())].into()
    }
}

impl Deployment {
    /// The script of the environment that does it.
    pub(super) fn script(
        &self,
        place: &EnvironmentPlace,
        attempt: AttemptContext<'_>,
    ) -> Result<PlacedScript, FailureCause> {
        let scripts = place.settings.scripts();
        let mut files = vec![GivenFile {
            name: "revision.json".to_owned(),
            variable: "TOLLGATE_REVISION".to_owned(),
            text: self.text(place),
        }];
        let script = match (self.removes, &scripts.remove, &scripts.verify) {
            (true, Some(remove), _) => remove.clone(),
            (true, None, _) => return Err(FailureCause::NothingToRun),
            (false, _, None) => scripts.deploy.clone(),
            (false, _, Some(verify)) => {
                for (name, variable, text) in
                    [("deploy", "TOLLGATE_DEPLOY", &scripts.deploy), ("verify", "TOLLGATE_VERIFY", verify)]
                {
                    let (name, variable) = (name.to_owned(), variable.to_owned());
                    files.push(GivenFile { name, variable, text: text.clone() });
                }
                THEN.to_owned()
            }
        };
        let mut environment = place.variables();
        environment.extend(self.variables());
        Ok(PlacedScript {
            script,
            team: place.team,
            environment,
            private: private::fill(&scripts.variables, attempt)?,
            files,
            timeout: Duration::from_secs(scripts.timeout),
            // What it deploys is to go on when the script has ended.
            leave_running: true,
            batch: self.hosts(ROLLOUT_BATCH),
            limit: self.hosts(ROLLOUT_MAX_FAILED).map(FailedLimit),
        })
    }

    /// A number of hosts in its specification. That was checked when it was made.
    fn hosts(&self, field: &str) -> Option<HowMany> {
        self.specification.get(field)?.parse().ok()
    }

    /// The variables that say it to a script.
    fn variables(&self) -> BTreeMap<String, String> {
        let field = |name: &str| self.specification.get(name).cloned().unwrap_or_default();
        let values = [
            ("APPLICATION", self.application.clone()),
            ("COMPONENT", self.component.clone()),
            ("VERSION", self.version.clone()),
            ("REVISION_NUMBER", self.revision.to_string()),
            ("PREVIOUS_VERSION", self.previous.clone().unwrap_or_default()),
            ("IMAGE", field("image")),
            ("PACKAGE", field("package")),
            ("PORTS", field("ports")),
            ("REPLICAS", field("replicas")),
            ("READINESS", field("probes.readiness")),
            ("LIVENESS", field("probes.liveness")),
        ];
        values.map(|(name, value)| (format!("TOLLGATE_{name}"), value)).into()
    }

    /// The file that says all of it.
    fn text(&self, place: &EnvironmentPlace) -> String {
        let named = |head: &str| -> BTreeMap<&str, &str> {
            let fields = self.specification.iter();
            fields.filter_map(|(field, value)| Some((field.strip_prefix(head)?, value.as_str()))).collect()
        };
        let field = |name: &str| self.specification.get(name);
        let ports: Vec<u16> = field("ports")
            .map(|ports| ports.split([' ', ',']).filter_map(|port| port.parse().ok()).collect())
            .unwrap_or_default();
        let whole = json!({
            "application": self.application,
            "component": self.component,
            "environment_name": place.environment,
            "revision": self.revision,
            "version": self.version,
            "previous_version": self.previous,
            "image": field("image"),
            "package": field("package"),
            "replicas": field("replicas").and_then(|count| count.parse::<u32>().ok()),
            "ports": ports,
            "environment": named("environment."),
            "files": named("files."),
            "parameters": named("parameters."),
            "probes": named("probes."),
            "rollout": named("rollout."),
        });
        format!("{whole:#}\n")
    }
}
