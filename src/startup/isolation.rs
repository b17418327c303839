//! Under which account scripts run and what the kernel keeps from them: decided before anything is opened, from what the
//! operator says and what this machine can do. A server that could keep scripts from nothing does not start by itself.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use rustix::process::geteuid;

use crate::config::{DataConfig, KeyConfig, ScriptsConfig};
use crate::confine::{Account, Confinement, Kernel, can_change, can_reach, kernel, missing_capabilities};
use crate::domain::isolation::Isolation;

/// The account that the demo takes where it may choose one.
const NOBODY: &str = "nobody";

/// What every script is kept from.
pub struct Decided {
    /// What it is.
    pub confinement: Confinement,
    /// What is told of it.
    pub isolation: Isolation,
}

/// Decides for a server, or says why it cannot start.
pub fn for_server(data: &DataConfig, keys: &KeyConfig, scripts: &ScriptsConfig) -> anyhow::Result<Decided> {
    let account = scripts.script_user.as_deref().map(|name| account(name, data)).transpose()?;
    if account.is_none() && geteuid().is_root() && !scripts.scripts_as_root {
        bail!(
            "scripts would run as root, from whom nothing can be kept. Make an account for them (`useradd --system \
             --no-create-home tollgate-scripts`) and say --script-user tollgate-scripts; or start the server under an account \
             of its own; or say --scripts-as-root"
        );
    }
    if account.is_none() && kernel() == Kernel::WithoutLandlock && !scripts.unconfined_scripts {
        bail!(
            "this kernel has no Landlock, or it is switched off (see /sys/kernel/security/lsm), so scripts could change \
             everything that the server can. Say --script-user NAME, which takes a server that is started as root; or, if \
             whoever may write a release task may do that too, --unconfined-scripts"
        );
    }
    Ok(decided(data, keys, account))
}

/// Decides for the demo, which starts in any case and says what is missing.
pub fn for_demo(data: &DataConfig, keys: &KeyConfig, scripts: &ScriptsConfig) -> anyhow::Result<Decided> {
    let root = geteuid().is_root();
    if scripts.script_user.is_none() && (!root || scripts.scripts_as_root) {
        return Ok(decided(data, keys, None));
    }
    if let Some(name) = &scripts.script_user {
        return Ok(decided(data, keys, Some(account(name, data)?)));
    }
    let nobody = account(NOBODY, data).ok();
    Ok(decided(data, keys, nobody))
}

/// The account of that name, if scripts can run under it.
fn account(name: &str, data: &DataConfig) -> anyhow::Result<Account> {
    let own = geteuid();
    let account = Account::of_scripts(name, own.as_raw()).context("--script-user")?;
    let missing = missing_capabilities();
    if !missing.is_empty() {
        bail!(
            "--script-user takes a server that is started as root, or with these capabilities, which it lacks: {}",
            missing.join(", ")
        );
    }
    let above = nearest(&data.folder);
    if !can_reach(&account, above) {
        bail!(
            "the account {name} cannot go through the folders above the data folder {}: put it where it can, say into \
             /srv/tollgate",
            data.folder.display()
        );
    }
    Ok(account)
}

/// The folder itself, or what there is of the folders above it.
fn nearest(folder: &Path) -> &Path {
    folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"))
}

fn decided(data: &DataConfig, keys: &KeyConfig, account: Option<Account>) -> Decided {
    let database = data.file().map(|file| crate::confine::beside_database(&file)).unwrap_or_default();
    let protected: Vec<PathBuf> = [data.folder.clone(), keys.file(data)].into_iter().chain(database).collect();
    // Where the system keeps scripts from changing it, its folder need not be closed to what is new.
    let program = std::env::current_exe().ok().filter(|program| can_change(account.as_ref(), program));
    let confinement = Confinement { account, protected, program, kernel: Some(kernel()) };
    let named = |folders: BTreeSet<PathBuf>| folders.into_iter().map(|folder| folder.display().to_string()).collect();
    let isolation = Isolation {
        account: confinement.account.as_ref().map(|account| account.name.clone()),
        as_root: confinement.account.is_none() && geteuid().is_root(),
        landlock: match kernel() {
            Kernel::WithLandlock(version) => Some(version),
            Kernel::WithoutLandlock => None,
        },
        closed: named(confinement.closed()),
        fixed: named(confinement.fixed()),
        shared: Vec::new(),
    };
    Decided { confinement, isolation }
}
