//! Which kind of panel is drawn by what.

use crate::area::Area;
use crate::dashboard::Panel;
use crate::panel::{bars, gauge, heatmap, histogram, pie, stat, states, table, text, timeseries};
use crate::series::Shown;
use crate::svg::Svg;

type Draw = fn(&mut Svg, Area, &Panel, &Shown);

/// Grafana's name of a kind, and what draws it.
const KINDS: [(&str, Draw); 12] = [
    ("timeseries", timeseries::draw),
    ("stat", stat::draw),
    ("gauge", gauge::draw),
    ("bargauge", bars::draw),
    ("barchart", bars::draw),
    ("table", table::draw),
    ("heatmap", heatmap::draw),
    ("histogram", histogram::draw),
    ("state-timeline", states::draw),
    ("status-history", states::draw),
    ("piechart", pie::draw),
    ("text", text::draw),
];

/// Whether there is a picture of that kind.
pub(crate) fn is_drawn(kind: &str) -> bool {
    KINDS.iter().any(|(known, _)| *known == kind)
}

/// The inside of a panel that has something to show.
pub(crate) fn draw(svg: &mut Svg, area: Area, panel: &Panel, shown: &Shown) {
    if let Some((_, draw)) = KINDS.iter().find(|(kind, _)| *kind == panel.kind) {
        draw(svg, area, panel, shown);
    }
}
