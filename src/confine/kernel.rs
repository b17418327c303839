//! The version of Landlock that this kernel has.

use std::sync::OnceLock;

use landlock::{ABI, Access as _, AccessFs, LandlockStatus, Ruleset, RulesetAttr as _, RulesetCreatedAttr as _};
use serde::{Deserialize, Serialize};

/// What this kernel can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Kernel {
    /// It has no Landlock, or it is switched off.
    WithoutLandlock,
    /// It has Landlock of that version.
    WithLandlock(u32),
}

/// What this kernel can do; asked once.
pub fn kernel() -> Kernel {
    static FOUND: OnceLock<Kernel> = OnceLock::new();
    *FOUND.get_or_init(|| {
        // The crate tells only whoever confines itself: a thread that does nothing else.
        let status = std::thread::spawn(|| {
            let rules = Ruleset::default().handle_access(AccessFs::from_all(ABI::V1)).ok()?.create().ok()?;
            Some(rules.no_new_privs(true).restrict_self().ok()?.landlock)
        });
        let Ok(Some(LandlockStatus::Available { effective_abi, kernel_abi })) = status.join() else {
            return Kernel::WithoutLandlock;
        };
        let version = kernel_abi.unwrap_or(effective_abi as i32).cast_unsigned();
        match crate::failpoints::oldest_landlock().map_or(version, |most| version.min(most)) {
            0 => Kernel::WithoutLandlock,
            version => Kernel::WithLandlock(version),
        }
    })
}
