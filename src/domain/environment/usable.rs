//! Environments that the release tasks of a team can name: its own, and those that other teams lent it.

use super::EnvironmentOptions;
use crate::domain::ids::{EnvironmentId, TeamId};
use crate::domain::names;

/// The most characters of the name of a team that stands before the name of an environment.
const MAX_TEAM_LEN: usize = 128;

/// An environment that a team can use in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsableEnvironment {
    /// Key.
    pub id: EnvironmentId,
    /// The team that owns it.
    pub team_id: TeamId,
    /// The name of that.
    pub team: String,
    /// Its name.
    pub name: String,
    /// The number of its newest version.
    pub version: u32,
    /// What its manager says of releases to it.
    pub options: EnvironmentOptions,
}

/// What the name of an environment in a release task leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NamedEnvironment<'e> {
    /// To this one.
    One(&'e UsableEnvironment),
    /// To several that these teams lent, and none of its own.
    Several(Vec<&'e str>),
    /// To none.
    None,
}

/// Whether it can stand in a release task: the name of an environment, or with the name of the team that lent it before a slash.
pub fn is_environment_name(written: &str) -> bool {
    match written.rsplit_once('/') {
        None => names::is_valid(written),
        Some((team, name)) => {
            let is_team = !team.trim().is_empty() && team.chars().count() <= MAX_TEAM_LEN;
            is_team && !team.chars().any(char::is_control) && names::is_valid(name)
        }
    }
}

/// The environment of that name among those that a team can use: its own before those that others lent.
pub fn named<'e>(written: &str, own: TeamId, usable: &'e [UsableEnvironment]) -> NamedEnvironment<'e> {
    let (team, name) = match written.rsplit_once('/') {
        Some((team, name)) => (Some(team), name),
        None => (None, written),
    };
    let alike: Vec<&UsableEnvironment> = usable
        .iter()
        .filter(|environment| environment.name == name && team.is_none_or(|team| environment.team == team))
        .collect();
    let own = alike.iter().find(|environment| environment.team_id == own);
    match (own, alike.as_slice()) {
        (Some(one), _) | (None, [one]) => NamedEnvironment::One(one),
        (None, []) => NamedEnvironment::None,
        (None, several) => NamedEnvironment::Several(several.iter().map(|one| one.team.as_str()).collect()),
    }
}

/// How release tasks of a team name each of these, so that no two are mistaken for each other.
pub fn written_names(own: TeamId, usable: &[UsableEnvironment]) -> Vec<String> {
    let written = |environment: &UsableEnvironment| match named(&environment.name, own, usable) {
        NamedEnvironment::One(one) if one.id == environment.id => environment.name.clone(),
        NamedEnvironment::One(_) | NamedEnvironment::Several(_) | NamedEnvironment::None => {
            format!("{}/{}", environment.team, environment.name)
        }
    };
    usable.iter().map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(team: u128, name: &str) -> UsableEnvironment {
        UsableEnvironment {
            id: EnvironmentId::from_u128(team),
            team_id: TeamId::from_u128(team),
            team: format!("Team {team}"),
            name: name.to_owned(),
            version: 1,
            options: EnvironmentOptions::default(),
        }
    }

    #[test]
    fn a_name_leads_to_the_own_environment_before_one_that_was_lent() {
        let usable = [of(1, "prod"), of(2, "prod"), of(2, "stage"), of(3, "prod")];
        let own = TeamId::from_u128(1);
        assert_eq!(named("prod", own, &usable), NamedEnvironment::One(&usable[0]));
        assert_eq!(named("stage", own, &usable), NamedEnvironment::One(&usable[2]));
        assert_eq!(named("Team 3/prod", own, &usable), NamedEnvironment::One(&usable[3]));
        assert_eq!(named("Team 4/prod", own, &usable), NamedEnvironment::None);
        assert_eq!(named("test", own, &usable), NamedEnvironment::None);
        let other = TeamId::from_u128(9);
        assert_eq!(named("prod", other, &usable), NamedEnvironment::Several(vec!["Team 1", "Team 2", "Team 3"]));
        assert_eq!(written_names(own, &usable), ["prod", "Team 2/prod", "stage", "Team 3/prod"]);
        for (written, environment) in written_names(other, &usable).iter().zip(&usable) {
            assert!(is_environment_name(written));
            assert_eq!(named(written, other, &usable), NamedEnvironment::One(environment));
        }
    }

    #[test]
    fn a_name_may_have_a_team_before_a_slash() {
        for (name, good) in [("prod", true), ("Payments and invoicing/prod", true), ("/prod", false), ("a/", false)] {
            assert_eq!(is_environment_name(name), good, "{name}");
        }
        assert!(!is_environment_name("a\nb/prod") && !is_environment_name("1prod"));
    }
}
