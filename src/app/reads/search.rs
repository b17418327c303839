//! Search of a region by a piece of a name, and the components of a team with the places that they run in.

use crate::app::{App, AppError, Caller};
use crate::domain::ids::{ApplicationId, RegionId, TeamId};
use crate::store::{
    ComponentPlace, FoundEnvironment, IdAndName, ListedComponent, ListedRelease, ReleaseQuery, ReleaseSort,
    TeamApplication,
};

/// So many of each sort are found at once.
pub const MAX_FOUND: usize = 20;

/// What was found, at most [`MAX_FOUND`] of each sort, by name.
#[derive(Debug, Clone, Default)]
pub struct SearchResults {
    /// Applications, over all regions.
    pub applications: Vec<TeamApplication>,
    /// Components in the region.
    pub components: Vec<(ListedComponent, ComponentPlace)>,
    /// Environments of the region.
    pub environments: Vec<FoundEnvironment>,
    /// Release tasks of the region, also by their descriptions.
    pub releases: Vec<ListedRelease>,
    /// The teams that own all this.
    pub teams: Vec<IdAndName<TeamId>>,
    /// Whether there is more than that.
    pub is_cut: bool,
}

/// The components of a team by where they run.
#[derive(Debug, Clone)]
pub struct ComponentMatrix {
    /// The team.
    pub team: IdAndName<TeamId>,
    /// Its applications.
    pub applications: Vec<TeamApplication>,
    /// Its components, or those of one application, by name.
    pub components: Vec<(ListedComponent, ComponentPlace)>,
}

impl App {
    /// What has a text in its name, of all that the caller may read.
    pub async fn search(&self, caller: &Caller, region: RegionId, text: &str) -> Result<SearchResults, AppError> {
        let teams = self.readable_teams(caller).await?;
        let ids: Vec<TeamId> = teams.iter().map(|team| team.id).collect();
        let most = u64::try_from(MAX_FOUND + 1).unwrap_or(u64::MAX);
        let place = (region, ids.as_slice());
        let mut found = SearchResults {
            applications: self.store.search_applications(&ids, text, most).await?,
            components: Vec::new(),
            environments: self.store.search_environments(place, text, most).await?,
            releases: self.search_releases(caller, region, text).await?,
            teams,
            is_cut: false,
        };
        let components = self.store.search_components(place, text, most).await?;
        found.components = self.store.with_places(components).await?;
        found.is_cut = found.cut();
        Ok(found)
    }

    async fn search_releases(
        &self,
        caller: &Caller,
        region_id: RegionId,
        text: &str,
    ) -> Result<Vec<ListedRelease>, AppError> {
        let query = ReleaseQuery {
            region_id,
            text: Some(text.to_owned()),
            statuses: Vec::new(),
            team: None,
            creator: None,
            sort: ReleaseSort::Name,
            descending: false,
            page: 1,
        };
        Ok(self.release_page(caller, &query, self.live.lists_mark()).await?.rows.clone())
    }

    /// The components in environments of a region, of the teams that the caller may read.
    pub async fn region_components(
        &self,
        caller: &Caller,
        region: RegionId,
    ) -> Result<Vec<(ListedComponent, ComponentPlace)>, AppError> {
        let teams: Vec<TeamId> = self.readable_teams(caller).await?.into_iter().map(|team| team.id).collect();
        let components = self.store.components_of_region(region, &teams).await?;
        Ok(self.store.with_places(components).await?)
    }

    /// The components of a team, or of one of its applications, in all regions.
    pub async fn component_matrix(
        &self,
        caller: &Caller,
        team: TeamId,
        application: Option<ApplicationId>,
    ) -> Result<ComponentMatrix, AppError> {
        let team = self.readable_teams(caller).await?.into_iter().find(|one| one.id == team);
        let team = team.ok_or(AppError::NotFound)?;
        let applications = self.store.applications(&[team.id]).await?;
        let components = match application {
            Some(id) if applications.iter().any(|one| one.id == id) => self.store.placed_components(id).await?,
            Some(_) => return Err(AppError::NotFound),
            None => self.store.team_components(team.id).await?,
        };
        Ok(ComponentMatrix { team, applications, components })
    }
}

impl SearchResults {
    /// Leaves out what is too much; answers whether there was any.
    fn cut(&mut self) -> bool {
        let longest = [self.applications.len(), self.components.len(), self.environments.len(), self.releases.len()];
        self.applications.truncate(MAX_FOUND);
        self.components.truncate(MAX_FOUND);
        self.environments.truncate(MAX_FOUND);
        self.releases.truncate(MAX_FOUND);
        longest.into_iter().any(|count| count > MAX_FOUND)
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.applications.is_empty()
            && self.components.is_empty()
            && self.environments.is_empty()
            && self.releases.is_empty()
    }
}
