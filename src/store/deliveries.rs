//! Deliveries: a notice on its way to one recipient, or a digest of several. A replica claims them under its term, so that one
//! of them sends each; when the term is over, whoever comes next may claim what it left.

use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use super::codec::{self, column, count};
use super::connect::Store;
use super::entities::{delivery, replica};
use super::error::Result;
use super::new_id;
use super::replicas::Term;
use super::write::WriteTx;
use crate::domain::delivery::{DeliveryFailure, DeliveryKind};
use crate::domain::execution::Moment;
use crate::domain::ids::{DeliveryId, NoticeId, RecipientId, TeamId, TokenId};
use crate::domain::notices::{ChannelKind, Recipient};

/// How many due deliveries are looked at, of which those to different recipients are claimed.
pub(super) const LOOKED_AT: u64 = 500;

/// What has become of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// It is to be sent.
    Pending,
    /// The receiver has taken it.
    Sent,
    /// It was tried often enough, or it never can be.
    Undeliverable,
    /// It was of no use any more.
    Withdrawn,
    /// It became part of a digest.
    Digested,
    /// It could not be delivered, and somebody took it off the list.
    Dismissed,
}

impl DeliveryState {
    const ALL: [Self; 6] =
        [Self::Pending, Self::Sent, Self::Undeliverable, Self::Withdrawn, Self::Digested, Self::Dismissed];

    /// The stored and written word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Undeliverable => "undeliverable",
            Self::Withdrawn => "withdrawn",
            Self::Digested => "digested",
            Self::Dismissed => "dismissed",
        }
    }
}

/// A delivery to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewDelivery {
    /// What kind of delivery it is.
    pub kind: DeliveryKind,
    /// The notice that it tells, if it tells one.
    pub notice_id: Option<NoticeId>,
    /// The token of whose end it tells, if it does.
    pub token_id: Option<TokenId>,
    /// The team of whose release tasks or services it tells, if it does.
    pub team_id: Option<TeamId>,
    /// How.
    pub channel: ChannelKind,
    /// To whom.
    pub recipient: Recipient,
}

/// A delivery that this replica sends, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedDelivery {
    /// Key, the same at each attempt.
    pub id: DeliveryId,
    /// What.
    pub what: NewDelivery,
    /// Attempts that failed.
    pub attempts: u32,
    /// When it was written down.
    pub created_at: Moment,
}

/// A delivery on the page of what could not be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedDelivery {
    /// Key.
    pub id: DeliveryId,
    /// What.
    pub what: NewDelivery,
    /// What has become of it.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// Why the last attempt failed.
    pub failure: Option<DeliveryFailure>,
    /// When it was written down.
    pub created_at: Moment,
    /// When it was given up, if it was.
    pub ended_at: Option<Moment>,
    /// When it is tried next, while it is.
    pub due_at: Moment,
}

impl ListedDelivery {
    /// When it is tried next, if it is.
    pub fn next_try(&self) -> Option<Moment> {
        (self.state == DeliveryState::Pending).then_some(self.due_at)
    }
}

pub(super) fn recipient_id(recipient: Recipient) -> RecipientId {
    match recipient {
        Recipient::Channel(id) => RecipientId::from_uuid(id.uuid()),
        Recipient::Person(id) => RecipientId::from_uuid(id.uuid()),
    }
}

impl TryFrom<&delivery::Model> for NewDelivery {
    type Error = super::error::StoreError;

    fn try_from(row: &delivery::Model) -> Result<Self> {
        let unknown = || codec::unreadable("deliveries.channel", &row.channel);
        let channel = ChannelKind::from_word(&row.channel).ok_or_else(unknown)?;
        let recipient = match channel {
            ChannelKind::Email => Recipient::Person(row.recipient.uuid().into()),
            ChannelKind::Webhook | ChannelKind::Slack | ChannelKind::Teams => {
                Recipient::Channel(row.recipient.uuid().into())
            }
        };
        let kind = DeliveryKind::from_word(&row.kind).ok_or_else(|| codec::unreadable("deliveries.kind", &row.kind))?;
        Ok(Self { kind, notice_id: row.notice_id, token_id: row.token_id, team_id: row.team_id, channel, recipient })
    }
}

impl TryFrom<delivery::Model> for ClaimedDelivery {
    type Error = super::error::StoreError;

    fn try_from(row: delivery::Model) -> Result<Self> {
        let attempts = count("deliveries.attempts", row.attempts)?;
        Ok(Self { id: row.id, what: (&row).try_into()?, attempts, created_at: row.created_at })
    }
}

impl TryFrom<delivery::Model> for ListedDelivery {
    type Error = super::error::StoreError;

    fn try_from(row: delivery::Model) -> Result<Self> {
        let state = DeliveryState::ALL.into_iter().find(|state| state.word() == row.state);
        Ok(Self {
            id: row.id,
            what: (&row).try_into()?,
            state: state.ok_or_else(|| codec::unreadable("deliveries.state", &row.state))?,
            attempts: count("deliveries.attempts", row.attempts)?,
            failure: row.failure.as_deref().map(|text| codec::from_json("deliveries.failure", text)).transpose()?,
            created_at: row.created_at,
            ended_at: row.ended_at,
            due_at: row.due_at,
        })
    }
}

pub(super) fn pending() -> Select<delivery::Entity> {
    // A literal, not a parameter: only so do both databases see that the index of pending ones will do.
    delivery::Entity::find().filter(Expr::cust(r#""deliveries"."state" = 'pending'"#))
}

/// Claimed by nobody, or under a term that is over, or under this one: what it has claimed before and not sent.
pub(super) fn open_to(term: &Term) -> Condition {
    let lasting = Query::select()
        .expr(Expr::val(1))
        .from(replica::Entity)
        .and_where(replica::Column::Id.into_expr().equals((delivery::Entity, delivery::Column::ClaimedBy)))
        .and_where(replica::Column::Epoch.into_expr().equals((delivery::Entity, delivery::Column::ClaimedEpoch)))
        .and_where(replica::Column::GoneAt.is_null())
        .and_where(replica::Column::StoppedAt.is_null())
        .to_owned();
    Condition::any()
        .add(delivery::Column::ClaimedBy.is_null())
        .add(is_claimed_under(term))
        .add(Expr::exists(lasting).not())
}

pub(super) fn is_claimed_under(term: &Term) -> Condition {
    Condition::all()
        .add(delivery::Column::ClaimedBy.eq(&term.replica))
        .add(delivery::Column::ClaimedEpoch.eq(column::<i64, _>(term.epoch)))
}

impl Store {
    /// The delivery of that key.
    pub async fn delivery(&self, id: DeliveryId) -> Result<Option<ListedDelivery>> {
        delivery::Entity::find_by_id(id).one(&self.reader).await?.map(ListedDelivery::try_from).transpose()
    }

    /// What that digest tells of.
    pub async fn notices_in_digest(&self, digest: DeliveryId) -> Result<Vec<NoticeId>> {
        let parts = delivery::Entity::find()
            .select_only()
            .column(delivery::Column::NoticeId)
            .filter(delivery::Column::DigestId.eq(digest))
            .filter(delivery::Column::NoticeId.is_not_null())
            .order_by_asc(delivery::Column::Id);
        Ok(parts.into_tuple().all(&self.reader).await?)
    }

    /// Those of these recipients to whom a test is on its way.
    pub async fn being_tried(&self, recipients: &[Recipient]) -> Result<Vec<Recipient>> {
        let some = pending()
            .filter(delivery::Column::Kind.eq(DeliveryKind::Trial.word()))
            .filter(delivery::Column::Recipient.is_in(recipients.iter().map(|it| recipient_id(*it))))
            .order_by_asc(delivery::Column::Id);
        some.all(&self.reader).await?.iter().map(|row| Ok(NewDelivery::try_from(row)?.recipient)).collect()
    }

    /// The last delivery to each of these recipients that is over or was tried.
    pub async fn last_deliveries(&self, recipients: &[Recipient]) -> Result<Vec<ListedDelivery>> {
        let mut last: Vec<ListedDelivery> = Vec::new();
        let rows = delivery::Entity::find()
            .filter(delivery::Column::Recipient.is_in(recipients.iter().map(|it| recipient_id(*it))))
            .filter(Condition::any().add(delivery::Column::EndedAt.is_not_null()).add(delivery::Column::Attempts.gt(0)))
            .order_by_desc(delivery::Column::Id)
            .limit(LOOKED_AT);
        for row in rows.all(&self.reader).await? {
            let row = ListedDelivery::try_from(row)?;
            if last.iter().all(|known| known.what.recipient != row.what.recipient) {
                last.push(row);
            }
        }
        Ok(last)
    }
}

impl WriteTx {
    /// Writes down deliveries; one that is there already for its notice and recipient stays as it is.
    pub async fn insert_deliveries(&self, new: &[NewDelivery], now: Moment) -> Result<Vec<DeliveryId>> {
        let row = |new: &NewDelivery| delivery::Model {
            id: new_id(),
            kind: new.kind.word().to_owned(),
            notice_id: new.notice_id,
            team_id: new.team_id,
            channel: new.channel.word().to_owned(),
            recipient: recipient_id(new.recipient),
            state: DeliveryState::Pending.word().to_owned(),
            created_at: now,
            due_at: now,
            attempts: 0,
            failure: None,
            claimed_by: None,
            claimed_epoch: None,
            digest_id: None,
            ended_at: None,
            token_id: new.token_id,
            body: None,
        };
        let rows: Vec<_> = new.iter().map(row).collect();
        let keys = rows.iter().map(|row| row.id).collect();
        if !rows.is_empty() {
            let once = OnConflict::columns([
                delivery::Column::NoticeId,
                delivery::Column::Channel,
                delivery::Column::Recipient,
            ])
            .do_nothing()
            .to_owned();
            delivery::Entity::insert_many(rows.into_iter().map(delivery::ActiveModel::from))
                .on_conflict(once)
                .exec_without_returning(&self.tx)
                .await?;
        }
        Ok(keys)
    }

    /// Ends a delivery that is not over: also one that others have claimed meanwhile, if it was sent all the same.
    pub async fn end_delivery(&self, id: DeliveryId, state: DeliveryState, now: Moment) -> Result<()> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(state.word()))
            .col_expr(delivery::Column::EndedAt, Expr::value(now))
            .filter(delivery::Column::Id.eq(id))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.word()));
        update.exec(&self.tx).await?;
        self.news.deliveries();
        Ok(())
    }

    /// Writes down that an attempt failed, and when the next one is due; without one it could not be delivered. A claim that is
    /// over by now changes nothing.
    pub async fn delivery_failed(
        &self,
        claimed: &ClaimedDelivery,
        term: &Term,
        failure: &DeliveryFailure,
        next: Option<Moment>,
        now: Moment,
    ) -> Result<()> {
        let mut update = delivery::Entity::update_many()
            .col_expr(delivery::Column::Attempts, Expr::col(delivery::Column::Attempts).add(1))
            .col_expr(delivery::Column::Failure, Expr::value(codec::json(failure)?))
            .col_expr(delivery::Column::ClaimedBy, Expr::value(None::<String>))
            .col_expr(delivery::Column::ClaimedEpoch, Expr::value(None::<i64>))
            .filter(delivery::Column::Id.eq(claimed.id))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.word()))
            .filter(is_claimed_under(term));
        update = match next {
            Some(next) => update.col_expr(delivery::Column::DueAt, Expr::value(next)),
            None => update
                .col_expr(delivery::Column::State, Expr::value(DeliveryState::Undeliverable.word()))
                .col_expr(delivery::Column::EndedAt, Expr::value(now)),
        };
        update.exec(&self.tx).await?;
        self.news.deliveries();
        let Some(next) = next else { return Ok(()) };
        // What else waits for the same receiver waits as long: it is not asked once for each.
        delivery::Entity::update_many()
            .col_expr(delivery::Column::DueAt, Expr::value(next))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.word()))
            .filter(delivery::Column::Channel.eq(claimed.what.channel.word()))
            .filter(delivery::Column::Recipient.eq(recipient_id(claimed.what.recipient)))
            .filter(delivery::Column::DueAt.lt(next))
            .exec(&self.tx)
            .await?;
        Ok(())
    }

    /// Keeps what a delivery sends, unless that of an earlier attempt is kept; answers what is.
    pub async fn keep_body(&self, id: DeliveryId, body: &str) -> Result<String> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::Body, Expr::value(body))
            .filter(delivery::Column::Id.eq(id))
            .filter(delivery::Column::Body.is_null());
        update.exec(&self.tx).await?;
        let kept = delivery::Entity::find_by_id(id).select_only().column(delivery::Column::Body);
        let kept: Option<Option<String>> = kept.into_tuple().one(&self.tx).await?;
        Ok(kept.flatten().unwrap_or_else(|| body.to_owned()))
    }

    /// Has a delivery wait until then, without counting an attempt.
    pub async fn postpone_delivery(&self, id: DeliveryId, term: &Term, until: Moment) -> Result<()> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::DueAt, Expr::value(until))
            .col_expr(delivery::Column::ClaimedBy, Expr::value(None::<String>))
            .col_expr(delivery::Column::ClaimedEpoch, Expr::value(None::<i64>))
            .filter(delivery::Column::Id.eq(id))
            .filter(is_claimed_under(term));
        update.exec(&self.tx).await?;
        Ok(())
    }

    /// The notices, and the digest of late ones, that wait for the same recipient in the same team and that nobody else has
    /// claimed: the key of each, and of what it tells.
    pub async fn waiting_with(&self, of: &ClaimedDelivery, term: &Term) -> Result<Vec<(DeliveryId, Option<NoticeId>)>> {
        let same = pending()
            .select_only()
            .columns([delivery::Column::Id, delivery::Column::NoticeId])
            .filter(delivery::Column::Kind.is_in([DeliveryKind::Notice.word(), DeliveryKind::Digest.word()]))
            .filter(delivery::Column::TeamId.eq(of.what.team_id))
            .filter(delivery::Column::Channel.eq(of.what.channel.word()))
            .filter(delivery::Column::Recipient.eq(recipient_id(of.what.recipient)))
            .filter(open_to(term))
            .order_by_asc(delivery::Column::Id);
        Ok(same.into_tuple().all(&self.tx).await?)
    }

    /// Makes deliveries part of a digest.
    pub async fn put_in_digest(&self, parts: &[DeliveryId], digest: DeliveryId, now: Moment) -> Result<()> {
        let update = delivery::Entity::update_many()
            .col_expr(delivery::Column::State, Expr::value(DeliveryState::Digested.word()))
            .col_expr(delivery::Column::DigestId, Expr::value(digest))
            .col_expr(delivery::Column::EndedAt, Expr::value(now))
            .filter(delivery::Column::Id.is_in(parts.iter().copied()))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.word()));
        update.exec(&self.tx).await?;
        self.news.deliveries();
        Ok(())
    }
}
