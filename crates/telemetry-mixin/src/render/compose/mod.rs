//! All of it on one host, and the configurations of what nothing else needs one for.

mod file;

pub(crate) use file::files;
