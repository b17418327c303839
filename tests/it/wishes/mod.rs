//! Complaints of users of other systems, one test each: `row_05_…` is the fifth of the list that the project
//! keeps. Each shows the defect of somebody else's system, as hard as it can be shown here.

mod ends;
mod gates;
mod held;
mod late;
mod reading;
mod rights;
mod rules;
mod states;
mod volume;
