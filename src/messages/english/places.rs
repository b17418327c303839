//! Sentences about teams and regions, and the permission to run scripts.

use super::English;
use crate::messages::places::PlaceSentences;

impl PlaceSentences for English {
    fn teams_lead(&self) -> &'static str {
        "A team owns release tasks in all regions. Its commands run on the server only where that is allowed: whoever may \
         save them can then do there what the server may."
    }

    fn regions_lead(&self) -> &'static str {
        "A region is a place that things are released to. Its name is part of every address, and never changes."
    }

    fn add_team(&self) -> &'static str {
        "Add a Team"
    }

    fn add_region(&self) -> &'static str {
        "Add a Region"
    }

    fn taken(&self) -> &'static str {
        "There is one of this name already: choose another."
    }

    fn alike(&self, other: &str) -> String {
        format!("There is {other} already, which differs in upper and lower case only: choose another name.")
    }

    fn scripts(&self, allowed: bool) -> &'static str {
        if allowed { "Allowed" } else { "Not allowed" }
    }

    fn permit_scripts(&self, allowed: bool) -> &'static str {
        if allowed { "Allow Scripts" } else { "Forbid Scripts" }
    }
}
