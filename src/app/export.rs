//! Export of release tasks: what `import` reads.

use super::{App, AppError, Caller};
use crate::format::{Document, WrittenDocument};
use crate::store::ExportedRelease;

/// Which release tasks are exported; what is not said is not asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportChoice {
    /// Any of these names; none of them means any.
    pub names: Vec<String>,
    /// Name of the team.
    pub team: Option<String>,
    /// Name of the region.
    pub region: Option<String>,
}

impl ExportChoice {
    fn has(&self, listed: &ExportedRelease) -> bool {
        let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
        (self.names.is_empty() || self.names.contains(&listed.name))
            && is(&self.team, &listed.team)
            && is(&self.region, &listed.region)
    }
}

impl App {
    /// The newest version of each release task that is chosen and that the caller may see, by region, team and name, with the
    /// text that somebody wrote of it.
    pub async fn export(&self, caller: &Caller, choice: &ExportChoice) -> Result<Vec<WrittenDocument>, AppError> {
        let all = self.store.exported_releases().await?;
        let chosen = all.into_iter().filter(|listed| choice.has(listed) && caller.may_see(listed.team_id, false));
        Ok(chosen.map(WrittenDocument::from).collect())
    }
}

impl From<ExportedRelease> for WrittenDocument {
    fn from(listed: ExportedRelease) -> Self {
        let document = Document {
            name: listed.name,
            description: listed.description,
            team: Some(listed.team),
            region: Some(listed.region),
            definition: listed.definition,
            straightened: Vec::new(),
        };
        Self::of(document, listed.text.as_deref())
    }
}
