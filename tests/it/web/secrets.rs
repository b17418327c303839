//! The named secrets of a team and of an environment, as each role meets them.

use super::authorization::{Answers, READERS, Row};
use super::stories::Story;

/// Managers of the team, and nobody who only administers.
const TEAMS_MANAGER: Answers = [303, 404, 404, 404, 200, 404, 404];
/// The same where something is wrong with what they send.
const TEAMS_MANAGER_ERRS: Answers = [303, 404, 404, 404, 422, 404, 404];
/// The same where it is done.
const TEAMS_MANAGER_DOES: Answers = [303, 404, 404, 404, 303, 404, 404];

/// The rows.
pub const ROWS: &[Row] = &[
    Row("GET /teams/{team}/secrets", Story::New, "", READERS),
    Row("GET /teams/{team}/secrets/new", Story::New, "", TEAMS_MANAGER),
    Row("POST /teams/{team}/secrets/new", Story::New, "name=&secret=hunter2-hunter2", TEAMS_MANAGER_ERRS),
    Row("GET /teams/{team}/secrets/{name}/set", Story::New, "", TEAMS_MANAGER),
    Row("POST /teams/{team}/secrets/{name}/set", Story::New, "secret=", TEAMS_MANAGER_ERRS),
    Row("GET /teams/{team}/secrets/{name}/forget", Story::New, "", TEAMS_MANAGER),
    Row("POST /teams/{team}/secrets/{name}/forget", Story::New, "", TEAMS_MANAGER_DOES),
    Row("GET /regions/{region}/environments/{environment}/secrets", Story::New, "", READERS),
    Row("GET /regions/{region}/environments/{environment}/secrets/new", Story::New, "", TEAMS_MANAGER),
    Row(
        "POST /regions/{region}/environments/{environment}/secrets/new",
        Story::New,
        "name=TOKEN&secret=hunter2-hunter2",
        [401, 404, 404, 404, 303, 404, 404],
    ),
    Row("GET /regions/{region}/environments/{environment}/secrets/{name}/set", Story::New, "", TEAMS_MANAGER),
    Row(
        "POST /regions/{region}/environments/{environment}/secrets/{name}/set",
        Story::New,
        "secret=hunter2-hunter2",
        TEAMS_MANAGER_DOES,
    ),
    Row("GET /regions/{region}/environments/{environment}/secrets/{name}/forget", Story::New, "", TEAMS_MANAGER),
    Row("POST /regions/{region}/environments/{environment}/secrets/{name}/forget", Story::New, "", TEAMS_MANAGER_DOES),
];
