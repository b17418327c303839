//! Sentences of events of accounts.

use super::*;
use crate::domain::activity::{ActivityFilter, ExportFormat};
use crate::domain::dry_run::TriedRelease;
use crate::domain::environment::{ApproverRule, ReleaseLock};
use crate::domain::event::{ObjectChange, TeamObject};
use crate::domain::notices::NoticeKind;
use crate::domain::secrets::{SecretLabel, SecretPurpose};

#[test]
fn events_of_release_tasks_have_their_sentences() {
    let name = || "shop".to_owned();
    let same = NewLabels::default;
    for (happened, sentence) in [
        (ReleaseEvent::Created { name: name() }, "created the release task shop"),
        (ReleaseEvent::Restored { version: 3, from: 1 }, "saved version 1 again as version 3"),
        (ReleaseEvent::Edited { version: 2, note: None, labels: same() }, "saved version 2"),
        (
            ReleaseEvent::Edited { version: 2, note: Some("two gates".to_owned()), labels: same() },
            "saved version 2: two gates",
        ),
        (ReleaseEvent::Described { name: name(), labels: same() }, "changed the name or the description of shop"),
        (ReleaseEvent::Cloned { from: name(), name: "shop-2".to_owned() }, "cloned shop as shop-2"),
        (ReleaseEvent::Deleted, "deleted the release task"),
        (ReleaseEvent::Undeleted, "restored the deleted release task"),
    ] {
        assert_eq!(release_event(&happened, Locale::default()), sentence);
    }
}

fn changed(object: TeamObject, change: ObjectChange, version: Option<u32>) -> AccountEvent {
    let name = || "shop".to_owned();
    AccountEvent::ObjectChanged { object, name: name(), team: name(), change, version }
}

#[test]
fn what_happens_to_what_a_team_owns_is_told() {
    let name = || "shop".to_owned();
    for (happened, sentence) in [
        (AccountEvent::ChannelMade { channel: name(), team: name() }, "made the channel shop of the team shop"),
        (AccountEvent::ChannelChanged { channel: name(), team: name() }, "changed the channel shop of the team shop"),
        (AccountEvent::ChannelRemoved { channel: name(), team: name() }, "removed the channel shop of the team shop"),
        (
            AccountEvent::EnvironmentOptionsSet {
                environment: "prod".to_owned(),
                team: name(),
                lock: ReleaseLock::LetGo,
                approval: Some(ApproverRule {
                    users: vec!["ann".to_owned()],
                    roles: vec![Role::Approver],
                    required: 2,
                    four_eyes: true,
                }),
                lent: vec!["bank".to_owned()],
            },
            "set the options of the environment prod of the team shop: one release at a time, and others while a checkpoint \
             waits, approval by at least 2 of ann and the approvers of the team, but nobody who took part in starting it, by the teams \
             bank too",
        ),
        (changed(TeamObject::Application, ObjectChange::Made, None), "made the application shop of the team shop"),
        (
            changed(TeamObject::Application, ObjectChange::Deleted, None),
            "deleted the application shop of the team shop",
        ),
        (
            changed(TeamObject::Environment, ObjectChange::Changed, Some(2)),
            "changed the environment shop of the team shop, now version 2",
        ),
        (
            AccountEvent::ConnectionTestAsked { environment: name(), team: name() },
            "had the connection of the environment shop of the team shop tested",
        ),
        (
            AccountEvent::DryRunMade(TriedRelease { release: name(), team: name() }),
            "had it looked what the release task shop of the team shop would do",
        ),
        (
            AccountEvent::HostKeysPinned {
                environment: name(),
                team: name(),
                host: "edge:22".to_owned(),
                fingerprints: vec!["SHA256:a".to_owned(), "SHA256:b".to_owned()],
            },
            "pinned SHA256:a, SHA256:b for the host edge:22 of the environment shop of the team shop",
        ),
    ] {
        assert_eq!(account_event(&happened, Locale::default()), sentence);
    }
}

#[test]
fn events_of_accounts_have_their_sentences() {
    let name = || "shop".to_owned();
    for (happened, sentence) in [
        (AccountEvent::UserAdded { name: name() }, "added the user shop"),
        (AccountEvent::SignedIn, "signed in"),
        (AccountEvent::SignedOut, "signed out"),
        (AccountEvent::SignInFailed { account: None, times: 1 }, "refused a sign-in with a wrong name or password"),
        (
            AccountEvent::SignInFailed { account: Some(person("ann")), times: 16 },
            "refused a sign-in as ann, with a wrong password or because the user is disabled (16 times within an hour)",
        ),
        (AccountEvent::PasswordRefused { times: 1 }, "was refused a new password, because the present one was wrong"),
        (
            AccountEvent::ActionRefused {
                operation: Operation::Execute,
                release: name(),
                release_id: ReleaseId::nil(),
                why: Denial::NotPermitted,
                times: 2,
            },
            "was refused Execute of shop: their role does not allow it (2 times within an hour)",
        ),
        (AccountEvent::PasswordChanged { name: name() }, "changed the password of shop"),
        (AccountEvent::SessionsEnded { count: 1 }, "ended 1 session"),
        (AccountEvent::SessionsEnded { count: 2 }, "ended 2 sessions"),
        (AccountEvent::TeamAdded { name: name() }, "added the team shop"),
        (AccountEvent::ScriptsAllowed { team: name() }, "allowed the team shop to run scripts on the server"),
        (AccountEvent::ScriptsForbidden { team: name() }, "forbade the team shop to run scripts on the server"),
        (AccountEvent::RegionAdded { name: name() }, "added the region shop"),
        (AccountEvent::Restored { taken_at: at() }, "restored the backup of 22 Nov 2026, 14:03 UTC"),
        (
            AccountEvent::RoleGranted { user: "ann".to_owned(), team: name(), role: Role::Manager },
            "gave ann the role manager in the team shop",
        ),
        (
            AccountEvent::RoleRevoked { user: "ann".to_owned(), team: name(), role: Role::Manager },
            "took the role manager in the team shop from ann",
        ),
        (
            AccountEvent::Invited {
                name: "ann".to_owned(),
                team: name(),
                roles: [Role::Viewer, Role::Operator, Role::Manager].into(),
            },
            "invited ann to the team shop as viewer, operator and manager",
        ),
        (
            AccountEvent::InvitationRevoked { name: "ann".to_owned(), team: name() },
            "took back the invitation of ann to the team shop",
        ),
        (
            AccountEvent::InvitationAccepted { team: name(), by: "ben".to_owned() },
            "accepted the invitation of ben to the team shop",
        ),
        (
            AccountEvent::InvitationDeclined { team: name(), by: "ben".to_owned() },
            "declined the invitation of ben to the team shop",
        ),
        (AccountEvent::ResetLinkMade { name: name() }, "made a link that sets a new password of shop"),
        (AccountEvent::PasswordReset { by: "ben".to_owned() }, "set a new password by a link of ben"),
        (AccountEvent::AdministratorMade { name: name() }, "made shop an administrator"),
        (AccountEvent::AdministratorUnmade { name: name() }, "took the rights of an administrator from shop"),
        (AccountEvent::UserDisabled { name: name() }, "disabled the user shop"),
        (AccountEvent::UserEnabled { name: name() }, "enabled the user shop again"),
        (AccountEvent::TokenMade { token: name(), team: None, person: None }, "made the token shop"),
        (
            AccountEvent::TokenMade { token: name(), team: None, person: Some("ann".to_owned()) },
            "made the token shop for ann",
        ),
        (
            AccountEvent::TokenMade { token: name(), team: Some("web".to_owned()), person: None },
            "made the token shop for services of the team web",
        ),
        (
            AccountEvent::MemberEventsChosen { team: name(), events: [NoticeKind::ReleaseFailed].into() },
            "chose what members of the team shop are told by e-mail: a release failed",
        ),
        (
            AccountEvent::DeliveriesDismissed { count: 2, recipients: vec![name()] },
            "dismissed 2 undelivered notices to shop",
        ),
        (AccountEvent::MailServerSet { host: name() }, "set the mail server shop"),
        (AccountEvent::AddressConfirmed, "confirmed an address for e-mail"),
        (AccountEvent::AddressForgotten, "had their address for e-mail forgotten"),
        (
            AccountEvent::ActivityExported { format: ExportFormat::JsonLines, filter: ActivityFilter::default() },
            "exported the whole activity as JSON lines",
        ),
        (
            AccountEvent::ActivityExported {
                format: ExportFormat::Csv,
                filter: ActivityFilter { team: Some(name()), from: Some(at()), ..ActivityFilter::default() },
            },
            "exported the activity as CSV: of the team shop, from 22 Nov 2026, 14:03 UTC",
        ),
        (AccountEvent::TokenRevoked { token: name(), team: None }, "revoked the token shop"),
    ] {
        assert_eq!(account_event(&happened, Locale::default()), sentence);
    }
}

#[test]
fn events_of_secrets_say_what_for_and_never_what() {
    let name = || "shop".to_owned();
    for (happened, sentence) in [
        (
            AccountEvent::SecretSet(SecretLabel {
                purpose: SecretPurpose::SmtpPassword,
                team: None,
                name: None,
                environment: None,
            }),
            "set the password for e-mail",
        ),
        (
            AccountEvent::SecretSet(SecretLabel {
                purpose: SecretPurpose::ChatAddress,
                team: Some(name()),
                name: None,
                environment: None,
            }),
            "set the address of a chat of the team shop",
        ),
        (
            AccountEvent::SecretForgotten(SecretLabel {
                purpose: SecretPurpose::Named,
                team: Some(name()),
                name: Some("TOKEN".to_owned()),
                environment: Some("production".to_owned()),
            }),
            "had the secret TOKEN of the environment production of the team shop forgotten",
        ),
        (
            AccountEvent::EncryptionKeyChanged { before: Some("a1".to_owned()), after: "b2".to_owned() },
            "encrypts secrets with the key b2 instead of a1",
        ),
        (
            AccountEvent::EncryptionKeyChanged { before: None, after: "b2".to_owned() },
            "encrypts secrets with the key b2",
        ),
    ] {
        assert_eq!(account_event(&happened, Locale::default()), sentence);
    }
}
