//! What each source says: environment, file, and the groups that the builder knows.

mod environment;
mod file;
mod groups;
mod nearest;
mod rows;

pub(crate) use environment::Variables;
pub(super) use file::read as read_file;
pub(crate) use groups::Groups;
pub use rows::variables;
