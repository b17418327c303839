//! Where the keys of secrets are.

use std::path::PathBuf;

use clap::Args;

use super::DataConfig;

/// Where the keys of secrets are.
#[derive(Debug, Clone, Default, Args)]
pub struct KeyConfig {
    /// File with the keys that encrypt secrets [default: tollgate.keys in the data folder]
    #[arg(long, value_name = "FILE", env = "TOLLGATE_KEY_FILE")]
    pub key_file: Option<PathBuf>,

    /// Serve though a key is missing: no secret is kept, and none is read
    #[arg(long, env = "TOLLGATE_WITHOUT_SECRETS")]
    pub without_secrets: bool,
}

impl KeyConfig {
    /// The key file of whoever has that data, without links in the folders above it.
    pub fn file(&self, data: &DataConfig) -> PathBuf {
        let named = self.key_file.clone().unwrap_or_else(|| data.folder.join("tollgate.keys"));
        let named = std::path::absolute(&named).unwrap_or(named);
        let real = named.parent().and_then(|folder| folder.canonicalize().ok()).zip(named.file_name());
        real.map(|(folder, name)| folder.join(name)).unwrap_or(named)
    }
}
