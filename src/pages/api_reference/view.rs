//! The reference of the API: operations by what they are about, and the bodies that they name.

use askama::Template;

use crate::pages::components::Chrome;

/// The whole page.
#[derive(Debug, Template)]
#[template(path = "api_reference/index.html")]
pub struct ReferencePage<'r> {
    /// Around it.
    pub chrome: Chrome,
    /// The rest.
    pub reference: &'r ApiReference,
}

/// What the description says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApiReference {
    /// What it is, in a sentence or two.
    pub lead: String,
    /// Where the description is for programs.
    pub description_url: String,
    /// Operations by what they are about.
    pub topics: Vec<ReferenceTopic>,
    /// Bodies that operations name.
    pub bodies: Vec<BodyView>,
}

/// Operations on one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReferenceTopic {
    /// What it is called.
    pub name: String,
    /// They.
    pub operations: Vec<OperationView>,
}

/// An operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationView {
    /// Its place in the page.
    pub id: String,
    /// `GET`.
    pub method: String,
    /// Its address, with names where something is to be put in.
    pub path: String,
    /// What it does, in a sentence.
    pub summary: String,
    /// What else there is to say.
    pub text: Vec<String>,
    /// What is put into the address, the query and the headers.
    pub parameters: Vec<FieldView>,
    /// What is sent, if anything is.
    pub sent: Option<ValueView>,
    /// What may come of it.
    pub responses: Vec<ResponseView>,
}

/// A field of a body, or a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldView {
    /// Its name.
    pub name: String,
    /// Where it stands, for a parameter: `path`, `query`, `header`.
    pub place: String,
    /// What it is.
    pub kind: ValueView,
    /// Whether it is always there.
    pub needed: bool,
    /// What it means.
    pub text: String,
}

/// What a value is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueView {
    /// In words: `integer`, `list of`.
    pub words: String,
    /// The body that it is, or that its items are.
    pub body: Option<String>,
    /// What else there is to say: `1 to 100`.
    pub limits: String,
}

/// What may come of an operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResponseView {
    /// Its status.
    pub status: String,
    /// What it says.
    pub text: String,
    /// What is answered.
    pub kind: Option<ValueView>,
}

/// A body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyView {
    /// Its name, by which others refer to it.
    pub name: String,
    /// What it is.
    pub text: String,
    /// Its fields.
    pub fields: Vec<FieldView>,
    /// The values that it can have, if they are counted.
    pub values: Vec<String>,
}
