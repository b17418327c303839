//! A manual trigger on pages.

use super::{KindView, to_check};
use crate::domain::kinds::ManualTrigger;
use crate::pages::components::Fact;

impl KindView for ManualTrigger {
    fn icon(&self) -> &'static str {
        "play"
    }

    fn plan(&self) -> Vec<String> {
        to_check(&self.check).into_iter().collect()
    }

    fn inputs(&self) -> Vec<Fact> {
        Vec::new()
    }
}
