//! Whether this process is the one that started the exporter, which a fork leaves without its thread.

/// The process that started the exporter.
///
/// A forked child has a copy of the queues but not the exporter's thread: whatever waits for that thread would wait
/// for ever. So everything that would wait asks first, and is silent in a child.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner(u32);

impl Owner {
    pub(crate) fn this_process() -> Self {
        Self(std::process::id())
    }

    /// A process that is none.
    #[cfg(test)]
    pub(crate) fn another() -> Self {
        Self(0)
    }

    pub(crate) fn is_this_process(self) -> bool {
        self == Self::this_process()
    }
}
