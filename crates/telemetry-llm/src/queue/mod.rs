//! Usage records on their way into a store.

mod aside;
mod leftover;
mod outcome;
mod settings;
mod store;
mod usage_queue;
mod worker;

pub use outcome::{Drained, PushError, PushReason};
pub use settings::{Overload, QueueSettings};
pub use store::{GivenBack, StoreError, UsageStore};
pub use usage_queue::UsageQueue;
