//! The history of the database: one file for each change, never edited once released.
//! A migration names tables and columns by literals, so that what the program calls them today cannot change the past.

mod m20261122_000001_people;
mod m20261122_000002_releases;
mod m20261122_000003_executions;
mod m20261122_000004_events;
mod m20261123_000005_replicas;
mod m20261123_000006_logs;
mod m20261129_000007_audit;
mod m20261129_000007_starters;
mod m20261129_000008_teams_run_scripts;
mod m20261129_000009_places;
mod m20261129_000010_isolation;
mod m20261129_000011_sessions;
mod m20261129_000012_targets;
mod m20261129_000013_drafts;
mod m20261129_000014_variables;
mod m20261129_000015_supersede;
mod m20261129_000016_retention;
mod m20261129_000017_texts;
mod m20261130_000018_typed_texts;
mod m20261130_000019_invitations;
mod m20261130_000020_tokens;
mod m20261130_000022_last_seen;
mod m20261201_000001_secrets;
mod m20261201_000002_replica_keys;
mod m20261201_000010_outbox;
mod m20261201_000011_channels;
mod m20261201_000020_idempotency_keys;
mod m20261201_000030_activity;
mod m20261201_000040_removed_attempts;
mod m20261202_000001_token_notices;
mod m20261202_200001_sent_bodies;
mod m20261202_200002_member_events;
mod m20261203_000001_components;
mod m20261204_000001_activity;
mod m20261204_100001_names_in_any_case;
mod m20261204_200001_named_secrets;
mod m20261205_000001_hosts;
mod m20261205_000002_connection_tests;
mod m20261206_000001_sources;
mod m20261206_000002_artefacts;
mod m20261207_000001_dry_runs;
mod m20261208_000001_environment_options;
mod m20261209_000001_commits;
mod m20261210_000001_environment_work;

use sea_orm_migration::prelude::*;

/// Brings a database up to date.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_people::Migration),
            Box::new(m20261122_000002_releases::Migration),
            Box::new(m20261122_000003_executions::Migration),
            Box::new(m20261122_000004_events::Migration),
            Box::new(m20261123_000005_replicas::Migration),
            Box::new(m20261123_000006_logs::Migration),
            Box::new(m20261129_000007_audit::Migration),
            Box::new(m20261129_000007_starters::Migration),
            Box::new(m20261129_000008_teams_run_scripts::Migration),
            Box::new(m20261129_000009_places::Migration),
            Box::new(m20261129_000010_isolation::Migration),
            Box::new(m20261129_000011_sessions::Migration),
            Box::new(m20261129_000012_targets::Migration),
            Box::new(m20261129_000013_drafts::Migration),
            Box::new(m20261129_000014_variables::Migration),
            Box::new(m20261129_000015_supersede::Migration),
            Box::new(m20261129_000016_retention::Migration),
            Box::new(m20261129_000017_texts::Migration),
            Box::new(m20261130_000018_typed_texts::Migration),
            Box::new(m20261130_000019_invitations::Migration),
            Box::new(m20261130_000020_tokens::Migration),
            Box::new(m20261130_000022_last_seen::Migration),
            Box::new(m20261201_000001_secrets::Migration),
            Box::new(m20261201_000002_replica_keys::Migration),
            Box::new(m20261201_000010_outbox::Migration),
            Box::new(m20261201_000011_channels::Migration),
            Box::new(m20261201_000020_idempotency_keys::Migration),
            Box::new(m20261201_000030_activity::Migration),
            Box::new(m20261201_000040_removed_attempts::Migration),
            Box::new(m20261202_000001_token_notices::Migration),
            Box::new(m20261202_200001_sent_bodies::Migration),
            Box::new(m20261202_200002_member_events::Migration),
            Box::new(m20261203_000001_components::Migration),
            Box::new(m20261204_000001_activity::Migration),
            Box::new(m20261204_100001_names_in_any_case::Migration),
            Box::new(m20261204_200001_named_secrets::Migration),
            Box::new(m20261205_000001_hosts::Migration),
            Box::new(m20261205_000002_connection_tests::Migration),
            Box::new(m20261206_000001_sources::Migration),
            Box::new(m20261206_000002_artefacts::Migration),
            Box::new(m20261208_000001_environment_options::Migration),
            Box::new(m20261209_000001_commits::Migration),
            Box::new(m20261210_000001_environment_work::Migration),
            Box::new(m20261207_000001_dry_runs::Migration),
        ]
    }
}

/// A foreign key of one column to the `id` of another table; nothing that is referred to can be deleted.
fn refers(table: &'static str, column: &'static str, to: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().from(table, column).to(to, "id").to_owned()
}
