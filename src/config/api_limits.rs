//! Arguments that limit the requests of the API.

use clap::Args;

/// How many requests of the API a caller may send in a minute, so that a program that loops takes nothing from the others.
#[derive(Debug, Clone, Copy, Args)]
pub struct ApiLimitsConfig {
    /// Requests that each token, and each person who is signed in, may send to the API in a minute; 0 for no limit
    #[arg(long, value_name = "N", env = "TOLLGATE_API_LIMIT", default_value_t = 600)]
    pub api_limit: u32,

    /// Requests that each address may send to the API in a minute without a token that is good; 0 for no limit
    #[arg(long, value_name = "N", env = "TOLLGATE_API_ADDRESS_LIMIT", default_value_t = 120)]
    pub api_address_limit: u32,

    /// Event streams that each token, and each person who is signed in, may have open at a time; 0 for no limit
    #[arg(long, value_name = "N", env = "TOLLGATE_API_STREAMS", default_value_t = 20)]
    pub api_streams: u32,
}

impl Default for ApiLimitsConfig {
    /// As without any argument.
    fn default() -> Self {
        Self { api_limit: 600, api_address_limit: 120, api_streams: 20 }
    }
}
