//! Rectangles of the picture, in pixels, and what is cut off them.

/// A rectangle: its upper left corner, and its size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) w: f64,
    pub(crate) h: f64,
}

impl Area {
    pub(crate) fn right(&self) -> f64 {
        self.x + self.w
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.h
    }

    pub(crate) fn middle(&self) -> (f64, f64) {
        (self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Without so much at each side; nothing is left of what is smaller than that.
    pub(crate) fn inset(&self, left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self {
            x: self.x + left,
            y: self.y + top,
            w: (self.w - left - right).max(0.0),
            h: (self.h - top - bottom).max(0.0),
        }
    }

    /// As many parts of one width side by side, or of one height below each other.
    pub(crate) fn split(&self, parts: usize, side_by_side: bool) -> impl Iterator<Item = Self> + use<> {
        let (area, count) = (*self, parts.max(1) as f64);
        (0..parts).map(move |part| match side_by_side {
            true => Self { x: area.x + area.w / count * part as f64, w: area.w / count, ..area },
            false => Self { y: area.y + area.h / count * part as f64, h: area.h / count, ..area },
        })
    }
}
