//! A machine with a data folder and a key file, on a database that others may share.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tollgate::app::{App, Caller};
use tollgate::clock::Clock;
use tollgate::config::{
    ApiLimitsConfig, ClientTimeouts, Config, DataConfig, KeyConfig, MAX_SCRIPTS, OutgoingConfig, StorageConfig,
    WebConfig,
};
use tollgate::confine::Confinement;
use tollgate::domain::isolation::Isolation;
use tollgate::domain::secrets::{SecretPurpose, SecretSlot};
use tollgate::keyring::Plaintext;
use tollgate::startup;

use crate::answer::Answer;
use crate::db::Db;
use crate::program;

/// A machine with a data folder, on the database that all share.
pub struct Machine {
    pub folder: TempDir,
    pub config: Config,
}

impl Machine {
    pub fn new(db: &Db) -> Self {
        let folder = tempfile::tempdir().unwrap();
        // A start sets the mode of a database that others may read, for which it opens the file: closing it again would give
        // up the locks of this process, which has the database open already, as no server has.
        if let Some(database) = db.url.strip_prefix("sqlite:") {
            for file in tollgate::confine::beside_database(Path::new(database)).iter().filter(|file| file.exists()) {
                std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).unwrap();
            }
        }
        let data = DataConfig { folder: folder.path().join("data"), database_url: Some(db.url.clone()) };
        let web = WebConfig {
            listen: "127.0.0.1:0".to_owned(),
            public_url: None,
            hsts_subdomains: false,
            trust_proxy: false,
            shutdown_timeout: 5,
            api_limits: ApiLimitsConfig::default(),
            heartbeat: std::time::Duration::from_secs(15),
            audit_days: 400,
            patience: ClientTimeouts::default(),
        };
        let config = Config {
            data,
            web,
            migrate: false,
            name: None,
            confinement: Confinement::default(),
            isolation: Isolation::default(),
            max_scripts: MAX_SCRIPTS,
            outgoing: OutgoingConfig::default(),
            storage: StorageConfig { min_free_space: 0 },
            keys: KeyConfig::default(),
        };
        Self { folder, config }
    }

    pub fn keys(&self) -> PathBuf {
        self.config.key_file()
    }

    pub async fn starts(&self) -> App {
        startup::open(&self.config, Clock::system()).await.unwrap().app
    }

    /// A command on this machine, killed at that point if there is one.
    pub fn runs(&self, arguments: &[&str], fails_at: Option<&str>) -> Answer {
        Answer::of(self.command(arguments, fails_at).output().unwrap())
    }

    pub fn command(&self, arguments: &[&str], fails_at: Option<&str>) -> std::process::Command {
        let url = self.config.data.database_url.as_deref();
        let mut command = program::command(crate::PROGRAM, &self.config.data.folder, url);
        command.args(arguments).envs(fails_at.map(|point| ("TOLLGATE_FAIL_AT", point)));
        command
    }

    pub async fn refuses(&self) -> String {
        let refused = startup::open(&self.config, Clock::system()).await.map(drop).unwrap_err();
        format!("{refused:#}")
    }
}

pub fn smtp() -> SecretSlot {
    SecretSlot::of_server(SecretPurpose::SmtpPassword)
}

pub async fn set(app: &App) -> Result<(), String> {
    let value = Plaintext::new("swordfish".to_owned());
    app.set_secret(&Caller::CommandLine, &smtp(), &value).await.map_err(|error| format!("{error:?}"))
}

pub async fn revealed(app: &App) -> Option<String> {
    app.reveal(&smtp()).await.unwrap().map(|value| value.expose().to_owned())
}

pub fn text(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}
