//! `tollgate component`: what runs where.

use anyhow::{Context as _, anyhow};
use clap::Subcommand;

use super::import::refused;
use super::{no_such, open, table};
use crate::app::component_releases::{ComponentRelease, ComponentReleaseError};
use crate::app::reads::{ComponentPlace, IdAndName, ListedComponent};
use crate::app::{App, AppError, Caller, ReleaseContent};
use crate::config::DataConfig;
use crate::domain::component_release::PromotedFields;
use crate::domain::ids::{ComponentId, TeamId};
use crate::messages::Locale;
use crate::messages::components::ComponentNames;

/// What to do with components.
#[derive(Debug, Subcommand)]
pub enum ComponentCommand {
    /// List the components: name, environment, version that runs, status
    List {
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make a release task that deploys a revision again, and print its address
    DeployAgain {
        /// Its application and its name there, such as shop/web
        component: String,
        /// Name of its team
        #[arg(long)]
        team: String,
        /// The number of the revision; the current one if none is given
        #[arg(long)]
        revision: Option<u32>,
        /// Name of the release task
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Make a release task that brings another component to what runs of this one, and print its address
    Promote {
        /// Its application and its name there, such as shop-test/web
        component: String,
        /// The component that is brought there, in another environment
        #[arg(long, value_name = "COMPONENT")]
        to: String,
        /// Name of their team
        #[arg(long)]
        team: String,
        /// Only the image and the package; all else stays as it is there
        #[arg(long)]
        artefact_only: bool,
        /// Name of the release task
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        data: DataConfig,
    },
}

impl ComponentCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { data } => list_components(data).await,
            Self::DeployAgain { component, team, revision, name, data } => {
                let app = open(data).await?;
                let team = named("team", &app.store.teams().await?, &team)?;
                let (id, place) = placed(&app, team, &component).await?;
                let release = app.deploy_again(&Caller::CommandLine, place.region_id, id, revision).await;
                make(&app, release, name).await?;
                Ok(app.store.close().await?)
            }
            Self::Promote { component, to, team, artefact_only, name, data } => {
                let app = open(data).await?;
                let team = named("team", &app.store.teams().await?, &team)?;
                let (id, place) = placed(&app, team, &component).await?;
                let (to, _) = placed(&app, team, &to).await?;
                let fields = if artefact_only { PromotedFields::Artefact } else { PromotedFields::All };
                let release = app.promote(&Caller::CommandLine, (place.region_id, id), to, fields).await;
                make(&app, release, name).await?;
                Ok(app.store.close().await?)
            }
        }
    }
}

/// The component of a team that is named with its application.
async fn placed(app: &App, team: TeamId, name: &str) -> anyhow::Result<(ComponentId, ComponentPlace)> {
    let all = app.store.team_components(team).await?;
    let all = all.into_iter().map(|(listed, place)| {
        let name = format!("{}/{}", place.application, place.component);
        (IdAndName { id: listed.component.id, name }, place)
    });
    let (names, places): (Vec<_>, Vec<_>) = all.unzip();
    let id = named("component", &names, name)?;
    let place = names.iter().position(|one| one.id == id).and_then(|at| places.into_iter().nth(at));
    Ok((id, place.context("it is there no more")?))
}

/// Makes the release task, and says where it is.
async fn make(
    app: &App,
    release: Result<ComponentRelease, ComponentReleaseError>,
    name: Option<String>,
) -> anyhow::Result<()> {
    let words = Locale::default().components();
    let ComponentRelease { owner, target, version, content } = release.map_err(|error| match error {
        ComponentReleaseError::NothingRuns => anyhow!("{}", words.nothing_to_release()),
        ComponentReleaseError::NeedsApproval { environment, rule } => {
            anyhow!("{}", words.needs_approval(&environment, &rule))
        }
        ComponentReleaseError::App(AppError::NotFound) => anyhow!("{}", words.no_such_release()),
        ComponentReleaseError::App(other) => other.into(),
    })?;
    let content = ReleaseContent { name: name.unwrap_or(content.name), ..content };
    let id = app.create(&Caller::CommandLine, owner, &content).await.map_err(|error| refused(&content, error))?;
    let regions = app.store.regions().await?;
    let region = regions.into_iter().find(|region| region.id == owner.region).map(|region| region.name);
    let region = region.unwrap_or_default();
    let place = ComponentNames {
        application: &target.application,
        component: &target.component,
        environment: &target.environment,
        region: &region,
    };
    tell!("{}", words.will_deploy(&content.name, &place, &version));
    tell!("/regions/{region}/release-tasks/{id}");
    Ok(())
}

async fn list_components(data: DataConfig) -> anyhow::Result<()> {
    let app = open(data).await?;
    let teams: Vec<_> = app.store.teams().await?.into_iter().map(|team| team.id).collect();
    let words = Locale::default().components();
    let mut rows = Vec::new();
    for application in app.store.applications(&teams).await? {
        let placed = app.store.placed_components(application.id).await?;
        rows.extend(placed.into_iter().map(|(listed, place): (ListedComponent, ComponentPlace)| {
            let name = format!("{}/{}", place.application, place.component);
            let version = listed.version.unwrap_or_else(|| "-".to_owned());
            let status = words.component_status(listed.component.status).to_owned();
            vec![name, place.environment, version, status]
        }));
    }
    table(&rows);
    Ok(app.store.close().await?)
}

/// The key of what has that name, or which name may be meant.
pub(super) fn named<I: Copy>(kind: &str, all: &[IdAndName<I>], name: &str) -> anyhow::Result<I> {
    let found = all.iter().find(|one| one.name == name).map(|one| one.id);
    found.ok_or_else(|| anyhow!(no_such(kind, name, all.iter().map(|one| one.name.as_str()))))
}
