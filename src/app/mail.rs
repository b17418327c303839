//! Operations on mail: how the server sends it, which an administrator says; and the address of each person, which they say
//! themselves and confirm.

use std::collections::BTreeSet;

use super::secrets::SecretError;
use super::{App, AppError, Caller, secret};
use crate::domain::delivery::DeliveryKind;
use crate::domain::event::AccountEvent;
use crate::domain::mail::{MailFault, MailSettings, is_address};
use crate::domain::notices::{ChannelKind, NoticeKind, Recipient};
use crate::domain::secrets::{SecretPurpose, SecretSlot};
use crate::keyring::Plaintext;
use crate::store::{Contact, ListedDelivery, MemberEvents, NewDelivery, Stamp, WriteTx};

/// The name of the setting.
const SETTING: &str = "mail";

/// An address can be confirmed for so long.
const CONFIRMED_WITHIN: chrono::TimeDelta = chrono::TimeDelta::days(1);

/// So many links are sent for one person within that time, whatever addresses they type: nobody can have strangers mailed.
const MAX_LINKS: u64 = 5;

/// See [`MAX_LINKS`].
const LINKS_COUNTED_FOR: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// What came of an address that somebody typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressAsked {
    /// A link goes to it.
    Sent,
    /// It is none.
    NoAddress,
    /// Too many links were sent for that person lately.
    TooOften,
    /// Nobody has said yet how mail is sent.
    NoServer,
}

/// How mail is sent, for whoever administers.
#[derive(Debug, Clone)]
pub struct MailSetup {
    /// How, once somebody has said so.
    pub settings: Option<MailSettings>,
    /// Whether a password is kept.
    pub has_password: bool,
    /// The last mail to the reader.
    pub last: Option<ListedDelivery>,
    /// Whether a test to the reader is on its way.
    pub is_tried: bool,
}

/// Why nothing was said of mail.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// What was typed will not do.
    #[error("not valid: {0:?}")]
    Invalid(Vec<MailFault>),
    /// The password cannot be kept.
    #[error(transparent)]
    Secret(SecretError),
    /// Another reason.
    #[error(transparent)]
    App(AppError),
}

impl<E: Into<AppError>> From<E> for MailError {
    fn from(error: E) -> Self {
        Self::App(error.into())
    }
}

impl From<SecretError> for MailError {
    fn from(error: SecretError) -> Self {
        Self::Secret(error)
    }
}

fn password_slot() -> SecretSlot {
    SecretSlot::of_server(SecretPurpose::SmtpPassword)
}

impl App {
    /// How mail is sent, for administrators.
    pub async fn mail_setup(&self, caller: &Caller) -> Result<MailSetup, AppError> {
        caller.reads_everything()?;
        let reader = Recipient::Person(caller.user()?.id);
        let has_password = self.store.sealed_secret(&password_slot()).await?.is_some();
        let last = self.store.last_deliveries(&[reader]).await?.pop();
        let is_tried = !self.store.being_tried(&[reader]).await?.is_empty();
        Ok(MailSetup { settings: self.mail_settings().await?, has_password, last, is_tried })
    }

    async fn mail_settings(&self) -> Result<Option<MailSettings>, AppError> {
        let Some(text) = self.store.setting(SETTING).await? else { return Ok(None) };
        Ok(serde_json::from_str(&text).ok())
    }

    /// Says how mail is sent. Without a password the one that is kept stays; without a user it is forgotten.
    pub async fn set_mail(
        &self,
        caller: &Caller,
        settings: &MailSettings,
        password: Option<String>,
    ) -> Result<(), MailError> {
        let password = password.map(Plaintext::new);
        let kept = self.store.sealed_secret(&password_slot()).await?.is_some();
        let tx = self.store.begin_write().await?;
        let stamp = self.sets_mail(&tx, caller).await?;
        let mut faults = settings.check(password.is_some() || kept);
        if kept && password.is_none() {
            faults.extend(settings.check_kept_password(self.mail_settings().await?.as_ref()));
        }
        if !faults.is_empty() {
            return Err(MailError::Invalid(faults));
        }
        let text = serde_json::to_string(settings).map_err(crate::store::StoreError::from)?;
        tx.set_setting(SETTING, &text).await?;
        match password {
            Some(password) => self.keep_secret(&tx, &stamp, &password_slot(), &password).await?,
            None if settings.user.is_empty() => _ = self.drop_secret(&tx, &stamp, &password_slot()).await?,
            None => {}
        }
        tx.account_event(&stamp, &AccountEvent::MailServerSet { host: settings.host.clone() }).await?;
        Ok(tx.commit().await?)
    }

    /// How mail is sent now, for the server itself.
    pub async fn mail_to_send_by(&self) -> Result<Option<(MailSettings, Option<Plaintext>)>, SecretError> {
        let Some(settings) = self.mail_settings().await? else { return Ok(None) };
        let password = if settings.user.is_empty() { None } else { self.reveal(&password_slot()).await? };
        Ok(Some((settings, password)))
    }

    /// Sends a mail to the caller's own address, to see whether it arrives.
    pub async fn try_mail(&self, caller: &Caller) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        let stamp = self.sets_mail(&tx, caller).await?;
        let user = caller.user()?.id;
        tx.insert_deliveries(&[to_person(DeliveryKind::Trial, user)], stamp.at).await?;
        Ok(tx.commit().await?)
    }

    async fn sets_mail(&self, tx: &WriteTx, caller: &Caller) -> Result<Stamp, AppError> {
        let user = tx.user(caller.in_person()?.id).await?.filter(|user| user.administrator);
        Ok(caller.stamp(&user.ok_or(AppError::NotFound)?, self.clock.now()))
    }

    /// How the caller is reached.
    pub async fn own_contact(&self, caller: &Caller) -> Result<Option<Contact>, AppError> {
        Ok(self.store.contact(caller.user()?.id).await?)
    }

    /// Sends a link to an address that the caller has typed; it is used once they confirm it.
    pub async fn ask_address(&self, caller: &Caller, address: &str) -> Result<AddressAsked, AppError> {
        let address = address.trim();
        if !is_address(address) {
            return Ok(AddressAsked::NoAddress);
        }
        if self.mail_settings().await?.is_none() {
            return Ok(AddressAsked::NoServer);
        }
        let now = self.clock.now();
        let tx = self.store.begin_write().await?;
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        if tx.count_confirmations(user.id, now - LINKS_COUNTED_FOR).await? >= MAX_LINKS {
            return Ok(AddressAsked::TooOften);
        }
        // The secret of the link is made when it is sent.
        tx.ask_address(user.id, address, &[], now + CONFIRMED_WITHIN).await?;
        tx.insert_deliveries(&[to_person(DeliveryKind::Confirmation, user.id)], now).await?;
        tx.commit().await?;
        Ok(AddressAsked::Sent)
    }

    /// The address that the caller would confirm by the secret of a link; none if it is good for nothing. Nothing changes.
    pub async fn address_to_confirm(&self, caller: &Caller, link: &str) -> Result<Option<String>, AppError> {
        let user = caller.in_person()?.id;
        Ok(self.store.address_to_confirm(user, &secret::hashed(link), self.clock.now()).await?)
    }

    /// Confirms the caller's own address by the secret of a link, which is used up; answers whether it was good.
    pub async fn confirm_address(&self, caller: &Caller, link: &str) -> Result<bool, AppError> {
        let now = self.clock.now();
        let tx = self.store.begin_write().await?;
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        let confirmed = tx.confirm_address(user.id, &secret::hashed(link), now).await?;
        if confirmed {
            tx.account_event(&caller.stamp(&user, now), &AccountEvent::AddressConfirmed).await?;
            tx.commit().await?;
        }
        Ok(confirmed)
    }

    /// What the caller's teams have chosen for their members.
    pub async fn events_of_own_teams(&self, caller: &Caller) -> Result<Vec<MemberEvents>, AppError> {
        let teams: BTreeSet<_> = caller.user()?.roles.iter().map(|held| held.team).collect();
        Ok(self.store.member_events(&teams.into_iter().collect::<Vec<_>>()).await?)
    }

    /// Says what the caller wants to be told; without it, that they are told what their teams have chosen.
    pub async fn choose_events(&self, caller: &Caller, events: Option<&BTreeSet<NoticeKind>>) -> Result<(), AppError> {
        let tx = self.store.begin_write().await?;
        tx.choose_events(caller.in_person()?.id, events).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets how the caller is reached: they are told nothing any more.
    pub async fn forget_address(&self, caller: &Caller) -> Result<(), AppError> {
        let now = self.clock.now();
        let tx = self.store.begin_write().await?;
        let user = tx.user(caller.in_person()?.id).await?.ok_or(AppError::NotFound)?;
        tx.remove_contact(user.id).await?;
        tx.account_event(&caller.stamp(&user, now), &AccountEvent::AddressForgotten).await?;
        Ok(tx.commit().await?)
    }
}

fn to_person(kind: DeliveryKind, user: crate::domain::ids::UserId) -> NewDelivery {
    NewDelivery {
        kind,
        notice_id: None,
        token_id: None,
        team_id: None,
        channel: ChannelKind::Email,
        recipient: Recipient::Person(user),
    }
}
