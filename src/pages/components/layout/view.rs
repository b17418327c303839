//! The layout around every page: the top bar, the flash message, the live region, the dialog, the foot.

use askama::Template;

use crate::http::assets;
use crate::pages::components::{Link, Look, part};

/// Which entry of the top bar the page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Section {
    /// None of them.
    #[default]
    Elsewhere,
    /// Region Release Tasks.
    ReleaseTasks,
    /// My Approvals.
    Approvals,
    /// Replicas.
    Replicas,
    /// Audit.
    Audit,
}

/// A region that one can switch to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionLink {
    /// Its name.
    pub name: String,
    /// Its release tasks.
    pub url: String,
    /// Whether the page is in it.
    pub current: bool,
}

/// How many checkpoints wait for the reader; refreshes itself.
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
    /// The audit, for who may see it.
    pub audit_url: Option<String>,
    /// The replicas, for who may see them.
    pub replicas_url: Option<String>,
    /// Region Release Tasks of the region at hand.
    pub release_tasks_url: String,
    /// The region at hand.
    pub region: String,
    /// All regions.
    pub regions: Vec<RegionLink>,
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
    /// Which entry of the top bar is marked.
    pub section: Section,
    /// Who reads; nobody on the sign-in page.
    pub me: Option<Me>,
    /// What was just done.
    pub flash: Option<Flash>,
}

impl Chrome {
    /// Around a page that nobody needs to be signed in for.
    pub fn public(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
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

    /// Whether the page is among the release tasks.
    pub fn in_release_tasks(&self) -> bool {
        self.section == Section::ReleaseTasks
    }

    /// Whether the page is Replicas.
    pub fn in_replicas(&self) -> bool {
        self.section == Section::Replicas
    }

    /// Whether the page is Audit.
    pub fn in_audit(&self) -> bool {
        self.section == Section::Audit
    }

    /// Whether the page is My Approvals.
    pub fn in_approvals(&self) -> bool {
        self.section == Section::Approvals
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
