//! The id of an execution, as its guard keeps it for the log.

/// As long as an id may be without an allocation: a UUID with a prefix of eleven characters.
const INLINE: usize = 47;

/// An id made at run time, owned: short ones, which most are, cost no allocation.
pub(super) enum Id {
    Inline { bytes: [u8; INLINE], len: u8 },
    Long(Box<str>),
}

impl Id {
    pub(super) fn new(id: &str) -> Self {
        match u8::try_from(id.len()) {
            Ok(len) if id.len() <= INLINE => {
                let mut bytes = [0; INLINE];
                bytes[..id.len()].copy_from_slice(id.as_bytes());
                Self::Inline { bytes, len }
            }
            _ => Self::Long(id.into()),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Inline { bytes, len } => {
                str::from_utf8(&bytes[..usize::from(*len)]).expect("it was copied from a whole text")
            }
            Self::Long(id) => id,
        }
    }
}

impl Default for Id {
    fn default() -> Self {
        Self::new("")
    }
}
