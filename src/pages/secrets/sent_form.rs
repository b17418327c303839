//! The form of a secret, as it was sent. It has no `Debug`: the value is in it.

use serde::Deserialize;

use crate::app::named_secrets::TypedSecret;
use crate::app::secrets::Plaintext;

/// What was typed.
#[derive(Default, Deserialize)]
pub struct SentNamedSecret {
    /// The name of a new one.
    #[serde(default)]
    pub name: String,
    /// The value.
    #[serde(default)]
    secret: String,
    /// There if every task of the team may be given it.
    for_tasks: Option<String>,
}

impl SentNamedSecret {
    /// The secret that it means; of the one with that name, if one is set again.
    pub fn read(self, name: Option<&str>) -> TypedSecret {
        TypedSecret {
            name: name.unwrap_or(self.name.trim()).to_owned(),
            value: Plaintext::new(self.secret),
            for_tasks: self.for_tasks.is_some(),
        }
    }
}
