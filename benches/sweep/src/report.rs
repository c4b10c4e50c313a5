//! Figures as lines, offenders and plots.

use std::error::Error;
use std::path::Path;

use plotters::prelude::*;

/// The cost of one cell in one kind of run, by size.
pub(crate) struct Series {
    cell: &'static str,
    run: &'static str,
    /// Size, and picoseconds of a multiply-add.
    points: Vec<(usize, f64)>,
}

/// How far a neighbour may be, and how much more a size may cost than the best of them.
const NEAR: usize = 16;
const LIMIT: f64 = 1.5;

/// How often each size is measured.
const PASSES: usize = 15;

impl Series {
    /// Measures all sizes in turn, several times, and keeps the best figures: a busy machine is
    /// slow for longer than one size takes.
    pub(crate) fn measure(
        cell: &'static str,
        run: &'static str,
        sizes: impl Iterator<Item = (usize, impl Fn() -> Result<f64, rnn_runtime::Error>)> + Clone,
    ) -> Result<Series, rnn_runtime::Error> {
        let once = || sizes.clone().map(|(size, figure)| Ok((size, figure()?)));
        let mut points = once().collect::<Result<Vec<_>, rnn_runtime::Error>>()?;
        for _ in 1..PASSES {
            for (point, again) in points.iter_mut().zip(once()) {
                point.1 = point.1.min(again?.1);
            }
        }
        Ok(Series { cell, run, points })
    }

    /// One line a size.
    pub(crate) fn print(&self, sweep: &str) {
        let Series { cell, run, points } = self;
        for (size, cost) in points {
            println!(
                "{{\"sweep\":\"{sweep}\",\"cell\":\"{cell}\",\"run\":\"{run}\",\"size\":{size},\
                 \"ps_per_multiply_add\":{cost:.2}}}"
            );
        }
    }

    /// One line for each size that costs more than its neighbours allow.
    pub(crate) fn print_offenders(&self, sweep: &str) {
        let Series { cell, run, points } = self;
        for &(size, cost) in points {
            let near = points.iter().filter(|(other, _)| other.abs_diff(size) <= NEAR);
            let best = near.map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min);
            let ratio = cost / best;
            if ratio > LIMIT {
                println!(
                    "{{\"offender\":\"{sweep}\",\"cell\":\"{cell}\",\"run\":\"{run}\",\
                     \"size\":{size},\"ratio\":{ratio:.2}}}"
                );
            }
        }
    }
}

/// Draws the series of a sweep, costs on a logarithmic scale.
pub(crate) fn plot(sweep: &str, all: &[Series], to: &Path) -> Result<(), Box<dyn Error>> {
    let points = || all.iter().flat_map(|series| &series.points);
    let last = points().map(|(size, _)| *size).max().unwrap_or(1);
    let low = points().map(|(_, cost)| *cost).fold(f64::INFINITY, f64::min);
    let high = points().map(|(_, cost)| *cost).fold(0.0, f64::max);
    let area = SVGBackend::new(to, (1000, 600)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(format!("cost of a multiply-add by {sweep}"), ("sans-serif", 20))
        .margin(10)
        .x_label_area_size(40)
        .y_label_area_size(60)
        .build_cartesian_2d(0..last + 1, (low / 1.2..high * 1.2).log_scale())?;
    chart.configure_mesh().x_desc(sweep).y_desc("ps").draw()?;
    for (at, series) in all.iter().enumerate() {
        let colour = Palette99::pick(at).to_rgba();
        chart
            .draw_series(LineSeries::new(series.points.iter().copied(), colour.stroke_width(2)))?
            .label(format!("{}, {}", series.cell, series.run))
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 20, y)], colour));
    }
    chart.configure_series_labels().background_style(WHITE).border_style(BLACK).draw()?;
    area.present()?;
    Ok(())
}
