//! What a dashboard says in words, as it is written.

use crate::area::Area;
use crate::dashboard::Panel;
use crate::series::Shown;
use crate::svg::{Font, Svg};

const LINE: f64 = 18.0;

pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, _: &Shown) {
    let fit = (area.h / LINE).floor() as usize;
    for (number, line) in panel.option("/content").unwrap_or_default().lines().take(fit).enumerate() {
        svg.cut_text((area.x, area.y + 12.0 + LINE * number as f64), area.w, Font::BODY, line);
    }
}
