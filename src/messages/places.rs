//! Sentences about teams and regions, and the permission to run scripts.

/// Sentences about teams and regions, and the permission to run scripts.
pub trait PlaceSentences {
    /// What the page of teams shows.
    fn teams_lead(&self) -> &'static str;

    /// What the page of regions shows.
    fn regions_lead(&self) -> &'static str;

    /// The title of the form that makes a team.
    fn add_team(&self) -> &'static str;

    /// The title of the form that makes a region.
    fn add_region(&self) -> &'static str;

    /// There is one of this name.
    fn taken(&self) -> &'static str;

    /// There is one already whose name differs in upper and lower case only.
    fn alike(&self, other: &str) -> String;

    /// Whether a team may have scripts run on the server.
    fn scripts(&self, allowed: bool) -> &'static str;

    /// Changes that.
    fn permit_scripts(&self, allowed: bool) -> &'static str;
}
