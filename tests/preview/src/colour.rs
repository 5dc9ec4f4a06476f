//! The colours: Grafana's names for them, its palette of series, and its scheme of heat maps.

use std::fmt;

/// A colour as red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(u32);

pub(crate) const CANVAS: Colour = Colour(0x11_12_17);
pub(crate) const PANEL: Colour = Colour(0x18_1b_1f);
pub(crate) const BORDER: Colour = Colour(0x2b_2d_33);
pub(crate) const GRID: Colour = Colour(0x2a_2d_33);
pub(crate) const TRACK: Colour = Colour(0x25_28_2e);
pub(crate) const TEXT: Colour = Colour(0xcc_cc_dc);
pub(crate) const FAINT: Colour = Colour(0x8e_8f_9c);

/// What series are drawn in, one after the other.
const PALETTE: [u32; 14] = [
    0x73bf69, 0xf2cc0c, 0x8ab8ff, 0xff780a, 0xf2495c, 0x5794f2, 0xb877d9, 0x705da0, 0x37872d, 0xfade2a, 0x447ebc,
    0xc15c17, 0x890f02, 0x6d1f62,
];

/// From nothing to most, on a dark ground.
const HEAT: [u32; 9] = [0x7f2704, 0xa63603, 0xd94801, 0xf16913, 0xfd8d3c, 0xfdae6b, 0xfdd0a2, 0xfee6ce, 0xfff5eb];

/// A hue's name, and its shades: dark, semi-dark, plain, light, super-light.
const HUES: [(&str, [u32; 5]); 6] = [
    ("red", [0xc4162a, 0xe02f44, 0xf2495c, 0xff7383, 0xffa6b0]),
    ("orange", [0xfa6400, 0xff780a, 0xff9830, 0xffb357, 0xffcb7d]),
    ("yellow", [0xe0b400, 0xf2cc0c, 0xfade2a, 0xffee52, 0xfff899]),
    ("green", [0x37872d, 0x56a64b, 0x73bf69, 0x96d98d, 0xc8f2c2]),
    ("blue", [0x1f60c4, 0x3274d9, 0x5794f2, 0x8ab8ff, 0xc0d8ff]),
    ("purple", [0x8f3bb8, 0xa352cc, 0xb877d9, 0xca95e5, 0xdeb6f2]),
];

/// How many steps the colours of heat have.
pub(crate) const HEAT_STEPS: usize = 24;

impl Colour {
    /// By a name of Grafana's, or by `#rrggbb`; of anything else the colour of text.
    pub(crate) fn named(name: &str) -> Self {
        if let Some(hex) = name.strip_prefix('#')
            && let (6, Ok(colour)) = (hex.len(), u32::from_str_radix(hex, 16))
        {
            return Self(colour);
        }
        let (shade, hue) = name.rsplit_once('-').unwrap_or(("", name));
        let shade = ["dark", "semi-dark", "", "light", "super-light"].iter().position(|known| *known == shade);
        let hue = HUES.iter().find(|(known, _)| *known == hue);
        match (shade, hue) {
            (Some(shade), Some((_, shades))) => Self(shades[shade]),
            _ => TEXT,
        }
    }

    /// That of the series with this number.
    pub(crate) fn of_series(number: usize) -> Self {
        Self(PALETTE[number % PALETTE.len()])
    }

    /// That of a heat from 0 to [`HEAT_STEPS`].
    pub(crate) fn of_heat(step: usize) -> Self {
        let at = step.min(HEAT_STEPS) as f64 / HEAT_STEPS as f64 * (HEAT.len() - 1) as f64;
        let from = (at.floor() as usize).min(HEAT.len() - 2);
        Self(HEAT[from]).mixed(Self(HEAT[from + 1]), at - from as f64)
    }

    fn mixed(self, other: Self, share: f64) -> Self {
        let channel = |shift: u32| {
            let (from, to) = (f64::from(self.0 >> shift & 0xff), f64::from(other.0 >> shift & 0xff));
            ((from + (to - from) * share).round() as u32) << shift
        };
        Self(channel(16) | channel(8) | channel(0))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:06x}", self.0)
    }
}
