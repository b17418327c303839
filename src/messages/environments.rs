//! Sentences about the options of environments and who works in them.

use crate::domain::component_wait::Holder;
use crate::domain::environment::{ApproverRule, OptionFault, ReleaseLock};

/// Sentences about the options of environments and who works in them.
pub trait EnvironmentSentences {
    /// The title of the form of the options of an environment.
    fn options_title(&self) -> &'static str;

    /// What those are for.
    fn options_lead(&self) -> &'static str;

    /// How many releases work in an environment at a time, as a choice.
    fn lock_choice(&self, lock: ReleaseLock) -> &'static str;

    /// The same where it is said of one.
    fn lock(&self, lock: ReleaseLock) -> &'static str;

    /// Which approval an environment needs.
    fn approval(&self, rule: Option<&ApproverRule>) -> String;

    /// Which teams release there beside its own.
    fn lent_to(&self, teams: &[&str]) -> String;

    /// What is wrong with typed options.
    fn option_fault(&self, fault: &OptionFault) -> String;

    /// That somebody else saved options meanwhile.
    fn options_changed_since(&self) -> &'static str;

    /// That a component cannot be released by a release task without a checkpoint.
    fn needs_approval(&self, environment: &str, rule: &ApproverRule) -> String;

    /// That an environment belongs to another team.
    fn lent_by(&self, team: &str) -> String;

    /// That a task waits for a component or an environment, and on whom.
    fn waits_for(&self, holder: &Holder) -> String;

    /// That an execution works in an environment of which one release at a time does.
    fn works_in(&self, release: &str, number: u32) -> String;

    /// That a checkpoint is asked again, since an environment was changed.
    fn asked_again(&self, environment: &str) -> String;
}
