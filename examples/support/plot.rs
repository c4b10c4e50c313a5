//! Curves over a common axis, as an SVG file.

use std::path::Path;

use plotters::prelude::*;

use crate::program::Error;

/// Points under one name in the legend.
#[derive(Debug)]
pub(crate) struct Curve<'a> {
    pub(crate) name: &'a str,
    pub(crate) points: &'a [(f64, f64)],
}

/// What a plot says in words.
#[derive(Debug)]
pub(crate) struct Labels<'a> {
    pub(crate) title: &'a str,
    pub(crate) x: &'a str,
    pub(crate) y: &'a str,
}

const SIZE: (u32, u32) = (900, 520);
const COLOURS: [RGBColor; 4] =
    [RGBColor(120, 160, 210), RGBColor(20, 60, 130), RGBColor(200, 60, 40), RGBColor(60, 130, 60)];

/// Draws the curves to `path`.
pub(crate) fn draw(path: &Path, labels: &Labels<'_>, curves: &[Curve<'_>]) -> Result<(), Error> {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        area.fill(&WHITE)?;
        let (x, y) = (range(curves, |p| p.0), range(curves, |p| p.1));
        let mut chart = ChartBuilder::on(&area)
            .caption(labels.title, ("sans-serif", 20))
            .margin(12)
            .x_label_area_size(40)
            .y_label_area_size(55)
            .build_cartesian_2d(x.0..x.1, y.0..y.1)?;
        chart
            .configure_mesh()
            .x_desc(labels.x)
            .x_label_formatter(&|x| format!("{x:.0}"))
            .y_desc(labels.y)
            .light_line_style(WHITE)
            .draw()?;
        for (curve, colour) in curves.iter().zip(COLOURS.iter().cycle()) {
            let style = colour.stroke_width(2);
            chart
                .draw_series(LineSeries::new(curve.points.iter().copied(), style))?
                .label(curve.name)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], style));
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperRight)
            .background_style(WHITE.mix(0.8))
            .border_style(BLACK.mix(0.3))
            .draw()?;
        area.present()?;
    }
    std::fs::write(path, svg)
        .map_err(|error| format!("cannot write plot {}: {error}", path.display()).into())
}

/// Smallest and largest coordinate with a margin, never an empty range.
fn range(curves: &[Curve<'_>], coordinate: impl Fn(&(f64, f64)) -> f64) -> (f64, f64) {
    let values = || curves.iter().flat_map(|curve| curve.points).map(&coordinate);
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return (0.0, 1.0);
    }
    let margin = 0.04 * (high - low).max(1e-3);
    (low - margin, high + margin)
}
