//! Parts that several pages share: links and actions, times, statuses, the layout, dialogs, URLs, the release task at hand.
//!
//! Those that a template renders are view models, as in each `view.rs`: plain structs of words and links. A handler or a
//! presenter fills one, and the handler renders it; no view loads, decides or spells a URL. What a reader may not do is simply
//! not there: `Option<Action>` is `None`. Every part that comes back alone to htmx is a struct of its own with its own
//! template, and the page has it as a field, so that the page is its fragments.

pub mod changes;
pub mod checkpoint;
pub mod commits;
pub mod component_urls;
pub mod dialog;
pub mod draft_urls;
pub mod layout;
pub mod notice_urls;
pub mod parts;
pub mod release_context;
pub mod release_urls;
pub mod status_style;
pub mod times;
pub mod told_event;
pub mod urls;

pub use changes::ChangeList;
pub use commits::CommitList;
pub use dialog::view::{ConfirmDialog, DialogPage, RefusedDialog, SaidRow, Steps};
pub use layout::side_bar::SideBar;
pub use layout::view::{ApprovalsCount, Chrome, Crumbs, Flash, Me, NavArea, NavEntry, PlaceLink, PlaceSwitch, Section};
pub use parts::{
    Action, ActionStyle, Fact, FactValue, Field, Hidden, How, Link, Menu, Notice, NoticeItem, PartPlace, SelectOption,
    shown,
};
pub use status_style::{Look, Status};
pub use times::{ClockTime, Elapsed, When, lasted};
pub use told_event::ToldEvent;

/// Says of each type that what its template writes is HTML already, so that a page shows it with `{{ part }}`.
macro_rules! part {
    ($($name:ty),+ $(,)?) => { $(impl askama::filters::HtmlSafe for $name {})+ };
}
pub(crate) use part;
