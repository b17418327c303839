//! The small parts that every page is made of: links, actions, facts, notices, fields.

use std::fmt;

use askama::Template;

use super::{Elapsed, Look, Status, When, part};
use crate::domain::execution::Moment;
use crate::http::response::PLACE;

/// That place: the part is rendered apart, for many.
#[derive(Debug)]
pub struct PartPlace;

impl fmt::Display for PartPlace {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(PLACE)
    }
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Link {
    /// What is read.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

impl Link {
    /// A link.
    pub fn new(text: impl Into<String>, url: impl Into<String>) -> Self {
        Self { text: text.into(), url: url.into() }
    }
}

/// A hidden field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hidden {
    /// Its name.
    pub name: String,
    /// What is sent.
    pub value: String,
}

impl Hidden {
    /// A hidden field.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

/// The hidden field that says which execution a page shows, so that a click does nothing to a later one; 0 before the first.
pub fn shown(execution: u32) -> Vec<Hidden> {
    vec![Hidden::new("execution", execution.to_string())]
}

/// What a click on an action does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Leads to a page.
    Link,
    /// Leads to a page in a window of its own.
    Elsewhere,
    /// Leads to a page that asks first; with script it is shown as a dialog.
    Open,
    /// As `Open`, for a checkpoint that waits for the reader: the key `a` opens the one that waits longest.
    Approve {
        /// Since when it waits, in milliseconds of Unix time, where several may stand on a page.
        since: Option<i64>,
    },
    /// Sends a form at once, with these hidden fields.
    Post(Vec<Hidden>),
}

/// How loud an action is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ActionStyle {
    /// The one that is most likely wanted.
    Primary,
    /// A button.
    #[default]
    Plain,
    /// A button without a frame.
    Quiet,
    /// One that takes something away.
    Danger,
    /// A button in a row or a card.
    Small,
    /// The most likely one in a row or a card.
    SmallPrimary,
    /// A button without a frame in a row or a card.
    SmallQuiet,
    /// One line of a menu.
    Item,
    /// One line of a menu that takes something away.
    DangerItem,
}

impl ActionStyle {
    /// Its classes in the style sheet.
    pub fn class(self) -> &'static str {
        match self {
            Self::Primary => "btn primary",
            Self::Plain => "btn",
            Self::Quiet => "btn quiet",
            Self::Danger => "btn danger",
            Self::Small => "btn small",
            Self::SmallPrimary => "btn small primary",
            Self::SmallQuiet => "btn small quiet",
            Self::Item => "item",
            Self::DangerItem => "item danger",
        }
    }
}

/// Something the reader may do now. What they may not do is not there.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/action.html")]
pub struct Action {
    /// The words on it.
    pub label: String,
    /// Where it leads or is sent.
    pub url: String,
    /// How loud it is.
    pub style: ActionStyle,
    /// What a click does.
    pub how: How,
    /// What it acts on, told where several of the kind are on a page.
    pub about: Option<String>,
}

impl Action {
    /// Leads to a page.
    pub fn link(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self::with(label, url, How::Link)
    }

    /// Leads to a page of its own, so that this one stays as it is.
    pub fn elsewhere(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self::with(label, url, How::Elsewhere).styled(ActionStyle::Primary)
    }

    /// Leads to a page that asks first: Execute, Terminate, Roll Back, Delete.
    pub fn open(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self::with(label, url, How::Open)
    }

    /// Leads to the dialog of a checkpoint that waits for the reader.
    pub fn approve(url: impl Into<String>) -> Self {
        Self::with("Approve", url, How::Approve { since: None }).styled(ActionStyle::SmallPrimary)
    }

    /// Whether it leads to the dialog of a checkpoint that waits for the reader as one of its approvers.
    pub fn is_approval(&self) -> bool {
        matches!(self.how, How::Approve { .. })
    }

    /// The same, of a checkpoint that waits since then: the key `a` opens the one that waits longest.
    pub fn waiting_since(mut self, since: Option<Moment>) -> Self {
        if let How::Approve { since: known } = &mut self.how {
            *known = since.map(|since| since.timestamp_millis());
        }
        self
    }

    /// Sends a form at once: Pause, Continue, Retry.
    pub fn post(label: impl Into<String>, url: impl Into<String>) -> Self {
        Self::with(label, url, How::Post(Vec::new()))
    }

    /// As `post`, with hidden fields.
    pub fn post_with(label: impl Into<String>, url: impl Into<String>, hidden: Vec<Hidden>) -> Self {
        Self::with(label, url, How::Post(hidden))
    }

    /// The same, this loud.
    pub fn styled(mut self, style: ActionStyle) -> Self {
        self.style = style;
        self
    }

    /// The same, saying what it acts on.
    pub fn about(mut self, what: impl Into<String>) -> Self {
        self.about = Some(what.into());
        self
    }

    fn with(label: impl Into<String>, url: impl Into<String>, how: How) -> Self {
        Self { label: label.into(), url: url.into(), style: ActionStyle::default(), how, about: None }
    }
}

/// The actions that are wanted less often, behind three dots. Its actions have the style `Item` or `DangerItem`.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/menu.html")]
pub struct Menu {
    /// Unique on the page, so that an open menu stays open through a refresh.
    pub id: String,
    /// Its name for who cannot see the dots, such as "More operations of shop-web".
    pub label: String,
    /// The look of the dots.
    pub style: ActionStyle,
    /// In order.
    pub items: Vec<Action>,
}

impl Menu {
    /// A menu of these actions; without any there is no menu.
    pub fn of(id: impl Into<String>, label: impl Into<String>, style: ActionStyle, items: Vec<Action>) -> Option<Self> {
        let as_item = |action: Action| {
            let style = if action.style == ActionStyle::Danger { ActionStyle::DangerItem } else { ActionStyle::Item };
            action.styled(style)
        };
        (!items.is_empty()).then(|| Self {
            id: id.into(),
            label: label.into(),
            style,
            items: items.into_iter().map(as_item).collect(),
        })
    }
}

/// An option of a select.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SelectOption {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

impl SelectOption {
    /// An option.
    pub fn new(value: impl Into<String>, text: impl Into<String>, chosen: bool) -> Self {
        Self { value: value.into(), text: text.into(), chosen }
    }
}

/// What a fact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FactValue {
    /// Words.
    Text(String),
    /// Words that lead somewhere.
    Link(Link),
    /// A moment.
    When(When),
    /// A duration.
    Elapsed(Elapsed),
    /// A status.
    Status(Status),
}

/// One of the facts under a title: a label and a value.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/fact.html")]
pub struct Fact {
    /// What it is, such as "Team".
    pub label: String,
    /// What it says.
    pub value: FactValue,
}

impl Fact {
    /// Any fact.
    pub fn new(label: impl Into<String>, value: FactValue) -> Self {
        Self { label: label.into(), value }
    }

    /// A fact in words.
    pub fn text(label: impl Into<String>, text: impl Into<String>) -> Self {
        Self::new(label, FactValue::Text(text.into()))
    }
}

/// What the reader should know first: somebody is waited for, or something failed.
#[derive(Debug, Clone, PartialEq, Eq, Template)]
#[template(path = "components/notice.html")]
pub struct Notice {
    /// Icon and colours.
    pub look: Look,
    /// What, in bold: "go-live" or "Release failed."
    pub title: String,
    /// The rest of the sentence, and why.
    pub text: String,
    /// A list, such as what failed under best effort.
    pub items: Vec<NoticeItem>,
    /// What to do next.
    pub hint: Option<String>,
    /// Actions at its end.
    pub actions: Vec<Action>,
}

/// A sentence in the list of a notice.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NoticeItem {
    /// The words before the link.
    pub before: String,
    /// What it is about.
    pub link: Option<Link>,
    /// The words after it.
    pub after: String,
    /// The last line of its log.
    pub line: Option<String>,
}

impl NoticeItem {
    /// A sentence alone.
    pub fn of(sentence: impl Into<String>) -> Self {
        Self { before: sentence.into(), ..Self::default() }
    }

    /// A sentence in which the words of a link stand at its beginning, or after "of".
    pub fn with_link(sentence: &str, link: Link, line: Option<String>) -> Self {
        let name = link.text.as_str();
        let at =
            if sentence.starts_with(name) { Some(0) } else { sentence.find(&format!("of {name}")).map(|at| at + 3) };
        let Some(at) = at else { return Self { before: sentence.to_owned(), line, ..Self::default() } };
        let (before, after) = (sentence[..at].to_owned(), sentence[at + name.len()..].to_owned());
        Self { before, link: Some(link), after, line }
    }
}

impl Notice {
    /// A notice without list, hint or actions.
    pub fn new(look: Look, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { look, title: title.into(), text: text.into(), items: Vec::new(), hint: None, actions: Vec::new() }
    }
}

/// A field of a form that came back: what was typed and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Field {
    /// What was typed.
    pub value: String,
    /// What is wrong, as a sentence.
    pub error: Option<String>,
}

impl Field {
    /// What was typed, with nothing wrong.
    pub fn of(value: impl Into<String>) -> Self {
        Self { value: value.into(), error: None }
    }

    /// The same, with what is wrong.
    pub fn wrong(mut self, error: impl Into<String>) -> Self {
        self.error = Some(error.into());
        self
    }
}

part!(PartPlace, Action, Menu, Fact, Notice);
