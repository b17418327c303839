//! The page of a release task, and of one of its executions: head, notices, tabs, and what the tab shows.

use std::fmt::Display;

use askama::Template;
use askama::filters::HtmlSafe;

use super::activity::view::ActivityView;
use super::definition::view::DefinitionView;
use super::process::view::ProcessView;
use super::timeline::view::TimelineView;
use crate::pages::components::{Action, ChangeList, Chrome, Crumbs, Fact, Link, Menu, Notice, Status, part};
use crate::pages::executions::view::ExecutionsView;

/// The whole page, with the part that changes or a place for it.
#[derive(Debug, Template)]
#[template(path = "release_tasks/show.html")]
pub struct ReleasePage<L: Display + HtmlSafe = ReleaseLive> {
    /// Around it.
    pub chrome: Chrome,
    /// All that changes while it is looked at.
    pub live: L,
    /// On the page of an execution: what changed since the one before. It never changes.
    pub changes: Option<ChangeList>,
}

/// The part that comes back alone every second when something changed: head, notices, tabs and body at once.
#[derive(Debug, Template)]
#[template(path = "release_tasks/_live.html")]
pub struct ReleaseLive {
    /// Name, status, facts, actions.
    pub head: ReleaseHead,
    /// Who is waited for, what failed.
    pub notices: Vec<Notice>,
    /// The tabs; without any there is no bar.
    pub tabs: Vec<Tab>,
    /// What the tab shows.
    pub body: Body,
    /// Answers this fragment anew, or 204 when nothing changed since the `seen` in the URL; none when all is over.
    pub refresh: Option<String>,
    /// Told by the live region when it changes, such as "shop-web: To be approved".
    pub announce: String,
}

/// Name, status, facts, actions.
#[derive(Debug, Template)]
#[template(path = "release_tasks/_head.html")]
pub struct ReleaseHead {
    /// Back to the list.
    pub crumbs: Crumbs,
    /// The title.
    pub title: String,
    /// The pill beside it.
    pub status: Status,
    /// "Edited since": the definition is newer than what was executed.
    pub edited: Option<Link>,
    /// What it is for.
    pub description: Option<String>,
    /// One line of facts.
    pub facts: Vec<Fact>,
    /// The actions allowed now.
    pub actions: Vec<Action>,
    /// The rest of them.
    pub menu: Option<Menu>,
}

/// A tab.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tab {
    /// Its name.
    pub name: String,
    /// Its page.
    pub url: String,
    /// Whether it is shown.
    pub current: bool,
}

impl Tab {
    /// A tab.
    pub fn new(name: impl Into<String>, url: impl Into<String>, current: bool) -> Self {
        Self { name: name.into(), url: url.into(), current }
    }
}

/// What a tab shows.
#[derive(Debug)]
pub enum Body {
    /// Release Process View.
    Process(ProcessView),
    /// Timeline.
    Timeline(TimelineView),
    /// Execution Records.
    Executions(ExecutionsView),
    /// Definition.
    Definition(Box<DefinitionView>),
    /// Activity.
    Activity(ActivityView),
}

part!(ReleaseLive, ReleaseHead);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::components::{ActionStyle, Look};
    use crate::pages::release_tasks::process::view::{Card, Lane, PhaseView};

    fn live(card: Card, refresh: Option<String>) -> ReleaseLive {
        let phase = PhaseView {
            number: 1,
            name: "Build".into(),
            lanes: vec![Lane { cards: vec![card] }],
            ..PhaseView::default()
        };
        ReleaseLive {
            head: ReleaseHead {
                crumbs: Crumbs::default(),
                title: "shop-web".into(),
                status: Status::new(Look::Running, "Running"),
                edited: None,
                description: None,
                facts: vec![],
                actions: vec![],
                menu: None,
            },
            notices: vec![],
            tabs: vec![],
            body: Body::Process(ProcessView { phases: vec![phase], ..ProcessView::default() }),
            refresh,
            announce: "shop-web: Running".into(),
        }
    }

    #[test]
    fn what_people_wrote_is_shown_as_text() {
        let card =
            Card { name: "build".into(), last_line: Some("<script>alert(1)</script>".into()), ..Card::default() };
        let html = live(card, None).render().unwrap();
        assert!(!html.contains("<script>"), "{html}");
        assert!(html.contains("&#60;script&#62;"), "{html}");
    }

    #[test]
    fn a_page_polls_until_all_is_over() {
        let html = live(Card::default(), Some("/process?seen=41".into())).render().unwrap();
        assert!(html.contains("hx-get=\"/process?seen=41\" hx-trigger=\"every 1s\" hx-swap=\"outerMorph\""), "{html}");
        assert!(!live(Card::default(), None).render().unwrap().contains("hx-"));
    }

    #[test]
    fn an_action_that_is_not_allowed_is_not_there() {
        let allowed =
            Card { actions: vec![Action::approve("/decide").styled(ActionStyle::SmallPrimary)], ..Card::default() };
        assert!(live(allowed, None).render().unwrap().contains("Approve"));
        assert!(!live(Card::default(), None).render().unwrap().contains("Approve"));
    }
}
