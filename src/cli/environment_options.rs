//! `tollgate environment options`: how many releases work in an environment at a time, which approval they need, and which other
//! teams release there.

use anyhow::bail;
use clap::Args;

use super::open;
use crate::app::environment_options::OptionsError;
use crate::app::environments::EnvironmentDetail;
use crate::app::{App, Caller};
use crate::config::DataConfig;
use crate::domain::environment::{ReleaseLock, TypedOptions};
use crate::domain::ids::{EnvironmentId, RegionId};
use crate::messages::Locale;

/// What is said of an environment; what is left out stays as it is.
#[derive(Debug, Args)]
pub struct OptionsArguments {
    /// Its name
    pub(super) name: String,
    /// Name of its team
    #[arg(long)]
    pub(super) team: String,
    /// Name of its region
    #[arg(long)]
    pub(super) region: String,
    /// How many releases at a time: shared (several), kept (one), or let-go (one, and others while a checkpoint of it waits)
    #[arg(long, value_parser = ReleaseLock::ALL.map(ReleaseLock::word))]
    lock: Option<String>,
    /// How many must agree before anything is released there; 0 for no approval
    #[arg(long, value_name = "NUMBER")]
    required: Option<String>,
    /// Somebody who may agree; each must be an approver of the team of the release task, too
    #[arg(long = "approver", value_name = "NAME")]
    approvers: Vec<String>,
    /// A role in the team of the release task whose holders may agree
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
    /// Whether whoever took part in starting the release may not agree
    #[arg(long, value_name = "true|false")]
    four_eyes: Option<bool>,
    /// A team that may release there beside its own
    #[arg(long = "lend", value_name = "TEAM")]
    lend: Vec<String>,
    /// A team that may not any more
    #[arg(long = "take-back", value_name = "TEAM")]
    take_back: Vec<String>,
    #[command(flatten)]
    pub(super) data: DataConfig,
}

impl OptionsArguments {
    /// What is left out stays as it is; people and roles are said together.
    fn typed(self, before: TypedOptions) -> TypedOptions {
        let no_approval = self.required.as_deref() == Some("0");
        let says_who = no_approval || !self.approvers.is_empty() || !self.roles.is_empty();
        let (users, roles) = if says_who { (self.approvers, self.roles) } else { (before.users, before.roles) };
        let mut teams = before.teams;
        teams.retain(|team| !self.take_back.contains(team));
        teams.extend(self.lend);
        TypedOptions {
            lock: self.lock.unwrap_or(before.lock),
            users,
            roles,
            required: self.required.unwrap_or(before.required),
            four_eyes: self.four_eyes.unwrap_or(before.four_eyes),
            teams,
        }
    }

    /// Saves and shows them.
    pub(super) async fn save(self, app: &App, (region, id): (RegionId, EnvironmentId)) -> anyhow::Result<()> {
        let found = app.environment(&Caller::CommandLine, region, id).await?;
        let lent = found.lent.iter().map(|team| team.name.clone()).collect();
        let typed = self.typed(TypedOptions::of(&found.environment.options, lent));
        let seen = found.environment.options_version;
        match app.change_environment_options(&Caller::CommandLine, id, seen, &typed).await {
            Ok(_) => {}
            Err(OptionsError::Invalid(faults)) => {
                let words = Locale::default().components();
                let told: Vec<String> = faults
                    .iter()
                    .map(|fault| format!("{}: {}", fault.field().word(), words.option_fault(fault)))
                    .collect();
                bail!("{}", told.join("\n"));
            }
            Err(other) => return Err(other.into()),
        }
        show_options(&app.environment(&Caller::CommandLine, region, id).await?);
        Ok(())
    }
}

/// Tells how releases to an environment go.
pub(super) fn show_options(found: &EnvironmentDetail) {
    let words = Locale::default().components();
    let options = &found.environment.options;
    tell!("releases: {}", words.lock_choice(options.lock));
    tell!("approval: {}", words.approval(options.approval.as_ref()));
    let lent: Vec<&str> = found.lent.iter().map(|team| team.name.as_str()).collect();
    tell!("other teams: {}", words.lent_to(&lent));
}

/// Opens the data and saves.
pub(super) async fn run(arguments: OptionsArguments) -> anyhow::Result<()> {
    let app = open(arguments.data.clone()).await?;
    let names = (arguments.team.as_str(), arguments.region.as_str(), arguments.name.as_str());
    let found = super::environments::environment_named(&app, names).await?;
    arguments.save(&app, found).await?;
    Ok(app.store.close().await?)
}
