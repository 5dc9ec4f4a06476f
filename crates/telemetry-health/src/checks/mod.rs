//! The checks that most services need.

mod database;
mod filesystem;
#[cfg(feature = "http")]
mod github;
#[cfg(feature = "http")]
mod http;

#[cfg(feature = "http")]
pub use self::http::{HttpCheck, HttpCheckError};
pub use database::DatabaseQuery;
pub use filesystem::FileSystem;
#[cfg(feature = "http")]
pub use github::GitHubRateLimit;
