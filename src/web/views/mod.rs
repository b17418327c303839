//! View models: plain structs of words and links that the templates of `templates/` render.
//!
//! A handler fills one and renders it; nothing here loads, decides or spells a URL. What a reader may not do is simply
//! not there: `Option<Action>` is `None`. Every part that comes back alone to htmx is a struct of its own with its own
//! template, and the page has it as a field, so that the page is its fragments.

pub mod account;
pub mod activity;
pub mod approvals;
pub mod audit;
pub mod definition;
pub mod dialogs;
pub mod errors;
pub mod executions;
pub mod layout;
pub mod parts;
pub mod process;
pub mod release;
pub mod release_list;
pub mod replicas;
pub mod status_style;
pub mod task_run;
pub mod timeline;
pub mod times;

pub use account::{AccountPage, LoginPage, PasswordForm, SessionRow, SetupPage};
pub use activity::{ActivityEntry, ActivityView};
pub use approvals::{ApprovalItem, ApprovalsList, ApprovalsPage};
pub use audit::{AuditPage, AuditRow};
pub use definition::{DefinitionView, Diff, DiffLine, PlanGroup, PlanPhase, PlanTask, VersionRow};
pub use dialogs::{
    CloneDialog, ConfirmDialog, DecisionDialog, DecisionKind, DialogPage, ExecuteDialog, PickGroup, PickPhase,
    PickTask, RefusedDialog, SaidRow, Steps,
};
pub use errors::{ErrorPage, Typed, TypedField};
pub use executions::{ExecutionRow, ExecutionsView};
pub use layout::{ApprovalsCount, Chrome, Crumbs, Flash, Me, RegionLink, Section};
pub use parts::{
    Action, ActionStyle, Fact, FactValue, Field, Hidden, How, Link, Menu, Notice, PLACE, PartPlace, shown,
};
pub use process::{Card, CheckpointView, Lane, PhaseView, ProcessView, SaidLine};
pub use release::{Body, ReleaseHead, ReleaseLive, ReleasePage, Tab};
pub use release_list::{
    EmptyList, FilterSelect, ReleaseListPage, ReleaseRow, ReleaseTable, SelectOption, SortLink, Sorted,
};
pub use replicas::{CarriedRow, IsolationOf, ReplicaList, ReplicaRow, ReplicasPage};
pub use status_style::{Look, Status};
pub use task_run::{AttemptRow, DecisionRow, LogLine, LogMore, LogSource, LogTail, LogView, TaskRunLive, TaskRunPage};
pub use timeline::{Bar, BarKind, TimelinePhase, TimelineRow, TimelineView};
pub use times::{Elapsed, When, lasted};

/// Says of each type that what its template writes is HTML already, so that a page shows it with `{{ part }}`.
macro_rules! part {
    ($($name:ty),+ $(,)?) => { $(impl askama::filters::HtmlSafe for $name {})+ };
}
pub(crate) use part;
