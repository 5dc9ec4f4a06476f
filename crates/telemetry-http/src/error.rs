//! Why a layer cannot be made like that.

/// Why a layer cannot be made like that.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpError {}

impl std::fmt::Display for HttpError {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match *self {}
    }
}
impl std::error::Error for HttpError {}
