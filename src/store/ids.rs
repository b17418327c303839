//! Columns of keys: the types of [`domain::ids`](crate::domain::ids) stored as the UUIDs that they are. Written out, where
//! SeaORM would derive it, since the rules know no database.

use sea_orm::sea_query::postgres_array::NotU8;
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, ValueType, ValueTypeErr};
use sea_orm::{ActiveValue, ColIdx, DbErr, IntoActiveValue, QueryResult, TryFromU64, TryGetError, TryGetable, Value};
use uuid::Uuid;

use crate::domain::ids::{
    ApplicationId, ChannelId, ComponentId, DecisionId, DeliveryId, DraftId, DryRunId, EnvironmentId, EnvironmentUseId,
    EventId, ExecutionId, InvitationId, NoticeId, RecipientId, RegionId, ReleaseId, SecretId, SessionId, TaskRunId,
    TeamId, TokenId, UserId,
};

macro_rules! columns {
    ($($name:ident)+) => {$(
        impl From<$name> for Value {
            fn from(id: $name) -> Self {
                id.uuid().into()
            }
        }

        impl TryGetable for $name {
            fn try_get_by<I: ColIdx>(row: &QueryResult, column: I) -> Result<Self, TryGetError> {
                <Uuid as TryGetable>::try_get_by(row, column).map(Self::from_uuid)
            }
        }

        impl ValueType for $name {
            fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
                <Uuid as ValueType>::try_from(value).map(Self::from_uuid)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> ArrayType {
                <Uuid as ValueType>::array_type()
            }

            fn column_type() -> ColumnType {
                <Uuid as ValueType>::column_type()
            }
        }

        impl Nullable for $name {
            fn null() -> Value {
                <Uuid as Nullable>::null()
            }
        }

        impl IntoActiveValue<$name> for $name {
            fn into_active_value(self) -> ActiveValue<$name> {
                ActiveValue::Set(self)
            }
        }

        impl TryFromU64 for $name {
            fn try_from_u64(number: u64) -> Result<Self, DbErr> {
                <Uuid as TryFromU64>::try_from_u64(number).map(Self::from_uuid)
            }
        }

        impl NotU8 for $name {}
    )+};
}

columns! {
    ApplicationId DryRunId
    ComponentId
    EnvironmentId EnvironmentUseId
    ChannelId DecisionId DeliveryId DraftId EventId ExecutionId InvitationId NoticeId RecipientId RegionId ReleaseId SecretId SessionId
    TaskRunId TeamId TokenId UserId
}
