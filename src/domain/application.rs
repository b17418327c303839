//! Applications: the rules of what one is called.

use super::component::MAX_APPLICATIONS;
use super::names::{self, NamingFault};

/// What is wrong with an application that somebody wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplicationFault {
    /// Its name is none.
    Name(NamingFault),
    /// Another one of the team has the name, perhaps in other upper and lower case.
    NameTaken {
        /// How that one is called.
        by: String,
    },
    /// Its description is too long.
    Description {
        /// How many characters it has.
        count: usize,
    },
    /// The team has as many as it may.
    TooMany,
}

impl ApplicationFault {
    /// The field that it is about, by its name in forms and requests; empty if it is about none.
    pub fn field(&self) -> &'static str {
        match self {
            Self::Name(_) | Self::NameTaken { .. } => "name",
            Self::Description { .. } => "description",
            Self::TooMany => "",
        }
    }
}

/// All that is wrong with a new application beside those that its team has.
pub fn check_application(name: &str, description: &str, known: &[&str]) -> Vec<ApplicationFault> {
    let taken = known.iter().find(|other| other.eq_ignore_ascii_case(name));
    let taken = taken.map(|by| ApplicationFault::NameTaken { by: (*by).to_owned() });
    let named = names::fault(name).map(ApplicationFault::Name).or(taken);
    let described = names::description_fault(description).map(|count| ApplicationFault::Description { count });
    let too_many = (known.len() >= MAX_APPLICATIONS).then_some(ApplicationFault::TooMany);
    named.into_iter().chain(described).chain(too_many).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_wrong_with_an_application_is_told_at_once() {
        assert_eq!(check_application("shop", "", &["bank"]), []);
        let taken = ApplicationFault::NameTaken { by: "shop".to_owned() };
        let long = ApplicationFault::Description { count: 129 };
        assert_eq!(check_application("Shop", &"d".repeat(129), &["shop"]), [taken, long]);
        assert_eq!(check_application("", "", &[""]), [ApplicationFault::Name(NamingFault::Empty)]);
    }
}
