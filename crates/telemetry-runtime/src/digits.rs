//! Small numbers as label values, without an allocation.

/// The decimal digits of a number below 1000, as a label value that costs no allocation.
pub(crate) struct Digits {
    bytes: [u8; 3],
    start: usize,
}

impl Digits {
    /// `None` when the number has more than three digits.
    pub(crate) fn new(number: u16) -> Option<Self> {
        let digit = |place: u16| u8::try_from(number / place % 10).ok().map(|digit| b'0' + digit);
        let start = match number {
            0..10 => 2,
            10..100 => 1,
            100..1000 => 0,
            _ => return None,
        };
        Some(Self { bytes: [digit(100)?, digit(10)?, digit(1)?], start })
    }

    pub(crate) fn as_str(&self) -> &str {
        str::from_utf8(&self.bytes[self.start..]).expect("decimal digits are ASCII")
    }
}
