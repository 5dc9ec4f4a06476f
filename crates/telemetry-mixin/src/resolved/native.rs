//! Domains whose expressions read native histograms: each is rewritten once, when all that is declared has been found sound.

use std::collections::BTreeMap;

use telemetry_core::CATALOGUE;

use super::board::{Board, BoardPanel, Target};
use super::{Resolved, ResolvedAlert};
use crate::model::{Query, Runbook, Viz};
use crate::promql::{Expression, Finding, NativeHistograms, Problem, between, native, native_series};
use crate::settings::{GeneratorSettings, Histograms};

/// Has every expression read native histograms, where the settings say so, and tells of those that are kept. What rules record
/// of buckets they record of histograms, under a name that says so. What cannot be said becomes findings.
pub(crate) fn natively(
    domains: &mut [Resolved],
    settings: &GeneratorSettings,
) -> Result<Option<NativeHistograms>, Vec<Finding>> {
    if settings.histograms == Histograms::Classic {
        return Ok(None);
    }
    let catalogues = domains.iter().map(|domain| &domain.catalogue).chain([&CATALOGUE]);
    let mut rewriter =
        Rewriter { histograms: NativeHistograms::new(catalogues, &settings.namespace), findings: Vec::new() };
    rewriter.rules(domains);
    for domain in &mut *domains {
        rewriter.alerts(domain);
        domain.boards.iter_mut().for_each(|board| rewriter.board(board));
        domain.runbooks.iter_mut().for_each(|runbook| rewriter.runbook(runbook));
    }
    if rewriter.findings.is_empty() { Ok(Some(rewriter.histograms)) } else { Err(rewriter.findings) }
}

struct Rewriter {
    histograms: NativeHistograms,
    findings: Vec<Finding>,
}

impl Rewriter {
    /// Every rule, and the names of those that record histograms. A rule may read what a later one records, so that this goes
    /// on until no further name is found.
    fn rules(&mut self, domains: &mut [Resolved]) {
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        loop {
            let known = renamed.len();
            for resolved in domains.iter().flat_map(|domain| &domain.rules) {
                let name = &resolved.rule.name;
                if let Ok(read) = native(&resolved.expression, &self.histograms)
                    && let Some(of) = read.histogram
                    && !renamed.contains_key(name)
                {
                    renamed.insert(name.clone(), self.histograms.record(name, &of));
                }
            }
            if renamed.len() == known {
                break;
            }
        }
        for resolved in domains.iter_mut().flat_map(|domain| &mut domain.rules) {
            let place = format!("recording rule `{}`", resolved.rule.name);
            if let Some((expression, _)) = self.rewritten(&resolved.expression, &place) {
                resolved.rule.expression = expression.text().to_owned();
                resolved.expression = expression;
            }
            if let Some(name) = renamed.remove(&resolved.rule.name) {
                resolved.rule.name = name;
            }
        }
    }

    fn alerts(&mut self, domain: &mut Resolved) {
        domain.alerts.iter_mut().for_each(|resolved| self.alert(resolved));
    }

    /// An alert, with its rules for single values.
    fn alert(&mut self, resolved: &mut ResolvedAlert) {
        let place = format!("alert `{}`", resolved.alert.name());
        if let Some(expression) = self.numbers(&resolved.expression, &place) {
            resolved.alert.expression = expression.text().to_owned();
            resolved.expression = expression;
        }
        resolved.with_own_threshold.iter_mut().for_each(|own| self.alert(own));
    }

    fn board(&mut self, board: &mut Board) {
        for index in 0..board.variables.len() {
            let variable = &board.variables[index];
            match native_series(&variable.series, &self.histograms) {
                Ok(series) => {
                    let variable = &mut board.variables[index];
                    variable.series = Expression::new(&series);
                    variable.variable.series = series;
                }
                Err(problem) => self.refuse(&board.place_of_variable(variable), &variable.series, problem),
            }
        }
        let of_all = board.place_of_all();
        for shown in board.rows.iter_mut().flat_map(|row| &mut row.panels) {
            let place = format!("panel \"{}\" of {of_all}", shown.panel.title);
            self.panel(shown, &place);
        }
    }

    /// A heatmap shows histograms as they are; bars, which show numbers, get one query for each bucket.
    fn panel(&mut self, BoardPanel { panel, targets }: &mut BoardPanel, place: &str) {
        match panel.viz {
            Viz::BucketBars => {
                *targets = targets.iter().flat_map(|target| self.bars(target, place)).collect();
                panel.viz = Viz::Bar;
            }
            Viz::Heatmap | Viz::BucketHeatmap => {
                for target in targets {
                    let Some((expression, histogram)) = self.rewritten(&target.expression, place) else { continue };
                    *target = asked(&target.query, expression);
                    if histogram.is_some() {
                        panel.viz = Viz::BucketHeatmap;
                    }
                }
            }
            _ => {
                for target in targets {
                    if let Some(expression) = self.numbers(&target.expression, place) {
                        *target = asked(&target.query, expression);
                    }
                }
            }
        }
    }

    fn bars(&mut self, target: &Target, place: &str) -> Vec<Target> {
        let Some((expression, histogram)) = self.rewritten(&target.expression, place) else { return Vec::new() };
        let Some(bounds) = histogram.map(|name| self.histograms.bounds(&name).to_vec()) else {
            return vec![target.clone()];
        };
        let lower = std::iter::once(f64::NEG_INFINITY).chain(bounds.iter().copied());
        let upper = bounds.iter().copied().chain([f64::INFINITY]);
        let bar = |(lower, upper): (f64, f64)| {
            let bound = if upper.is_finite() { upper.to_string() } else { "+Inf".to_owned() };
            let query = target.query.clone().legend(target.query.legend.replace("{{le}}", &bound));
            asked(&query, Expression::new(between(lower, upper, expression.text())))
        };
        lower.zip(upper).map(bar).collect()
    }

    /// What an operator pastes.
    fn runbook(&mut self, runbook: &mut Runbook) {
        let place = format!("runbook `{}`", runbook.name);
        runbook.rewrite_snippets(|snippet| {
            let expression = Expression::new(snippet.trim());
            match self.rewritten(&expression, &place) {
                Some((read, _)) if read.text() != expression.text() => snippet.replace(snippet.trim(), read.text()),
                _ => snippet.to_owned(),
            }
        });
    }

    /// What is read natively, which is to be numbers.
    fn numbers(&mut self, expression: &Expression, place: &str) -> Option<Expression> {
        match self.rewritten(expression, place)? {
            (read, None) => Some(read),
            (_, Some(name)) => {
                let problem = Problem::new(
                    format!("its result is buckets of `{name}`: only a heatmap shows native histograms"),
                    0..expression.text().len(),
                );
                self.refuse(place, expression, problem.help("take a quantile, a count or a sum"));
                None
            }
        }
    }

    /// What is read natively, and of which histogram, where the result is one.
    fn rewritten(&mut self, expression: &Expression, place: &str) -> Option<(Expression, Option<String>)> {
        match native(expression, &self.histograms) {
            Ok(read) => Some((Expression::new(read.text), read.histogram)),
            Err(problem) => {
                self.refuse(place, expression, problem);
                None
            }
        }
    }

    fn refuse(&mut self, place: &str, expression: &Expression, problem: Problem) {
        self.findings.push(Finding::of(place, expression.text(), problem));
    }
}

/// The query with another expression.
fn asked(query: &Query, expression: Expression) -> Target {
    Target { query: Query { expression: expression.text().to_owned(), ..query.clone() }, expression }
}
