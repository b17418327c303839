//! The pages of applications: all of them, one, its form, and one component.

use askama::Template;

use crate::pages::components::{
    Action, Chrome, Crumbs, Fact, Field, Hidden, Link, Notice, SelectOption, Status, When, part,
};
use crate::pages::environments::view::ComponentRow;

/// The applications.
#[derive(Debug, Default, Template)]
#[template(path = "applications/index.html")]
pub struct ApplicationsPage {
    /// Around it.
    pub chrome: Chrome,
    /// What it shows.
    pub lead: &'static str,
    /// The form of a new one, for whoever may make one.
    pub actions: Vec<Action>,
    /// By name.
    pub rows: Vec<ApplicationRow>,
    /// Takes the GET: `q`.
    pub url: String,
    /// What is searched; empty for the list.
    pub search: String,
    /// What was found.
    pub found: Vec<SearchSection>,
    /// Whether there is more of it.
    pub is_cut: bool,
    /// So many of each sort are shown.
    pub most: usize,
}

/// What a search found of one sort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchSection {
    /// Its anchor.
    pub id: &'static str,
    /// What they are.
    pub title: &'static str,
    /// They, by name.
    pub rows: Vec<SearchRow>,
}

/// Something that a search found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRow {
    /// Its name, which leads to it.
    pub name: Link,
    /// Where it belongs.
    pub about: String,
    /// How it is.
    pub status: Option<Status>,
}

/// The components of a team by environment.
#[derive(Debug, Template)]
#[template(path = "applications/matrix.html")]
pub struct MatrixPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// What it shows.
    pub lead: &'static str,
    /// Takes the GET: `team`, `application`.
    pub url: String,
    /// The teams to choose from.
    pub teams: Vec<SelectOption>,
    /// The applications of the team.
    pub applications: Vec<SelectOption>,
    /// The environments.
    pub columns: Vec<MatrixColumn>,
    /// The components.
    pub rows: Vec<MatrixRow>,
    /// Whether there are more.
    pub is_cut: bool,
}

/// An environment of the matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixColumn {
    /// Its name, which leads to it.
    pub name: Link,
    /// The region that it is in.
    pub region: String,
}

/// The components of one name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixRow {
    /// The name.
    pub name: String,
    /// What is of them in each environment.
    pub cells: Vec<Vec<MatrixCell>>,
}

/// A component in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixCell {
    /// Its application, which leads to the component.
    pub name: Link,
    /// What runs.
    pub version: Option<String>,
    /// How it is.
    pub status: Status,
}

/// An application of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplicationRow {
    /// Its name, which leads to it.
    pub name: Link,
    /// What people say of it.
    pub description: String,
    /// The team that owns it.
    pub team: String,
    /// Its components in the region, each with how it is.
    pub components: Vec<(Link, Status, Option<String>)>,
}

/// One application.
#[derive(Debug, Template)]
#[template(path = "applications/show.html")]
pub struct ApplicationPage {
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
    /// Its components in all regions.
    pub components: Vec<ComponentRow>,
}

/// The form of an application.
#[derive(Debug, Default, Template)]
#[template(path = "applications/form.html")]
pub struct ApplicationFormPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// What is made or changed.
    pub title: String,
    /// What an application is.
    pub lead: &'static str,
    /// Takes the POST.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// What is sent along.
    pub hidden: Vec<Hidden>,
    /// What is wrong with no field of it.
    pub alert: Option<String>,
    /// The teams that it can be of; none where that is settled.
    pub teams: Vec<SelectOption>,
    /// Its name, if it is new.
    pub name: Option<Field>,
    /// What people say of it.
    pub description: Field,
}

/// One component.
#[derive(Debug, Template)]
#[template(path = "applications/component.html")]
pub struct ComponentPage {
    /// Around it.
    pub chrome: Chrome,
    /// Where it is.
    pub crumbs: Crumbs,
    /// Its name.
    pub title: String,
    /// How it is.
    pub status: Status,
    /// Why.
    pub reason: String,
    /// What is to be known of it at once.
    pub facts: Vec<Fact>,
    /// What can be done with it.
    pub actions: Vec<Action>,
    /// That an execution works on it.
    pub notice: Option<Notice>,
    /// What runs, field by field.
    pub fields: Vec<(String, String)>,
    /// What is another in the newer of two revisions; nothing while there is one alone.
    pub comparison: Option<RevisionComparison>,
    /// Its revisions, the newest first.
    pub revisions: Vec<RevisionLine>,
}

/// Promote: where to.
#[derive(Debug, Template)]
#[template(path = "applications/promote.html")]
pub struct PromoteDialog {
    /// "Promote web 1.4".
    pub title: String,
    /// Takes the POST: `to`, `fields`.
    pub url: String,
    /// Back.
    pub cancel_url: String,
    /// The components to which it can go.
    pub targets: Vec<SelectOption>,
    /// What of it can go.
    pub fields: Vec<SelectOption>,
}

part!(PromoteDialog);

/// Two revisions side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionComparison {
    /// "Revision 3 to 4".
    pub title: String,
    /// The fields that differ, with their values before and after.
    pub changes: Vec<(String, Option<String>, Option<String>)>,
    /// The older ones that can be chosen.
    pub from: Vec<SelectOption>,
    /// The newer ones.
    pub to: Vec<SelectOption>,
}

/// A revision of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionLine {
    /// "Revision 4", which leads to what is another in it.
    pub name: Link,
    /// What became of it.
    pub status: Status,
    /// Its version.
    pub version: String,
    /// The execution that made it, if that may be read.
    pub by: Option<Link>,
    /// The task that made it.
    pub task: String,
    /// When.
    pub when: When,
    /// Whether it runs.
    pub is_current: bool,
    /// Deploy Again, for whoever may.
    pub again: Option<Action>,
}
