//! Regions and teams as a request names them: by key or by name.

use crate::app::Caller;
use crate::app::reads::IdAndName;
use crate::domain::ids::{RegionId, TeamId};
use crate::http::Site;
use crate::http::error::{FieldProblem, HttpError};
use crate::messages::Locale;

/// What the interface that ours is like calls the team of whoever does not say which.
pub const DEFAULT_TEAM: &str = "0";

/// The region of an address.
pub async fn named(site: &Site, wanted: &str) -> Result<IdAndName<RegionId>, HttpError> {
    let regions = site.sessions.regions(&site.app).await?;
    find(&regions, wanted).ok_or(HttpError::NotFound)
}

/// The team of a body: the one that it names, or the only one of the caller's.
pub async fn team(site: &Site, caller: &Caller, wanted: Option<&str>) -> Result<IdAndName<TeamId>, HttpError> {
    let teams = site.sessions.teams(&site.app).await?;
    let wrong = |message: String| HttpError::Invalid(vec![FieldProblem { field: TEAM_FIELD.to_owned(), message }]);
    let words = Locale::default().api();
    if let Some(wanted) = wanted.filter(|wanted| !wanted.is_empty() && *wanted != DEFAULT_TEAM) {
        let found = find(&teams, wanted).filter(|team| caller.may_read_team(team.id));
        return found.ok_or_else(|| wrong(words.no_such_team(wanted)));
    }
    let theirs: Vec<_> = teams.iter().filter(|team| caller.is_in_team(team.id)).collect();
    match theirs.as_slice() {
        [only] => Ok((*only).clone()),
        _ => Err(wrong(words.which_team().to_owned())),
    }
}

/// The field that names a team.
pub const TEAM_FIELD: &str = "enterprise_project_id";

fn find<I: ToString + Clone>(all: &[IdAndName<I>], wanted: &str) -> Option<IdAndName<I>> {
    all.iter().find(|place| place.name == wanted || place.id.to_string() == wanted).cloned()
}
