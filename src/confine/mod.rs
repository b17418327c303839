//! Confines scripts: the account that they run under, and what the kernel keeps from them.
//!
//! Linux keeps the account, the capabilities and the Landlock domain of each *thread*, and a new process has those of the
//! thread that started it. So the process that supervises a script makes a thread that gives up what the script must not
//! have ([`Confinement::enter`]) and starts the script from there: nothing else of it is confined, and no further program
//! has to be run in between.
//!
//! Landlock lists what is allowed, and what is allowed of a folder is allowed of everything in it. "The machine, but not the data folder" is therefore a
//! rule for everything that lies *beside* the data folder and beside each folder above it, see [`fence`].

mod account;
mod fence;
mod kernel;
mod limits;
mod mounts;

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD};
use rustix::thread::{
    CapabilitySet, CapabilitySets, Gid, Uid, capabilities, clear_ambient_capability_set, set_capabilities,
    set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};
use serde::{Deserialize, Serialize};

use crate::domain::failure_cause::IoFault;

pub use account::{Account, AccountFault};
pub use fence::beside_database;
pub use kernel::{Kernel, kernel};

/// What every script of a server is kept from. It goes to the process that supervises a script.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// The account that scripts run under; without it, the one of the server.
    pub account: Option<Account>,
    /// What no script reaches, as absolute paths, though it may be given something that lies in it.
    pub protected: Vec<PathBuf>,
    /// What may be read and run, and not be changed: the program itself.
    pub program: Option<PathBuf>,
    /// What the kernel can do, as the server found it; without it, whoever confines asks again.
    pub kernel: Option<Kernel>,
}

/// What one script is given of what is kept from scripts. What is not there is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrantedPaths {
    /// Folders in which it may do anything.
    pub folders: Vec<PathBuf>,
    /// Files that it may write.
    pub written: Vec<PathBuf>,
    /// Files and folders that it may read.
    pub read: Vec<PathBuf>,
    /// Files that it may run.
    pub run: Vec<PathBuf>,
}

impl Confinement {
    /// Gives up, for this thread and for whatever it starts from now on, what a script must not have. Where it fails
    /// nothing may be started.
    pub fn enter(&self, given: &GrantedPaths) -> Result<(), IoFault> {
        if self.kernel.unwrap_or_else(kernel) != Kernel::WithoutLandlock {
            let gives_up_rights = !may_confine_freely();
            fence::enter(self, given, gives_up_rights)?;
            // Under an account of its own a script has no right to the limits of the server.
            if gives_up_rights && self.account.is_none() {
                limits::keep_others().map_err(IoFault::System)?;
            }
        }
        self.account.as_ref().map_or(Ok(()), become_account).map_err(IoFault::from)
    }

    /// What is to be said about a script that failed with such words; nothing if they are not about what is kept from it.
    pub fn explained(&self, output: &str) -> Option<String> {
        if self.kernel.unwrap_or_else(kernel) == Kernel::WithoutLandlock {
            return None;
        }
        if self.account.is_none() && output.contains("no new privileges") {
            return Some(
                "Programs that raise their rights, as sudo does, cannot work in scripts of this server, which runs as an \
                 ordinary user without --script-user."
                    .to_owned(),
            );
        }
        let refused = ["Permission denied", "Operation not permitted", "PermissionError"];
        refused.iter().any(|words| output.contains(words)).then(|| {
            let closed: Vec<String> = self.closed().iter().map(|folder| folder.display().to_string()).collect();
            format!(
                "Scripts reach nothing of the server, and of the workspace only what is their team's. They cannot list {}, \
                 make anything new directly in there, or mount anything. There is a folder for temporary files: $TMPDIR.",
                closed.join(", ")
            )
        })
    }

    /// The folders that no script can list or make anything new in, because what is kept from scripts lies below them.
    pub fn closed(&self) -> BTreeSet<PathBuf> {
        fence::closed(self)
    }

    /// The other folders that no script can make anything new in, because the program lies below them.
    pub fn fixed(&self) -> BTreeSet<PathBuf> {
        fence::fixed(self)
    }
}

/// Whether that account can come to a folder.
pub fn can_reach(account: &Account, folder: &Path) -> bool {
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| become_account(account).and_then(|()| folder.metadata())).join();
        asked.is_ok_and(|found| found.is_ok())
    })
}

/// Whether a script could change a file, or put another in its place: it, or a folder above it, belongs to its account or may
/// be written by it.
pub fn can_change(account: Option<&Account>, file: &Path) -> bool {
    let uid = account.map_or_else(|| rustix::process::geteuid().as_raw(), |account| account.uid);
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            let entered = account.map_or(Ok(()), become_account);
            let may = |path: &Path| {
                path.symlink_metadata().is_ok_and(|found| found.uid() == uid)
                    || rustix::fs::accessat(CWD, path, Access::WRITE_OK, AtFlags::EACCESS).is_ok()
            };
            entered.is_err() || file.ancestors().any(may)
        });
        asked.join().unwrap_or(true)
    })
}

/// Whether this thread may confine itself without giving up that programs can raise its rights, as `sudo` does.
fn may_confine_freely() -> bool {
    capabilities(None).is_ok_and(|held| held.effective.contains(CapabilitySet::SYS_ADMIN))
}

/// Becomes that account with nothing of this one's rights. The bounding set stays, for `sudo`.
fn become_account(account: &Account) -> std::io::Result<()> {
    let (uid, gid) = (Uid::from_raw(account.uid), Gid::from_raw(account.gid));
    let groups: Vec<Gid> = account.groups.iter().copied().map(Gid::from_raw).collect();
    set_thread_groups(&groups)?;
    set_thread_res_gid(gid, gid, gid)?;
    set_thread_res_uid(uid, uid, uid)?;
    clear_ambient_capability_set()?;
    let none = CapabilitySet::empty();
    Ok(set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?)
}

/// What a server that is not root needs to run scripts under another account and lacks, by the names of the kernel.
pub fn missing_capabilities() -> Vec<&'static str> {
    let needed = [
        (CapabilitySet::SETUID, "CAP_SETUID"),
        (CapabilitySet::SETGID, "CAP_SETGID"),
        (CapabilitySet::CHOWN, "CAP_CHOWN"),
        (CapabilitySet::KILL, "CAP_KILL"),
        (CapabilitySet::FOWNER, "CAP_FOWNER"),
        (CapabilitySet::DAC_OVERRIDE, "CAP_DAC_OVERRIDE"),
    ];
    let held = capabilities(None).map_or(CapabilitySet::empty(), |held| held.effective);
    needed.into_iter().filter(|(capability, _)| !held.contains(*capability)).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_protected_where_a_script_could_change_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(can_change(None, &folder.path().join("program")), "the folder is ours");
        if rustix::process::geteuid().is_root() {
            let nobody = Account::of_scripts("nobody", 0).unwrap();
            assert!(!can_change(Some(&nobody), Path::new("/bin/sh")));
            assert!(can_change(None, Path::new("/bin/sh")), "root may change everything");
        }
    }
}
