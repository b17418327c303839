//! The pages of environments: those of a region, one of them, and its form.

use askama::Template;

use crate::messages::components::GivenVariable;
use crate::pages::components::{Action, Chrome, Crumbs, Fact, Field, Hidden, Link, Notice, SelectOption, Status, When};

/// The environments of a region.
#[derive(Debug, Default, Template)]
#[template(path = "environments/index.html")]
pub struct EnvironmentsPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows.
    pub lead: &'static str,
    /// The form of a new one, for whoever may make one.
    pub actions: Vec<Action>,
    /// By name.
    pub rows: Vec<EnvironmentRow>,
}

/// An environment of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvironmentRow {
    /// Its name, which leads to it.
    pub name: Link,
    /// What people say of it.
    pub description: String,
    /// How components come to run there.
    pub kind: &'static str,
    /// The team that owns it.
    pub team: String,
    /// "3 components".
    pub components: String,
    /// "Version 2".
    pub version: String,
}

/// One environment.
#[derive(Debug, Template)]
#[template(path = "environments/show.html")]
pub struct EnvironmentPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// Its name.
    pub title: String,
    /// What people say of it.
    pub description: String,
    /// What is to be known of it at once.
    pub facts: Vec<Fact>,
    /// What can be done with it.
    pub actions: Vec<Action>,
    /// What keeps its scripts from being run.
    pub warning: Option<Notice>,
    /// Its hosts, if it is some.
    pub hosts: Vec<HostLine>,
    /// Its scripts.
    pub scripts: Vec<ScriptBox>,
    /// What runs there.
    pub components: Vec<ComponentRow>,
    /// What a script is given.
    pub given: Vec<GivenVariable>,
    /// That it is another team's.
    pub lent_by: Option<Notice>,
    /// How many releases work there at a time.
    pub lock: &'static str,
    /// The release for which others wait now.
    pub works_in: Option<String>,
    /// Which approval is needed.
    pub approval: String,
    /// Which other teams release there.
    pub lent_to: String,
    /// Which executions worked there last, the newest first.
    pub uses: Vec<UseLine>,
    /// Its versions, the newest first.
    pub versions: Vec<VersionLine>,
}

/// A stretch of time in which an execution worked in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UseLine {
    /// Which.
    pub by: String,
    /// From when.
    pub since: When,
    /// Until when; nothing while it goes on.
    pub until: Option<When>,
}

/// A host of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostLine {
    /// Its name.
    pub name: String,
    /// The account and where it is found.
    pub place: String,
    /// Its labels.
    pub labels: String,
}

/// A script of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptBox {
    /// What it does.
    pub title: &'static str,
    /// When it is run, and for how long at most.
    pub about: String,
    /// The script.
    pub text: String,
}

/// A component in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentRow {
    /// Its name, which leads to it.
    pub name: Link,
    /// Its application, or its environment, whatever the page is not about.
    pub place: Link,
    /// The version that runs.
    pub version: Option<String>,
    /// How it is.
    pub status: Status,
    /// Why.
    pub reason: String,
    /// Since when.
    pub when: When,
}

/// A version of an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionLine {
    /// "Version 2".
    pub name: String,
    /// Who saved it.
    pub by: String,
    /// When.
    pub when: When,
}

/// A link to the form with another example in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleLink {
    /// What it deploys with.
    pub link: Link,
    /// Whether it is in the form.
    pub is_shown: bool,
}

/// The fields of hosts that are reached by ssh.
#[derive(Debug, Default)]
pub struct HostFields {
    /// The hosts, a line each.
    pub hosts: Field,
    /// The account on hosts that name none.
    pub user: Field,
    /// The name of the secret that is the key.
    pub key: Field,
    /// How many hosts at a time.
    pub batch: Field,
    /// How many hosts may fail.
    pub max_failed: Field,
}

/// The form of an environment.
#[derive(Debug, Default, Template)]
#[template(path = "environments/form.html")]
pub struct EnvironmentFormPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// What is made or changed.
    pub title: String,
    /// What an environment is for.
    pub lead: &'static str,
    /// Takes the POST.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// The version that the form began from.
    pub hidden: Vec<Hidden>,
    /// What is wrong with no field of it.
    pub alert: Option<String>,
    /// Of which kinds a new one can be; none where that is settled.
    pub kinds: Vec<ExampleLink>,
    /// What a new one can begin with; none where that is over.
    pub examples: Vec<ExampleLink>,
    /// The teams that it can be of; none where that is settled.
    pub teams: Vec<SelectOption>,
    /// Its name, if it is new.
    pub name: Option<Field>,
    /// What people say of it.
    pub description: Field,
    /// The hosts, if it is some.
    pub hosts: Option<HostFields>,
    /// The script that deploys.
    pub deploy: Field,
    /// The script that looks whether what was deployed is well.
    pub verify: Field,
    /// The script that removes.
    pub remove: Field,
    /// Variables of all of them.
    pub variables: Field,
    /// How long one of them may take.
    pub timeout: Field,
    /// What a script is given.
    pub given: Vec<GivenVariable>,
}
