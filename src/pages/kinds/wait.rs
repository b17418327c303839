//! A wait on pages.

use super::{KindView, input};
use crate::domain::kinds::Wait;
use crate::messages::Locale;
use crate::messages::kinds::InputLabel;
use crate::pages::components::Fact;

impl KindView for Wait {
    fn icon(&self) -> &'static str {
        "clock"
    }

    fn plan(&self) -> Vec<String> {
        vec![Locale::default().kinds().wait_planned(self)]
    }

    fn inputs(&self) -> Vec<Fact> {
        vec![input(InputLabel::Waits, Locale::default().kinds().waits(self))]
    }
}
