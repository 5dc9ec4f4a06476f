//! Every setting that there is, of the core and of the domains: what is accepted, what is refused, and where it is listed.

mod edges;
mod listed;
mod table;
