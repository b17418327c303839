//! Sentences about the named secrets of teams and environments.

use crate::domain::named_secrets::NamedSecretFault;

/// Sentences about the named secrets of teams and environments.
pub trait NamedSecretSentences {
    /// The title of those of a team or an environment.
    fn title(&self, place: &str) -> String;

    /// The same where it is known of what.
    fn short_title(&self) -> &'static str;

    /// Who is given them.
    fn lead(&self, is_of_environment: bool) -> &'static str;

    /// What to do when there is none.
    fn first(&self, may_manage: bool) -> &'static str;

    /// The button that leads to the form of a new one.
    fn new_secret(&self) -> &'static str;

    /// The button that leads to the form that sets one again.
    fn set_again(&self) -> &'static str;

    /// The button that has one forgotten.
    fn forget(&self) -> &'static str;

    /// Who is given one.
    fn given_to(&self, is_of_environment: bool, for_tasks: bool) -> &'static str;

    /// What it means that tasks may be given one.
    fn for_tasks_hint(&self, is_of_environment: bool) -> &'static str;

    /// The title of the form of a new one.
    fn new_title(&self, place: &str) -> String;

    /// The title of the form that sets one again.
    fn again_title(&self, name: &str) -> String;

    /// What becomes of a value.
    fn form_lead(&self) -> &'static str;

    /// That the value is to be typed again.
    fn value_lost(&self) -> &'static str;

    /// The question before one is forgotten.
    fn forgetting_title(&self, name: &str) -> String;

    /// What follows from it.
    fn forgetting(&self) -> &'static str;

    /// What is wrong with one.
    fn fault(&self, fault: &NamedSecretFault) -> String;
}
