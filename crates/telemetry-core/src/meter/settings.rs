//! What can be chosen of a meter, and within which bounds.

use std::collections::{BTreeMap, BTreeSet};

use opentelemetry_sdk::metrics::{Instrument, Stream};

use super::view;
use crate::Settings;
use crate::def::Namespace;
use crate::semconv::Semconv;
use crate::setting::{DomainSettings, SettingValue as _, SettingsError, SettingsGroup, Syntax};

/// What is measured, and how many series there may be.
#[derive(Settings, Debug, Clone, PartialEq)]
#[settings(key = "metrics", env = "TELEMETRY", title = "Meter")]
pub struct MeterSettings {
    /// What a leading `agentpane_` of a metric's name becomes.
    #[setting(default = Namespace::DEFAULT, example = "acme", builder = "metric_namespace")]
    pub namespace: Namespace,
    /// Whether detail labels (`task_id`, `session_id` on counters) are recorded.
    #[setting(default = false, example = "true")]
    pub detail_labels: bool,
    /// How many values of a free-text label are kept before the next ones fold into `_other`. Those that the application
    /// has registered are kept beside them.
    #[setting(default = 100, accepts = 1..=MeterSettings::MOST_LABEL_VALUES, example = "500")]
    pub max_label_values: usize,
    /// How many series the process keeps in all before new entities fold into `_other`. Those that the application has
    /// registered have as much room again.
    #[setting(default = 10_000, accepts = 1..=MeterSettings::MOST_SERIES, example = "50000")]
    pub max_series: usize,
    /// Whether the counters of what the application has registered are exported at zero before anything was counted, so
    /// that a rate reads 0 and the first count is an increase wherever starts of series are not read. They take at most
    /// half of the room for registered series.
    #[setting(default = true, example = "false")]
    pub registered_zeros: bool,
    /// Bucket bounds of histograms, by the metric's name, in place of the declared ones; in a file a map of lists. Those
    /// of several sources are joined.
    #[setting(check = MeterSettings::check_buckets, example = "runtime_tool_execute_seconds=0.1,1,10")]
    pub buckets: BTreeMap<String, Vec<f64>>,
    /// Which metrics of the OpenTelemetry semantic conventions are recorded beside our own.
    #[setting(key = "semconv", example = "gen_ai,mcp")]
    pub semconv: BTreeSet<Semconv>,
    /// The settings of domain crates.
    #[setting(skip)]
    pub domains: DomainSettings,
}

impl MeterSettings {
    /// The most values that [`max_label_values`](Self::max_label_values) may allow. A label's table holds 262,128.
    pub const MOST_LABEL_VALUES: usize = 100_000;
    /// The most series that [`max_series`](Self::max_series) may allow. The SDK reserves the room of all that an
    /// instrument may have when it is built: a million are 70 MB of address space an instrument, of which it touches 2 MB.
    pub const MOST_SERIES: usize = 1_000_000;

    /// A view for `SdkMeterProvider::builder().with_view(…)`: it raises or lowers the SDK's own limit of series, which
    /// only a view can, to what each metric's labels can need, so that this crate's guard is the one that decides.
    pub fn view(&self) -> impl Fn(&Instrument) -> Option<Stream> + Send + Sync + 'static {
        view::view
    }

    /// Checks every setting, those of the domains too.
    ///
    /// # Errors
    ///
    /// [`SettingsError`] for the first that is not accepted.
    pub fn validate(&self) -> Result<(), SettingsError> {
        SettingsGroup::validate(self)?;
        self.domains.validate()
    }

    fn check_buckets(buckets: &BTreeMap<String, Vec<f64>>) -> Result<(), String> {
        let sound = |(metric, bounds): (&String, &Vec<f64>)| {
            let rising = bounds.windows(2).all(|pair| pair[0] < pair[1]);
            !metric.is_empty() && !bounds.is_empty() && rising && bounds.iter().all(|bound| bound.is_finite())
        };
        if buckets.iter().all(sound) { Ok(()) } else { Err(<BTreeMap<String, Vec<f64>>>::accepted(Syntax::Unit)) }
    }
}
