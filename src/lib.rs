//! Tollgate: self-hosted release management for the teams of a region.
//!
//! # How it is laid out
//!
//! The rules are pure: [`domain`] holds what a release task is, the states that an execution goes through, what follows
//! from what somebody asks, who may ask it, and what comes next. It knows no database, no clock, no web. Everything
//! else is plumbing around it:
//!
//! - [`app`] has the operations. Each loads in a transaction, asks the rules, saves the new state and what happened in the
//!   same transaction, and after the commit wakes the engine and moves the mark that watching pages compare.
//! - [`store`] is the only place that knows SQL, on SQLite and on PostgreSQL from the same code.
//! - [`engine`] is a reconciler. Its tick takes no input: it reads which executions have something due, claims attempts by
//!   writing them down as started, and has them worked on. Commits and a clock wake it; run twice, the second tick
//!   changes nothing.
//! - [`executors`] do the work of an attempt and report an [`Outcome`](domain::outcome::Outcome); they have no database.
//!   Through its host an executor records what must outlive this replica. Work lives on this machine, or anywhere: then any
//!   replica goes on with it. A script on hosts lives there, apart from the connection, and [`executors::ssh`] says what holds
//!   whatever is lost. A script lives on this machine otherwise: it runs under a small process of [`supervise`] that outlives
//!   the server, and writes its log in the format of [`runlog`], into the [`data_layout`] of the data folder. [`confine`]
//!   keeps the server from it.
//! - [`http`] is the server, whatever it serves: middleware, sessions, limits, caches, assets, and the status of an error.
//!   [`pages`] turns requests into operations and answers into pages, a folder for each noun: its handlers, views, presenters
//!   and forms. Templates never decide what is allowed: an action is there because [`domain::policy`], which also guards
//!   the operation, says so. What they show is read by operations of `app`, each with its authorization, which pages and
//!   API share.
//! - [`api`] is for programs, which have tokens: what is below `/api` and `/v3`, in JSON. The scope that a request is in decides what its error becomes, a
//!   page or JSON, and pages and API know nothing of each other. It never reads from the store.
//! - [`messages`] has every sentence about an event, a refusal, a failure or a wrong file, by locale: elsewhere they are
//!   data. [`format`](mod@format) reads and writes release tasks as YAML, [`archive`] writes and reads backups, [`demo`]
//!   fills a first database and may start hosts of its own, [`cli`] has the subcommands, [`startup`] builds the server for `main` and for every test.
//! - [`prune`] removes logs, run folders, drafts and deleted release tasks when their time is over, in the background of a
//!   server or at once by a command, and [`free_space`] asks the disk of the data folder how much room it has.
//! - [`keyring`] has the keys that encrypt secrets, from a file outside the database, and is all that encrypts or decrypts one. The
//!   store has ciphertexts alone, and [`app::secrets`] is where one is set, forgotten, and read by the server itself. Those that work is given by name are
//!   [`app::named_secrets`]; [`masking`] takes them out of what the work writes.
//! - [`notify`] tells people and other systems what happened, from an outbox that is written with each event.
//! - `io_fault` turns errors of the system into values that the rules know.
//! - [`client`] asks another server's API, for the subcommands that work over the network.
//! - [`outgoing`] is the one client for HTTP requests to others. [`fd_limit`] raises the limit of open files, and
//!   [`regular_file`] opens a file where a script may have put something else. [`workspace`] says which folders are which
//!   team's. [`failpoints`] are places at which a test makes a debug build fail.
//!
//! Which module may name which is a table in `tests/architecture.rs`, and tested there.
//!
//! # How Execute goes
//!
//! 1. The form of the Execute dialog is sent. A middleware looks up the session (in memory), another that no other site
//!    sent the request. The handler in `pages::executions` makes a [`StartChoice`](domain::decide::StartChoice) of the boxes and of the
//!    values of variables.
//! 2. [`App::execute`](app::App::execute) begins a write, loads the user as they are now and the release task with its
//!    last execution, and asks [`domain::decide::execute`]: is the role right, does the status allow it, is no gate left
//!    out, has each variable a value that will do? [`domain::variables::resolve`] says that for every way of starting. The answer
//!    is a new execution, saved with its first event; where it takes the place of one that waits, that one is closed before, in
//!    the same transaction. A partial unique index of the database holds that a release task has one active execution,
//!    whatever the code does.
//! 3. After the commit the engine is woken. The reply was a redirect to the process view all the same: nobody waits.
//! 4. The engine hears it, and [`domain::schedule::advance`] carries out every step that is due: here the first tasks of
//!    each group of the first phase start. Their attempts are saved as started; only then supervisors are spawned. Where no
//!    place is free for a script, the task asks for one instead, and [`domain::places`] says who is next when one is.
//! 5. Pages ask every second with the mark that they show. While it is the newest the answer is 204 from memory.
//!
//! # How an approval goes, and what a crash does to it
//!
//! 1. A checkpoint is a row. Nothing runs for it, so nothing can be lost with a process.
//! 2. The verdict is judged by [`domain::policy::standing`] for the user as they are at the click, then by
//!    [`domain::decide::decide`]. The decision, the state that follows and the event are one transaction; one decision of
//!    each person in each asking is also a unique index. Who comes second is told who was first.
//! 3. If the server dies before the commit, nothing was answered and nothing has happened. If it dies after it, the
//!    next start finds the execution due (`wake_at` is saved with every state) and goes on.
//! 4. If it dies after an attempt was claimed, the next start asks the executor for the very same attempt again. Of work
//!    that lives anywhere it finds what was recorded, on whatever replica. Of a script the run folder, made before the claim was committed, and the mark beside it tell whether the script was started: never
//!    started, it is started now; running, it is watched again; ended, its outcome is read; lost sight of, or the folder
//!    is gone, it is Interrupted, and repeated by a person only.
//!
//! # How a component is changed, and work is done in an environment
//!
//! 1. A task that is due asks in `app::component_changes` what it finds: the application, the environment, the component, and
//!    whether another execution works on it. If one does, it waits; [`domain::component_wait`] has whom it waits for, and finds
//!    executions that would wait for each other for ever.
//! 2. With its claim are written down, in the same transaction, the new revision, the one that was there before, and the version
//!    of the environment's scripts. A retry takes up that revision, and a roll back leads to the one before.
//! 3. `engine::deployments` reads these for the attempt, and [`executors`] run the environment's script with them, as any
//!    other script. What the outcome makes of the component is saved with the outcome.
//! 4. A Command or a check by script that names an environment goes the same way, at no component. Whether its team may release
//!    there, with which approval, and whether others must wait is asked at the same place, by [`domain::approval`] and
//!    [`domain::environment`].
//! 5. [`App::dry_run`](app::App::dry_run) says beforehand what each task would do, by [`domain::dry_run`], and changes nothing.
//!
//! # How an edit goes
//!
//! 1. **Edit** leads to the reader's draft, which [`App::open_draft`](app::App::open_draft) begins if there is none. Every
//!    change of it, by button, menu, form, key or pointer, is a form that is sent to one address in `pages::editor` with the
//!    state that the page showed; it becomes an [`EditCommand`](domain::edit::EditCommand), which names elements by their ids.
//! 2. [`App::change_draft`](app::App::change_draft) carries it out in a transaction, with what undoes it, or refuses it: there is
//!    no room, or the draft is another by now. What a form has that cannot be read is kept in the draft as it was typed.
//! 3. The answer leads back to the board, at what was changed. Script fetches that page and morphs it into the one at hand; it
//!    holds no state of its own.
//! 4. Save checks all rules once more and makes the next version, or the release task. Whatever keeps it from that, the draft
//!    stays.
//!
//! # How signing in goes
//!
//! 1. The handler in `pages::sessions` has the password hashed, and [`app::sessions::sign_in`] writes the session, by the hash of
//!    a new secret, together with its line in the audit: one transaction, in which a session that the browser had ends.
//! 2. It gives the secret to `actix-session`, whose middleware signs it with the key that all replicas share, and sends the
//!    cookie. Who is not signed in has neither a cookie nor a row.
//! 3. With the next request the middleware checks the signature and asks our store of sessions in [`http::session`], which
//!    reads the row once and remembers who it is. Whatever ends a session makes every replica forget.
//!
//! # How somebody is invited
//!
//! 1. [`App::invite`](app::App::invite) keeps the hash of a new secret; the page shows the link with the secret once.
//! 2. The link leads to `pages::invitations`, where looking changes nothing. The form makes the account in
//!    [`App::join_by_link`](app::App::join_by_link), which asks [`domain::invitation`] once more whether the invitation still holds.
//! 3. Where there is an account of that name, its owner is told on every page, and answers in
//!    [`App::accept_invitation`](app::App::accept_invitation). What is remembered of sessions says so, so that no page asks for it.
//!
//! # How replicas share one database, and what the death of one does to the others
//!
//! 1. Every serving process has a row in `replicas` and a *term*: an epoch that grows whenever it enrolls or is
//!    taken over. Each second it sends a heartbeat, which renews its lease; see [`engine::membership`], which has the times.
//! 2. A new execution is given to the replica that has least to do. Only that one carries it on: whoever saves an execution
//!    for the engine loads it under its term, in the same transaction, and is refused if it belongs to another. What
//!    people ask is answered by every replica alike.
//! 3. A replica whose heartbeat stands still is taken over: its term is ended, then its executions are shared out. No clocks of
//!    two machines are compared. It has stopped starting anything before that, because its lease is shorter than
//!    the others' patience: the engine asks before each start, the supervising process once more before it runs the script.
//! 4. A script that ran on its machine is Interrupted: nobody else can say how it ended. When the replica comes back it
//!    finds what others ended meanwhile, and stops it. Its late reports come to nothing.
//! 5. What one replica commits, the others hear of by PostgreSQL's NOTIFY, sent in the same transaction; whoever may have
//!    missed something forgets what it knew. Logs are shared through the database while scripts run.
//!
//! # Where this departs from common practice, and why
//!
//! The process view of a release task is told to be unchanged by a mark in memory ([`app::Live`]), not by a query. The demo
//! keeps its made-up passwords in its database, because it tells them again at every start; nothing else ever does.
//!
//! What is a crate's and what is our own, and why, is in `docs/decisions.md`.

pub mod api;
pub mod app;
pub mod archive;
mod cache;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod confine;
pub mod data_layout;
pub mod demo;
pub mod domain;
pub mod engine;
pub mod executors;
pub mod failpoints;
pub mod fd_limit;
pub mod format;
pub mod free_space;
pub mod http;
mod io_fault;
pub mod keyring;
pub mod masking;
pub mod messages;
pub mod notify;
pub mod outgoing;
pub mod pages;
pub mod prune;
pub mod regular_file;
pub mod runlog;
pub mod startup;
pub mod store;
pub mod supervise;
pub mod telemetry;
pub mod workspace;

#[path = "../migrations/mod.rs"]
mod migrations;
