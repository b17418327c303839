//! Values of variables: from what is given when an execution is started to what it has. Every way of starting goes through
//! [`resolve`].

use super::super::names;
use super::{MAX_VALUE_LEN, Variable, VariableSpec, VariableType, VariableValues};

/// Why a value will not do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VariableFault {
    /// No variable has that name.
    Unknown {
        /// The one that was meant, if one is called nearly so.
        nearest: Option<String>,
    },
    /// It must have a value, and has none.
    Missing,
    /// It is no whole number, or not in its shortest form.
    NotAnInteger,
    /// It is neither `true` nor `false`.
    NotABool,
    /// It is none of the choices.
    NotAChoice {
        /// The choices.
        choices: Vec<String>,
        /// The one that was meant, if one is nearly so.
        nearest: Option<String>,
    },
    /// It has too many bytes.
    TooLong {
        /// How many.
        count: usize,
    },
    /// A zero byte is in it.
    ZeroByte,
}

/// A variable that was given no value that will do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VariableProblem {
    /// The name of the variable.
    pub variable: String,
    /// What is wrong.
    pub fault: VariableFault,
}

/// The values that an execution has when these are given, or everything that is wrong with them.
///
/// A variable that is not given has its default. One that is given empty is *not set*, whatever its default, except a
/// string whose default is the empty text: that has the empty text. Nothing else is made of what is given.
pub fn resolve(declared: &[Variable], given: &VariableValues) -> Result<VariableValues, Vec<VariableProblem>> {
    let mut values = VariableValues::new();
    let mut problems = Vec::new();
    for Variable { name, spec } in declared {
        match value_of(spec, given.get(name).map(String::as_str)) {
            Ok(Some(value)) => drop(values.insert(name.clone(), value)),
            Ok(None) => {}
            Err(fault) => problems.push(VariableProblem { variable: name.clone(), fault }),
        }
    }
    let is_known = |name: &str| declared.iter().any(|variable| variable.name == name);
    for name in given.keys().filter(|name| !is_known(name)) {
        let known = declared.iter().map(|variable| variable.name.as_str());
        let nearest = names::nearest(name, known).map(str::to_owned);
        problems.push(VariableProblem { variable: name.clone(), fault: VariableFault::Unknown { nearest } });
    }
    if problems.is_empty() { Ok(values) } else { Err(problems) }
}

fn value_of(spec: &VariableSpec, given: Option<&str>) -> Result<Option<String>, VariableFault> {
    let Some(text) = given.or(spec.default.as_deref()) else { return unset(spec) };
    if text.is_empty() {
        return if spec.default.as_deref() == Some("") { Ok(Some(String::new())) } else { unset(spec) };
    }
    match fault(spec, text) {
        Some(fault) => Err(fault),
        None => Ok(Some(text.to_owned())),
    }
}

fn unset(spec: &VariableSpec) -> Result<Option<String>, VariableFault> {
    if spec.required { Err(VariableFault::Missing) } else { Ok(None) }
}

/// Why a text that is not empty is no value of such a variable, if it is none.
pub(in crate::domain) fn fault(spec: &VariableSpec, text: &str) -> Option<VariableFault> {
    if text.len() > MAX_VALUE_LEN {
        return Some(VariableFault::TooLong { count: text.len() });
    }
    if text.contains('\0') {
        return Some(VariableFault::ZeroByte);
    }
    match spec.of {
        VariableType::String => None,
        // `010` is ten for some programs and eight for others.
        VariableType::Integer => {
            let number = text.parse::<i64>().ok().filter(|number| number.to_string() == text);
            number.is_none().then_some(VariableFault::NotAnInteger)
        }
        VariableType::Bool => (!["true", "false"].contains(&text)).then_some(VariableFault::NotABool),
        VariableType::Choice => {
            let is_one = spec.choices.iter().any(|choice| choice == text);
            (!is_one).then(|| VariableFault::NotAChoice {
                choices: spec.choices.clone(),
                nearest: names::nearest(text, spec.choices.iter().map(String::as_str)).map(str::to_owned),
            })
        }
    }
}

/// Where a value comes from that somebody is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueOrigin {
    /// The last execution had it.
    Last,
    /// It is the default.
    Default,
    /// There is none.
    Nowhere,
}

/// A value that somebody who starts an execution is offered, to be sent as it is or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedVariable {
    /// The value; empty for none.
    pub text: String,
    /// Where it comes from.
    pub origin: ValueOrigin,
}

/// What is offered for a variable: the value of the last execution if it would still do, or else the default.
pub fn offered(variable: &Variable, last: &VariableValues) -> OfferedVariable {
    let spec = &variable.spec;
    let still_does = |text: &&String| value_of(spec, Some(text)).is_ok_and(|value| value.as_ref() == Some(*text));
    match (last.get(&variable.name).filter(still_does), &spec.default) {
        (Some(text), _) => OfferedVariable { text: text.clone(), origin: ValueOrigin::Last },
        (None, Some(text)) => OfferedVariable { text: text.clone(), origin: ValueOrigin::Default },
        (None, None) => OfferedVariable { text: String::new(), origin: ValueOrigin::Nowhere },
    }
}
