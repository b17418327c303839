//! The file in which a login is kept: the server, the token, and what one need not say each time.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use super::secret;

/// What a login keeps.
#[derive(Clone, Serialize, Deserialize)]
pub struct LoginFile {
    /// The address of the server.
    pub server: String,
    /// The region of whoever does not say which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The team of whoever does not say which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The secret of the token.
    pub token: String,
}

impl LoginFile {
    /// Where it is unless something else is said.
    pub fn usual_path() -> anyhow::Result<PathBuf> {
        let of = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let config = of("XDG_CONFIG_HOME").or_else(|| of("HOME").map(|home| home.join(".config")));
        let Some(config) = config else { bail!("there is no home folder to keep a login in: say --login-file") };
        Ok(config.join("tollgate").join("login.json"))
    }

    /// The login that is kept there, if one is.
    pub fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let Some(text) = secret::read(path)? else { return Ok(None) };
        // What is wrong with it would be told with a part of it.
        let read = serde_json::from_str(&text).ok();
        let read = read.with_context(|| format!("{} is no login of tollgate: log in again", path.display()))?;
        Ok(Some(read))
    }

    /// Keeps it there, for our own eyes alone.
    pub fn write(&self, path: &Path) -> anyhow::Result<()> {
        secret::write(path, &format!("{}\n", serde_json::to_string_pretty(self)?))
    }
}
