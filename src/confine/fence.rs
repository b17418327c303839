//! Rules for Landlock: everything beside what is protected, and what a script is given of it.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::DirEntry;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, BitFlags, PathBeneath, Ruleset, RulesetAttr as _, RulesetCreated,
    RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, make_bitflags,
};
use rustix::fs::{FileType, Mode, OFlags, fstat, open};

use super::mounts::Mounts;
use super::{Confinement, GrantedPaths};
use crate::domain::failure_cause::IoFault;

/// The newest version of Landlock whose rights are asked for; a kernel that has less gives less.
const KNOWN: ABI = ABI::V7;

/// What is allowed of one place, and of everything in it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    path: PathBuf,
    allows: BitFlags<AccessFs>,
    /// What lies there, where that is known already.
    kind: Option<FileType>,
}

/// Confines this thread.
pub fn enter(confinement: &Confinement, given: &GrantedPaths, no_new_privs: bool) -> Result<(), IoFault> {
    match restrict(confinement, given, no_new_privs).map_err(|problem| IoFault::System(problem.to_string()))? {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
        // The kernel has it, and still took none of it: nothing may be started so.
        RulesetStatus::NotEnforced => Err(IoFault::RulesNotTaken),
    }
}

fn restrict(
    confinement: &Confinement,
    given: &GrantedPaths,
    no_new_privs: bool,
) -> Result<RulesetStatus, RulesetError> {
    // Sockets without a path stay reachable: clients of daemons use them.
    let handled = Ruleset::default().handle_access(AccessFs::from_all(KNOWN))?.scope(Scope::Signal)?;
    let mut rules = handled.create()?.no_new_privs(no_new_privs);
    for rule in around(confinement).into_iter().chain(within(given)) {
        allow(&mut rules, &rule);
    }
    Ok(rules.restrict_self()?.ruleset)
}

/// Adds a rule. What cannot be opened or is of a kind that no rule is made for stays kept from the script.
fn allow(rules: &mut RulesetCreated, rule: &Rule) {
    // A link is followed by whoever uses it, to a place that has rules of its own.
    if rule.kind == Some(FileType::Symlink) {
        return;
    }
    let Ok(place) = open(&rule.path, OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC, Mode::empty()) else { return };
    let kind = rule.kind.or_else(|| Some(FileType::from_raw_mode(fstat(&place).ok()?.st_mode)));
    let allows = match kind {
        Some(FileType::Directory) => rule.allows,
        Some(FileType::Symlink) | None => return,
        Some(_) => rule.allows & AccessFs::from_file(KNOWN),
    };
    // Where something else was put there meanwhile, the kernel takes no right of a folder for it.
    let _ = rules.add_rule(PathBeneath::new(place, allows));
}

/// What an entry is, as its folder says; file systems that do not say it are asked for each.
fn kind(entry: &DirEntry) -> Option<FileType> {
    let found = entry.file_type().ok()?;
    Some(match (found.is_dir(), found.is_symlink()) {
        (true, _) => FileType::Directory,
        (_, true) => FileType::Symlink,
        _ => FileType::RegularFile,
    })
}

/// The machine as it is, but for what is protected.
fn around(confinement: &Confinement) -> Vec<Rule> {
    let everything = AccessFs::from_all(KNOWN);
    let (protected, program) = both(confinement);
    let above = folders_above(&protected);
    let mut parted = folders_above(&program);
    parted.retain(|folder| !above.contains(folder) && !protected.iter().any(|place| folder.starts_with(place)));
    // The program and the folders above it may be read. A rule for the uppermost holds for those in it.
    let mut rules: Vec<Rule> = Vec::new();
    let readable = parted.iter().chain(&program).filter(|place| !above.contains(*place));
    for place in readable.filter(|place| !protected.iter().any(|kept| place.starts_with(kept))) {
        if !rules.iter().any(|rule| place.starts_with(&rule.path)) {
            rules.push(Rule { path: place.clone(), allows: reading(), kind: None });
        }
    }
    let kept = |path: &PathBuf| {
        [&above, &parted].iter().any(|set| set.contains(path)) || protected.contains(path) || program.contains(path)
    };
    for folder in above.iter().chain(&parted) {
        // One that the server itself cannot list stays closed.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if !kept(&path) && !is_beside(&path, &protected) {
                rules.push(Rule { kind: kind(&entry), path, allows: everything });
            }
        }
    }
    rules
}

/// Whether it is called like a file that is protected, and more: what a database has beside it, and copies that a restore put
/// aside.
fn is_beside(path: &Path, protected: &BTreeSet<PathBuf>) -> bool {
    let name = path.file_name().unwrap_or_default().as_encoded_bytes();
    protected.iter().any(|kept| {
        let begins = kept.file_name().is_some_and(|kept| name.starts_with(kept.as_encoded_bytes()));
        begins && path.parent() == kept.parent() && !kept.is_dir()
    })
}

/// What a script is given of what is protected.
fn within(given: &GrantedPaths) -> Vec<Rule> {
    let written = make_bitflags!(AccessFs::{ReadFile | WriteFile | Truncate});
    let run = make_bitflags!(AccessFs::{ReadFile | Execute});
    let rules = |paths: &[PathBuf], allows| {
        paths.iter().map(move |path| Rule { path: path.clone(), allows, kind: None }).collect::<Vec<_>>()
    };
    [
        rules(&given.folders, AccessFs::from_all(KNOWN)),
        rules(&given.written, written),
        rules(&given.read, reading()),
        rules(&given.run, run),
    ]
    .concat()
}

fn reading() -> BitFlags<AccessFs> {
    make_bitflags!(AccessFs::{ReadFile | ReadDir | Execute})
}

/// The folders that no script can list, or make anything new in.
pub fn closed(confinement: &Confinement) -> BTreeSet<PathBuf> {
    folders_above(&both(confinement).0)
}

/// The other folders in which no script can make anything new.
pub fn fixed(confinement: &Confinement) -> BTreeSet<PathBuf> {
    let (protected, program) = both(confinement);
    let closed = folders_above(&protected);
    folders_above(&program).into_iter().filter(|folder| !closed.contains(folder)).collect()
}

/// The folders that lie above any of these places: what is new in them is kept from scripts, and they cannot be listed.
fn folders_above(places: &BTreeSet<PathBuf>) -> BTreeSet<PathBuf> {
    let above = places.iter().flat_map(|place| place.ancestors().skip(1));
    above.filter(|folder| !places.iter().any(|place| folder.starts_with(place))).map(Path::to_owned).collect()
}

/// Every path of what is protected and of the program, without links, and wherever it is mounted.
fn both(confinement: &Confinement) -> (BTreeSet<PathBuf>, BTreeSet<PathBuf>) {
    let mounts = Mounts::read();
    let places = |paths: &[PathBuf]| {
        let real: Vec<PathBuf> = paths.iter().filter_map(|path| real(path)).collect();
        let others = mounts.other_names(&real);
        real.into_iter().chain(others).collect()
    };
    (places(&confinement.protected), places(confinement.program.as_slice()))
}

/// The path without links; of what is not there, that of the folder with its name.
fn real(path: &Path) -> Option<PathBuf> {
    path.canonicalize().ok().or_else(|| Some(path.parent()?.canonicalize().ok()?.join(path.file_name()?)))
}

/// The files that belong to that database's file.
pub fn beside_database(file: &Path) -> Vec<PathBuf> {
    let named = |ending: &str| {
        let mut name: OsString = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    ["", "-wal", "-shm", "-journal"].map(named).to_vec()
}
