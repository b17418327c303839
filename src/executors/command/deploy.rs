//! The jobs of changes of components in environments of scripts: which script is run, and what it is given.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::job::{GRACE, LOG_LIMIT, ScriptJob, given};
use crate::data_layout::DataLayout;
use crate::domain::environment::CommandEnvironment;
use crate::domain::failure_cause::FailureCause;
use crate::domain::ids::EnvironmentId;
use crate::domain::specification::Specification;
use crate::executors::{AttemptContext, private};
use crate::supervise::script_spec::GivenFile;
use crate::workspace::FolderOwners;

/// What an attempt is to make of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deployment {
    /// Name of its application.
    pub application: String,
    /// Its own name.
    pub component: String,
    /// Key of the environment.
    pub environment_id: EnvironmentId,
    /// Its name.
    pub environment: String,
    /// The scripts of the environment, in the version that the attempt uses.
    pub scripts: CommandEnvironment,
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

/// The job of an attempt that changes a component; or why there is none.
pub fn deployment_job(
    folders: &DataLayout,
    deployment: &Deployment,
    attempt: AttemptContext<'_>,
) -> Result<ScriptJob, FailureCause> {
    let CommandEnvironment { deploy, remove, timeout, variables: _ } = &deployment.scripts;
    let script = if deployment.removes { remove.as_ref().ok_or(FailureCause::NothingToRun)? } else { deploy };
    let known = FolderOwners::read(folders)
        .map_err(|problem| FailureCause::FolderOwnersUnreadable { problem: problem.into() })?;
    // What is deployed outlives the execution, so it is not in the folder that its tasks share.
    let own = format!("environments/{}/{}", attempt.names.region, deployment.environment);
    let place = known.unwrap_or_default().place(folders, attempt.team, Some(&own))?;
    let (execution, number) = (attempt.execution, attempt.number);
    let task = &execution.tasks[attempt.task].name;
    let mut environment = variables(deployment);
    environment.extend(given(attempt, task));
    let private = private::fill(&deployment.scripts.variables, attempt)?;
    Ok(ScriptJob {
        folder: folders.attempt(execution.id, task, number),
        script: script.clone(),
        working_folder: place.wanted,
        default_folder: folders.shared(execution.id),
        workspace: place.base,
        others: place.others,
        readable: Vec::new(),
        temporary: folders.temporary(execution.id, task, number),
        environment,
        private_environment: private.texts,
        secrets: private.secrets,
        refused: private.refused,
        timeout: Duration::from_secs(*timeout),
        grace: GRACE,
        log_limit: LOG_LIMIT,
        // What it deploys is to go on when the script has ended.
        leave_running: true,
        files: vec![GivenFile {
            name: "revision.json".to_owned(),
            variable: "TOLLGATE_REVISION".to_owned(),
            text: file(deployment),
        }],
    })
}

fn variables(deployment: &Deployment) -> BTreeMap<String, String> {
    let field = |name: &str| deployment.specification.get(name).cloned().unwrap_or_default();
    let values = [
        ("APPLICATION", deployment.application.clone()),
        ("COMPONENT", deployment.component.clone()),
        ("ENVIRONMENT", deployment.environment.clone()),
        ("VERSION", deployment.version.clone()),
        ("REVISION_NUMBER", deployment.revision.to_string()),
        ("PREVIOUS_VERSION", deployment.previous.clone().unwrap_or_default()),
        ("IMAGE", field("image")),
        ("PACKAGE", field("package")),
        ("PORTS", field("ports")),
        ("REPLICAS", field("replicas")),
    ];
    values.map(|(name, value)| (format!("TOLLGATE_{name}"), value)).into()
}

fn file(deployment: &Deployment) -> String {
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
