//! `tollgate secret`: which secrets are kept, and the keys that encrypt them.

use std::collections::HashMap;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use clap::Subcommand;
use tokio::time::{Instant, sleep};

use super::named_secret::NamedSecretChoice;
use super::{open, table};
use crate::app::secret_keys::{Rotated, RotationError};
use crate::app::secrets::SecretError;
use crate::app::{App, Caller};
use crate::config::{DataConfig, KeyConfig};
use crate::domain::ids::TeamId;
use crate::domain::secrets::{KeyId, SecretOwner};
use crate::keyring::{KeyFile, Keyring};
use crate::messages::{self, Locale, counted};
use crate::store::{Backend, ReplicaKeys};

/// How long replicas may take to say that they have a new key, where they share the file.
const TIMEOUT: Duration = Duration::from_secs(10);
/// How often is looked whether they have.
const FAST_POLL: Duration = Duration::from_millis(100);

/// What to do with secrets and their keys.
#[derive(Debug, Subcommand)]
pub enum SecretCommand {
    /// List the keys with how many secrets each has encrypted, and the secrets: what each is for, never its value
    List {
        #[command(flatten)]
        keys: KeyConfig,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Set a secret that tasks or the scripts of an environment are given; its value is all of standard input, or is typed unseen
    Set {
        #[command(flatten)]
        secret: NamedSecretChoice,
        /// Tasks may be given it: those in that environment, or every one of the team; without it, the scripts of environments alone
        #[arg(long)]
        for_tasks: bool,
        #[command(flatten)]
        keys: KeyConfig,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Forget a secret of a team or an environment
    Forget {
        #[command(flatten)]
        secret: NamedSecretChoice,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Encrypt every secret with a new key, also while it is served; one that was cut off goes on
    Rotate {
        /// Leave the keys in the file that no secret needs any more: backups made before need them
        #[arg(long, env = "TOLLGATE_KEEP_KEYS")]
        keep: bool,
        #[command(flatten)]
        keys: KeyConfig,
        #[command(flatten)]
        data: DataConfig,
    },
    /// Forget every secret whose key is lost
    ForgetUnreadable {
        #[command(flatten)]
        keys: KeyConfig,
        #[command(flatten)]
        data: DataConfig,
    },
}

impl SecretCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List { keys, data } => {
                let data = data.resolved()?;
                let keyring = Keyring::of_file(keys.file(&data))?;
                let app = App { keyring, ..open(data).await? };
                list(&app).await?;
                Ok(app.store.close().await?)
            }
            Self::Set { secret, for_tasks, keys, data } => {
                let data = data.resolved()?;
                let keyring = Keyring::of_file(keys.file(&data))?;
                let app = App { keyring, ..open(data).await? };
                let set = secret.set(&app, for_tasks).await;
                app.store.close().await?;
                set
            }
            Self::Forget { secret, data } => {
                let app = open(data).await?;
                let forgotten = secret.forget(&app).await;
                app.store.close().await?;
                forgotten
            }
            Self::Rotate { keep, keys, data } => {
                let data = data.resolved()?;
                let own = std::fs::read_to_string(data.folder.join("node")).ok();
                let file = taken(&keys, &data)?;
                let app = open(data).await?;
                let rotated = rotate(&app, &file, keep, own.as_deref().map(str::trim)).await;
                app.store.close().await?;
                rotated
            }
            Self::ForgetUnreadable { keys, data } => {
                let data = data.resolved()?;
                let file = taken(&keys, &data)?;
                let app = open(data).await?;
                let gone = app.forget_unreadable(&file).await.map_err(|error| in_words(error, &file))?;
                tell!("{} forgotten", counted(gone.len(), "secret"));
                Ok(app.store.close().await?)
            }
        }
    }
}

/// The key file, for this command alone.
fn taken(keys: &KeyConfig, data: &DataConfig) -> anyhow::Result<KeyFile> {
    data.find()?;
    let file = keys.file(data);
    KeyFile::take(&file)?.with_context(|| format!("another command changes the key file {}", file.display()))
}

async fn list(app: &App) -> anyhow::Result<()> {
    let state = app.key_state(&Caller::CommandLine).await?;
    let words = Locale::default().secrets();
    let has = state.has.clone().unwrap_or_default();
    let row = |key: &KeyId| {
        let used = state.used.get(key).copied().unwrap_or_default();
        let used = counted(usize::try_from(used).unwrap_or(usize::MAX), "secret");
        vec![format!("key {key}"), used, words.key_role(has.contains(key), state.encrypts == Some(*key)).to_owned()]
    };
    table(&has.iter().chain(&state.missing()).map(row).collect::<Vec<_>>());
    let names: HashMap<TeamId, String> =
        app.store.teams().await?.into_iter().map(|team| (team.id, team.name)).collect();
    let environments = app.store.environment_names().await?;
    let secrets = app.every_secret(&Caller::CommandLine).await?;
    let rows = secrets.into_iter().map(|kept| {
        let owner = match kept.slot.owner {
            SecretOwner::Server => "of the server".to_owned(),
            SecretOwner::Team(id) => names.get(&id).map_or_else(String::new, |team| format!("of the team {team}")),
            SecretOwner::Environment(id) => {
                environments.get(&id).map_or_else(String::new, |name| format!("of the environment {name}"))
            }
        };
        let set = messages::moment(kept.set_at, Locale::default());
        vec![
            Locale::default().secrets().secret_purpose(kept.slot.purpose).to_owned(),
            owner,
            kept.slot.name,
            format!("set {set} by {}", kept.set_by_name),
            format!("key {}", kept.key),
        ]
    });
    table(&rows.collect::<Vec<_>>());
    Ok(())
}

async fn rotate(app: &App, file: &KeyFile, keep: bool, own: Option<&str>) -> anyhow::Result<()> {
    let next = app.begin_rotation(file).await.map_err(|error| in_words(error, file))?;
    let lacking = without(app, next, own).await?;
    if !lacking.is_empty() {
        bail!("{}", Locale::default().secrets().copy_key_file(file.path(), next, &lacking));
    }
    let rotated = app.finish_rotation(file, next, keep).await.map_err(|error| in_words(error, file))?;
    let Rotated { key, resealed, damaged, dropped } = &rotated;
    tell!("{} encrypted anew with the key {key}", counted(usize::try_from(*resealed).unwrap_or(usize::MAX), "secret"));
    if *damaged > 0 {
        bail!("{}", Locale::default().secrets().not_opened(*damaged));
    }
    for key in dropped {
        tell!("{}", Locale::default().secrets().key_dropped(*key));
    }
    let others = app.store.replica_keys().await?;
    let behind: Vec<String> = others
        .into_iter()
        .filter(|replica| own != Some(replica.id.as_str()) && replica.keys.first().is_some_and(|first| first != key))
        .map(|replica| replica.name)
        .collect();
    if !behind.is_empty() {
        tell!("{}", Locale::default().secrets().copy_to_drop(file.path(), &behind));
    }
    Ok(())
}

/// The names of other replicas that do not have that key, some time after it came into the file.
async fn without(app: &App, key: KeyId, own: Option<&str>) -> anyhow::Result<Vec<String>> {
    if app.store.backend() == Backend::Sqlite {
        return Ok(Vec::new());
    }
    let asked = Instant::now();
    loop {
        let lacking = app.replicas_without(key, own).await?;
        if lacking.is_empty() || asked.elapsed() > TIMEOUT {
            return Ok(lacking.into_iter().map(|ReplicaKeys { name, .. }| name).collect());
        }
        sleep(FAST_POLL).await;
    }
}

fn in_words(error: RotationError, file: &KeyFile) -> anyhow::Error {
    let words = Locale::default().secrets();
    match error {
        RotationError::NoFile => anyhow!("{}", words.no_key_file(file.path())),
        RotationError::Missing { missing, has } => anyhow!("{}", words.keys_missing(file.path(), &missing, &has)),
        RotationError::Elsewhere(key) => anyhow!("{}", words.rotation_elsewhere(file.path(), key)),
        RotationError::Secret(SecretError::Fault(fault)) => anyhow!("{}", words.secret_fault(&fault)),
        RotationError::Secret(SecretError::App(error)) => error.into(),
        RotationError::File(fault) => fault.into(),
    }
}
