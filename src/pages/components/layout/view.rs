//! The layout around every page: the top bar says where one is, the side bar where one can go; the flash message, the live
//! region, the dialog, the foot.

use askama::Template;

use super::side_bar::SideBar;
use crate::http::assets;
use crate::pages::components::{Link, Look, Notice, part, urls};

/// Which entry of the side bar the page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    /// None of them.
    #[default]
    Elsewhere,
    /// Overview.
    Overview,
    /// Region Release Tasks.
    ReleaseTasks,
    /// My Approvals.
    Approvals,
    /// Activity.
    Activity,
    /// Applications.
    Applications,
    /// Environments.
    Environments,
    /// Members.
    Members,
    /// Tokens.
    Tokens,
    /// Users.
    Users,
    /// Teams.
    Teams,
    /// Regions.
    Regions,
    /// Replicas.
    Replicas,
    /// Audit.
    Audit,
    /// Storage.
    Storage,
    /// E-mail.
    Mail,
    /// Undelivered.
    Deliveries,
    /// Deleted Release Tasks.
    Deleted,
    /// Blank a Value.
    Blanking,
}

/// A region or a team that one can switch to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceLink {
    /// Its name.
    pub name: String,
    /// Its release tasks.
    pub url: String,
    /// Whether the page is in it.
    pub current: bool,
}

/// The regions or the teams that one can switch between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaceSwitch {
    /// "Region", "Team".
    pub kind: &'static str,
    /// Where the page is.
    pub here: String,
    /// All of them.
    pub places: Vec<PlaceLink>,
}

/// A part of the side bar with a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavArea {
    /// What the heading is called in the page.
    pub id: &'static str,
    /// The heading.
    pub title: &'static str,
    /// In order, at least one.
    pub entries: Vec<NavEntry>,
}

/// A page that can be reached from everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NavEntry {
    /// What it leads to.
    pub section: Section,
    /// Its name.
    pub name: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Its URL.
    pub url: String,
}

impl NavEntry {
    /// Whether the number of checkpoints that wait for the reader stands beside it.
    pub fn counts(&self) -> bool {
        self.section == Section::Approvals
    }
}

/// How many checkpoints wait for the reader, in the top bar and in the side bar. The first refreshes itself, and the other
/// with it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Template)]
#[template(path = "layouts/_approvals_count.html")]
pub struct ApprovalsCount {
    /// How many.
    pub waiting: u64,
    /// Answers this fragment anew, or 204 when the number is still the one in the URL.
    pub refresh: Option<String>,
}

part!(ApprovalsCount);

/// The signed-in reader.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Me {
    /// Their name.
    pub name: String,
    /// Their own page: sessions and password.
    pub account_url: String,
    /// Takes a POST that signs them out.
    pub sign_out_url: String,
    /// Their checkpoints.
    pub approvals_url: String,
    /// How many of them wait.
    pub approvals: ApprovalsCount,
    /// Region Release Tasks of the region at hand.
    pub release_tasks_url: String,
    /// The side bar.
    pub areas: Vec<NavArea>,
    /// All regions; none while there is none.
    pub regions: Option<PlaceSwitch>,
    /// The reader's teams; none for who is in no team.
    pub teams: Option<PlaceSwitch>,
    /// How wide the side bar is.
    pub side: SideBar,
    /// The full name of the cookie that remembers it.
    pub side_cookie: String,
}

impl Me {
    /// The switches that there are, for the drawer.
    pub fn switches(&self) -> impl Iterator<Item = &PlaceSwitch> {
        self.regions.iter().chain(&self.teams)
    }
}

/// What was just done, told once on the next page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flash {
    /// Icon and colours.
    pub look: Look,
    /// The sentence.
    pub text: String,
}

/// What the layout shows around a page.
#[derive(Debug, Clone, Default)]
pub struct Chrome {
    /// The title of the window, without "Tollgate".
    pub title: String,
    /// Which entry of the side bar is marked.
    pub section: Section,
    /// Who reads; nobody on the sign-in page.
    pub me: Option<Me>,
    /// What was just done.
    pub flash: Option<Flash>,
    /// To administrators: what needs them, whatever page they look at.
    pub alarm: Option<Notice>,
    /// That somebody waits for the reader's answer to an invitation.
    pub invitation: Option<Notice>,
}

impl Chrome {
    /// Around a page that nobody needs to be signed in for.
    pub fn public(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    /// The title, behind the number of checkpoints that wait for the reader, if any does: `app.js` keeps it true.
    pub fn counted_title(&self) -> String {
        match self.me.as_ref().map_or(0, |me| me.approvals.waiting) {
            0 => self.title.clone(),
            waiting => format!("({waiting}) {}", self.title),
        }
    }

    /// Where the brand leads.
    pub fn home(&self) -> &str {
        self.me.as_ref().map_or("/", |me| &me.release_tasks_url)
    }

    /// The URL of an asset, with the hash of its content.
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// The version of the program, for the foot.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The reference of the API, for the foot.
    pub fn api_url(&self) -> &'static str {
        urls::api_reference()
    }

    /// Leaves the page the room that the side bar would take: it is a rail here, whatever is remembered.
    #[must_use]
    pub fn with_rail(mut self) -> Self {
        if let Some(me) = &mut self.me {
            me.side = SideBar::Rail;
        }
        self
    }

    /// Whether the page belongs to an entry of the side bar.
    pub fn is_in(&self, section: &Section) -> bool {
        self.section == *section
    }
}

/// The links above a title that lead back to where it belongs.
#[derive(Debug, Clone, Default, Template)]
#[template(path = "layouts/_crumbs.html")]
pub struct Crumbs {
    /// From the outside in.
    pub links: Vec<Link>,
    /// The page itself.
    pub here: String,
}

impl Crumbs {
    /// Crumbs that end at the page itself.
    pub fn new(links: Vec<Link>, here: impl Into<String>) -> Self {
        Self { links, here: here.into() }
    }
}

part!(Crumbs);
