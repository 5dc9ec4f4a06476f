//! A dashboard's picture: asked, laid out, drawn, and what is missing in it.

use crate::area::Area;
use crate::ask::{self, Ask};
use crate::colour::{BORDER, CANVAS, FAINT, PANEL, TEXT};
use crate::dashboard::{Dashboard, Panel};
use crate::error::{AskError, PreviewError};
use crate::layout::{self, MARGIN, WIDTH};
use crate::panel;
use crate::series::Shown;
use crate::svg::{Escaped, Font, Number, Svg};
use crate::variables::{self, Variables};
use crate::window::{Window, moment};

/// Where the panels begin.
const TOP: f64 = 104.0;

/// In which the texts are, as far as whoever looks has them.
const FONTS: &str = "Inter, 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif";

/// A dashboard as a picture, and what its panels had to show.
#[derive(Debug)]
pub struct Picture {
    /// The dashboard's title.
    pub title: String,
    /// The picture as a file of its own.
    pub svg: String,
    /// All panels but rows, in their order.
    pub panels: Vec<Subject>,
}

/// A panel of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its title.
    pub title: String,
    /// What it asks, as the dashboard says it.
    pub expressions: Vec<String>,
    /// What can be seen of it.
    pub state: State,
}

/// What can be seen of a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its data.
    Shown,
    /// That there is none.
    NoData,
    /// That there is no picture of its kind.
    NotDrawn,
}

impl State {
    /// The word for it in the pictures: their panels have it as `data-state`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Shown => "shown",
            Self::NoData => "no-data",
            Self::NotDrawn => "not-drawn",
        }
    }
}

impl Picture {
    /// Draws a dashboard, given as Grafana's JSON. `prometheus` answers the path of a query, such as
    /// `/api/v1/query?query=up`, with what its HTTP API says to it.
    ///
    /// # Errors
    ///
    /// When the JSON is no dashboard, a panel has an impossible place, or a query is not answered.
    pub fn draw(
        dashboard: &str,
        window: Window,
        mut prometheus: impl FnMut(&str) -> Result<String, AskError>,
    ) -> Result<Self, PreviewError> {
        let dashboard = Dashboard::read(dashboard)?;
        let variables = Variables::of(&dashboard.templating.list, &window);
        let (placed, height) = layout::layout(&dashboard, TOP);
        let mut svg = Svg::default();
        let (width, whole) = (Number(WIDTH), Area { x: 0.0, y: 0.0, w: WIDTH, h: height });
        let (height, title) = (Number(height), Escaped(&dashboard.title));
        svg.add(format_args!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" font-family="{FONTS}" role="img" aria-label="{title}">"#
        ));
        svg.rect(whole, CANVAS, 0.0);
        head(&mut svg, &dashboard, window);
        let mut panels = Vec::new();
        for (panel, area) in placed {
            if panel.kind == "row" {
                row(&mut svg, panel, area);
                continue;
            }
            let own = panel.time_from.as_deref().and_then(|time| window.last(time));
            let of_own = own.map(|own| Variables::of(&dashboard.templating.list, &own));
            let (variables, window) = (of_own.as_ref().unwrap_or(&variables), own.unwrap_or(window));
            let asked = ask::ask(panel, variables, window, &mut prometheus as &mut Ask<'_>)?;
            let state = state(panel, &asked);
            framed(&mut svg, panel, area, state, &asked);
            let expressions = panel.asked().map(|target| target.expr.clone()).collect();
            panels.push(Subject { title: panel.title.clone(), expressions, state });
        }
        svg.add(format_args!("</svg>"));
        Ok(Self { title: dashboard.title, svg: svg.into_text(), panels })
    }

    /// The picture as a page of HTML that needs nothing else, and may load nothing.
    #[must_use]
    pub fn html(&self) -> String {
        let (title, svg) = (Escaped(&self.title), &self.svg);
        format!(
            r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>body {{ margin: 0; background: {CANVAS} }} svg {{ display: block; max-width: 100%; height: auto; margin: auto }}</style>
</head>
<body>
{svg}</body>
</html>
"#
        )
    }
}

fn state(panel: &Panel, asked: &Shown) -> State {
    match panel::is_drawn(&panel.kind) {
        false => State::NotDrawn,
        true if panel.asked().next().is_some() && asked.is_empty() => State::NoData,
        true => State::Shown,
    }
}

/// Title, description, time and variables.
fn head(svg: &mut Svg, dashboard: &Dashboard, window: Window) {
    svg.text((MARGIN, 34.0), Font::TITLE.sized(20.0), &dashboard.title);
    let time = format!("{} to {} UTC", moment(window.start()), &moment(window.end())[11..]);
    svg.text((WIDTH - MARGIN, 32.0), Font::BODY.at_end().coloured(FAINT), &time);
    svg.cut_text((MARGIN, 56.0), WIDTH - 2.0 * MARGIN, Font::BODY.coloured(FAINT), &dashboard.description);
    let mut x = MARGIN;
    for (label, value) in dashboard.templating.list.iter().filter_map(variables::shown) {
        let font = Font::BODY.sized(11.0);
        let (label, value) = (font.cut(&label, 140.0), font.cut(&value, 140.0));
        let (label_width, value_width) = (font.width(&label) + 16.0, font.width(&value) + 16.0);
        if x + label_width + value_width > WIDTH - MARGIN {
            break;
        }
        let chip = Area { x, y: 68.0, w: label_width + value_width, h: 22.0 };
        svg.framed(chip, PANEL, BORDER);
        svg.text((x + 8.0, 83.0), font.coloured(FAINT), &label);
        svg.text((x + label_width + 8.0, 83.0), font, &value);
        x += chip.w + 8.0;
    }
}

fn row(svg: &mut Svg, panel: &Panel, area: Area) {
    let foot = area.middle().1 + 5.0;
    svg.stroke(&format!("M{} {}l4 4l4 -4", Number(area.x + 2.0), Number(foot - 6.0)), TEXT, 1.5);
    svg.cut_text((area.x + 18.0, foot), area.w - 20.0, Font::TITLE.sized(14.0), &panel.title);
}

fn framed(svg: &mut Svg, panel: &Panel, area: Area, state: State, asked: &Shown) {
    svg.open(&[("class", "panel"), ("data-panel", &panel.title), ("data-state", state.as_str())], &panel.description);
    svg.framed(area, PANEL, BORDER);
    let own = panel.time_from.as_ref().map_or_else(String::new, |time| format!("Last {time}"));
    let free = area.w - 20.0 - Font::SMALL.width(&own);
    svg.cut_text((area.x + 10.0, area.y + 20.0), free, Font::TITLE, &panel.title);
    if !own.is_empty() {
        svg.cut_text((area.right() - 10.0, area.y + 20.0), area.w * 0.4, Font::SMALL.at_end(), &own);
    }
    let inside = area.inset(10.0, 30.0, 10.0, 8.0);
    let (x, y) = inside.middle();
    let said = Font::BODY.sized(14.0).centred().coloured(FAINT);
    match state {
        State::Shown => panel::draw(svg, inside, panel, asked),
        State::NoData => svg.text((x, y), said, "No data"),
        State::NotDrawn => {
            svg.text((x, y), said, &said.cut(&format!("No picture of a panel of kind {}", panel.kind), inside.w))
        }
    }
    svg.close();
}
