//! Keys of what is stored, a type for each, so that one cannot be taken for another. Each is written, stored and sent as the
//! UUID that it is.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The key that is this UUID.
            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The key that is this number.
            pub const fn from_u128(number: u128) -> Self {
                Self(Uuid::from_u128(number))
            }

            /// The lowest key, which nothing has.
            pub const fn nil() -> Self {
                Self(Uuid::nil())
            }

            /// The UUID that it is.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )+};
}

ids! {
    /// Key of a region.
    RegionId
    /// Key of a team.
    TeamId
    /// Key of a user.
    UserId
    /// Key of a draft of a release task.
    DraftId
    /// Key of an invitation to a team.
    InvitationId
    /// Key of a session.
    SessionId
    /// Key of a secret, as it was set last.
    SecretId
    /// Key of a token.
    TokenId
    /// Key of a notice: something that is told.
    NoticeId
    /// Key of a notice on its way to one recipient.
    DeliveryId
    /// Key of a channel of a team, to which notices go.
    ChannelId
    /// Key of whoever a notice goes to: of a channel, or of a user.
    RecipientId
    /// Key of a release task.
    ReleaseId
    /// Key of a stretch of time in which an execution worked in an environment.
    EnvironmentUseId
    /// Key of an environment.
    EnvironmentId
    /// Key of an application.
    ApplicationId
    /// Key of a component.
    ComponentId
    /// Key of an execution.
    ExecutionId
    /// Key of a task in an execution.
    TaskRunId
    /// Key of a decision of a checkpoint.
    DecisionId
    /// Key of an event: activity and audit are in the order of these.
    EventId
    /// A dry run.
    DryRunId
    /// Which backup is restored: an answer to one is told from that to an earlier one.
    RestoreId
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_and_read_as_its_uuid() {
        let (uuid, id) = (Uuid::from_u128(7), ReleaseId::from_u128(7));
        assert_eq!(id.to_string(), uuid.to_string());
        assert_eq!(format!("{id:?}"), format!("{uuid:?}"));
        assert_eq!(uuid.to_string().parse(), Ok(id));
        let json = serde_json::to_string(&uuid).expect("JSON");
        assert_eq!(serde_json::to_string(&id).expect("JSON"), json);
        assert_eq!(serde_json::from_str::<ReleaseId>(&json).expect("a key"), id);
    }
}
