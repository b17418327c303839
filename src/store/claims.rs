//! Claims of deliveries: which of those that are due a replica sends next, so that no receiver that hangs keeps others waiting.

use std::collections::{HashMap, HashSet};

use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::codec::column;
use super::connect::Store;
use super::deliveries::{
    ClaimedDelivery, DeliveryState, LOOKED_AT, NewDelivery, is_claimed_under, open_to, pending, recipient_id,
};
use super::entities::delivery;
use super::error::Result;
use super::replicas::Term;
use crate::domain::execution::Moment;
use crate::domain::ids::{DeliveryId, RecipientId, TeamId};
use crate::domain::notices::{ChannelKind, Recipient};

/// So many deliveries a replica has under way at most.
pub const MAX_UNDER_WAY: usize = 64;

/// So many of one team: nobody's receivers that hang take the room of others.
const MAX_OF_TEAM: usize = 16;

/// So many e-mails, which all go to one server.
const MAX_MAILS: usize = 16;

/// What is under way, counted by what has a limit.
#[derive(Debug, Default)]
struct UnderWay {
    count: usize,
    mails: usize,
    of_team: HashMap<TeamId, usize>,
    recipients: HashSet<RecipientId>,
}

impl UnderWay {
    fn add(&mut self, delivery: &NewDelivery) {
        self.count += 1;
        self.recipients.insert(recipient_id(delivery.recipient));
        match (delivery.recipient, delivery.team_id) {
            (Recipient::Person(_), _) => self.mails += 1,
            (Recipient::Channel(_), Some(team)) => *self.of_team.entry(team).or_default() += 1,
            (Recipient::Channel(_), None) => {}
        }
    }

    fn has_room_for(&self, delivery: &NewDelivery) -> bool {
        let within = match (delivery.recipient, delivery.team_id) {
            (Recipient::Person(_), _) => self.mails < MAX_MAILS,
            (Recipient::Channel(_), Some(team)) => self.of_team.get(&team).is_none_or(|count| *count < MAX_OF_TEAM),
            (Recipient::Channel(_), None) => true,
        };
        within && self.count < MAX_UNDER_WAY && !self.recipients.contains(&recipient_id(delivery.recipient))
    }

    /// Leaves out what has no room now, so that what has some is found however much else is due.
    fn condition(&self) -> Condition {
        let full = self.of_team.iter().filter(|(_, count)| **count >= MAX_OF_TEAM).map(|(team, _)| *team);
        let full: Vec<TeamId> = full.collect();
        let mail = || delivery::Column::Channel.eq(ChannelKind::Email.word());
        let mut condition = Condition::all();
        if !self.recipients.is_empty() {
            condition = condition.add(delivery::Column::Recipient.is_not_in(self.recipients.iter().copied()));
        }
        if self.mails >= MAX_MAILS {
            condition = condition.add(mail().not());
        }
        if !full.is_empty() {
            let others = delivery::Column::TeamId.is_null().or(delivery::Column::TeamId.is_not_in(full));
            condition = condition.add(Condition::any().add(mail()).add(others));
        }
        condition
    }
}

impl Store {
    /// Claims deliveries that are due, one for each recipient and as many as there is room for beside those under way: what
    /// is new first.
    pub async fn claim_deliveries(
        &self,
        term: &Term,
        under_way: &[NewDelivery],
        now: Moment,
    ) -> Result<Vec<ClaimedDelivery>> {
        let mut room = UnderWay::default();
        for delivery in under_way {
            room.add(delivery);
        }
        if room.count >= MAX_UNDER_WAY {
            return Ok(Vec::new());
        }
        let due = pending()
            .filter(delivery::Column::DueAt.lte(now))
            .filter(open_to(term))
            .filter(room.condition())
            .order_by_asc(delivery::Column::Attempts)
            .order_by_asc(delivery::Column::Id)
            .limit(LOOKED_AT);
        let mut keys: Vec<DeliveryId> = Vec::new();
        for row in due.all(&self.reader).await? {
            let what = NewDelivery::try_from(&row)?;
            if room.has_room_for(&what) {
                room.add(&what);
                keys.push(row.id);
            }
        }
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let tx = self.begin_write().await?;
        delivery::Entity::update_many()
            .col_expr(delivery::Column::ClaimedBy, Expr::value(&term.replica))
            .col_expr(delivery::Column::ClaimedEpoch, Expr::value(column::<i64, _>(term.epoch)))
            .filter(delivery::Column::Id.is_in(keys.iter().copied()))
            .filter(delivery::Column::State.eq(DeliveryState::Pending.word()))
            .filter(open_to(term))
            .exec(&tx.tx)
            .await?;
        let claimed = pending()
            .filter(delivery::Column::Id.is_in(keys))
            .filter(is_claimed_under(term))
            .order_by_asc(delivery::Column::Id)
            .all(&tx.tx)
            .await?;
        tx.commit().await?;
        claimed.into_iter().map(ClaimedDelivery::try_from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delivery::DeliveryKind;
    use crate::domain::ids::{ChannelId, UserId};

    fn delivery(recipient: Recipient, team: u128) -> NewDelivery {
        let channel = match recipient {
            Recipient::Person(_) => ChannelKind::Email,
            Recipient::Channel(_) => ChannelKind::Webhook,
        };
        let team_id = Some(TeamId::from_u128(team));
        NewDelivery { kind: DeliveryKind::Trial, notice_id: None, token_id: None, team_id, channel, recipient }
    }

    #[test]
    fn neither_a_team_nor_the_mail_server_takes_the_room_of_others() {
        let (channel, person) =
            (|n| Recipient::Channel(ChannelId::from_u128(n)), |n| Recipient::Person(UserId::from_u128(n)));
        let mut room = UnderWay::default();
        for n in 0..50 {
            let one = delivery(channel(n), 1);
            assert_eq!(room.has_room_for(&one), n < 16, "{n}");
            if n < 16 {
                room.add(&one);
            }
        }
        assert!(!room.has_room_for(&delivery(channel(0), 2)), "one at a time to each receiver");
        for n in 100..150 {
            let one = delivery(person(n), 1);
            if room.has_room_for(&one) {
                room.add(&one);
            }
        }
        assert_eq!((room.mails, room.count), (16, 32));
        assert!(room.has_room_for(&delivery(channel(1000), 2)));
    }
}
