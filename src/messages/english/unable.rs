//! Why people cannot decide a checkpoint.

use super::grammar::{counted, listed};
use crate::domain::execution::Start;
use crate::domain::policy::Agreement;
use crate::domain::unable::{Impasse, Inability, Unable};

/// The most people of whom it is said; the others are counted.
const MAX_PEOPLE: usize = 12;

/// Of one of them, as a part of a sentence.
pub fn unable(who: &Unable) -> String {
    let name = &who.name;
    match who.why {
        Inability::NoAccount => format!("{name} has no account"),
        Inability::Disabled => format!("the account {name} is disabled"),
        Inability::NotAMember => format!("{name} is not in the team"),
        Inability::NoApprover => format!("{name} may not approve in this team"),
        Inability::Starter(how) => format!("{name} {} (four eyes)", did(how)),
        Inability::NobodyHolds(role) => format!("nobody in the team holds the role {}", role.word()),
    }
}

/// Of all of them, as a part of a sentence.
pub fn all_unable(who: &[Unable]) -> String {
    let mut told: Vec<String> = who.iter().take(MAX_PEOPLE).map(unable).collect();
    if who.len() > MAX_PEOPLE {
        told.push(format!("{} cannot either", counted(who.len() - MAX_PEOPLE, "other")));
    }
    listed(told.iter().map(String::as_str), "and")
}

/// Why a checkpoint that waits cannot be passed now.
pub fn impasse(impasse: &Impasse) -> String {
    let Impasse { agreement: Agreement { missing, able }, unable } = impasse;
    let short = match able {
        0 => "Nobody can decide it now".to_owned(),
        able => format!("{able} can decide it now, and {missing} must agree"),
    };
    let why = if unable.is_empty() { String::new() } else { format!(": {}", all_unable(unable)) };
    format!("{short}{why}. An administrator can decide in their place.")
}

/// What somebody did who is a starter.
fn did(how: Start) -> &'static str {
    match how {
        Start::Executed => "started this release",
        Start::Edited => "saved the version that it runs",
        Start::Retried => "retried this release",
        Start::Skipped => "skipped a failed task of it",
        Start::ByToken => "made or renewed the token that started it",
        Start::Caused => "is named as its cause",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f12_an_impasse_says_who_cannot_and_why() {
        let unable = |name: &str, why| Unable { name: name.to_owned(), why };
        let agreement = Agreement { missing: 1, able: 0 };
        let who = vec![
            unable("gone", Inability::NoAccount),
            unable("viewer", Inability::NoApprover),
            unable("operator", Inability::Starter(Start::Executed)),
        ];
        assert_eq!(
            impasse(&Impasse { agreement, unable: who }),
            "Nobody can decide it now: gone has no account, viewer may not approve in this team and operator started this \
             release (four eyes). An administrator can decide in their place."
        );
        let many: Vec<Unable> = (0..15).map(|n| unable(&format!("n{n}"), Inability::NotAMember)).collect();
        assert!(all_unable(&many).ends_with("n11 is not in the team and 3 others cannot either"), "{many:?}");
        let short = Impasse { agreement: Agreement { missing: 2, able: 1 }, unable: Vec::new() };
        assert_eq!(
            impasse(&short),
            "1 can decide it now, and 2 must agree. An administrator can decide in their place."
        );
    }
}
