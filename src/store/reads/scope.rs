//! The visibility of releases to a reader: queries start from it, so that nobody is shown what is not theirs.

use sea_orm::ColumnTrait;
use sea_orm::sea_query::Condition;

use crate::domain::ids::TeamId;
use crate::domain::people::User;

/// Whose release tasks a reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Everybody's: administrators.
    All,
    /// Those of these teams.
    Teams(Vec<TeamId>),
}

impl From<&User> for Scope {
    fn from(user: &User) -> Self {
        if user.administrator {
            return Self::All;
        }
        let mut teams: Vec<TeamId> = user.roles.iter().map(|held| held.team).collect();
        teams.sort_unstable();
        teams.dedup();
        Self::Teams(teams)
    }
}

impl Scope {
    /// Only rows whose team the reader may see.
    pub(in crate::store) fn condition(&self, team: impl ColumnTrait) -> Condition {
        match self {
            Self::All => Condition::all(),
            Self::Teams(teams) => Condition::all().add(team.is_in(teams.iter().copied())),
        }
    }
}
