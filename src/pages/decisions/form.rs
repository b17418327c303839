//! The form of a decision on a checkpoint.

use serde::Deserialize;

use crate::domain::execution::Verdict;
use crate::pages::components::release_urls::ReleaseUrls;
use crate::pages::components::urls;

/// What somebody says.
#[derive(Debug, Deserialize)]
pub struct Said {
    verdict: Word,
    /// In their words.
    #[serde(default)]
    pub comment: String,
    /// Which asking the dialog showed.
    pub round: Option<u32>,
    back: Option<Back>,
}

/// Where the dialog was opened.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct CameFrom {
    /// The page to come back to; without it the release task.
    pub back: Option<Back>,
}

/// Pages that a dialog leads back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Back {
    /// My Approvals.
    Approvals,
    /// Overview.
    Overview,
}

impl Back {
    /// How it is written in an address and in a form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Approvals => "approvals",
            Self::Overview => "overview",
        }
    }

    fn url(self) -> String {
        match self {
            Self::Approvals => urls::approvals(),
            Self::Overview => urls::overview(),
        }
    }
}

impl CameFrom {
    /// The page to come back to; that release task where there is no other.
    pub fn url(self, release: &ReleaseUrls) -> String {
        self.back.map_or_else(|| release.show(), Back::url)
    }
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Word {
    Agree,
    Reject,
}

impl Said {
    /// Where the dialog was opened.
    pub fn from(&self) -> CameFrom {
        CameFrom { back: self.back }
    }

    /// Agree or Reject.
    pub fn verdict(&self) -> Verdict {
        match self.verdict {
            Word::Agree => Verdict::Agree,
            Word::Reject => Verdict::Reject,
        }
    }
}
