//! The one list of domains: a new one is entered here, and its feature in Cargo.toml.

use telemetry_core::{Catalogue, SettingDef, TelemetryBuilder};
#[cfg(feature = "mixin")]
use telemetry_mixin::model::Domain;

/// From a row a domain: its feature, its crate, the name under which this crate shows it, its groups of settings, and its
/// metrics of the semantic conventions.
macro_rules! domains {
    ($($feature:literal: $crate_name:ident as $name:ident, settings [$($settings:ident),*], conventions [$($conventions:ident),*];)*) => {
        $(
            #[cfg(feature = $feature)]
            pub use $crate_name as $name;
        )*

        /// The metrics of the core and of every domain whose feature is on.
        #[must_use]
        pub fn catalogues() -> Vec<Catalogue> {
            vec![
                telemetry_core::CATALOGUE,
                $(
                    #[cfg(feature = $feature)]
                    $crate_name::CATALOGUE,
                )*
            ]
        }

        /// The metrics of the semantic conventions that the domains whose features are on record beside their own, where the
        /// setting `metrics.semconv` asks for them.
        #[must_use]
        pub fn conventions() -> Vec<Catalogue> {
            vec![
                $($(
                    #[cfg(feature = $feature)]
                    $crate_name::$conventions,
                )*)*
            ]
        }

        /// Every domain whose feature is on, and the core: what they measure, and their dashboards, rules, alerts and
        /// runbooks. A generator of an application's own adds those of the application:
        ///
        /// ```
        /// use telemetry_core::{Catalogue, Counter, Metrics};
        /// use telemetry_mixin::model::{Domain, Mixin};
        /// use telemetry_mixin::{GeneratorSettings, generate};
        ///
        /// /// What is measured of the shop.
        /// #[derive(Metrics)]
        /// #[metrics(scope = "shop", entity())]
        /// struct ShopMetrics {
        ///     /// Orders taken
        ///     #[metric(name = "shop_orders_total")]
        ///     orders: Counter,
        /// }
        ///
        /// let mut domains = telemetry::domains();
        /// domains.push(Domain::new("shop", Catalogue::new("shop", &[ShopMetrics::CATALOGUE]), Mixin::new()));
        /// let files = generate(&GeneratorSettings::default(), &domains)?;
        /// assert!(files.iter().count() > 0);
        /// # Ok::<(), Box<dyn std::error::Error>>(())
        /// ```
        #[cfg(feature = "mixin")]
        #[must_use]
        pub fn domains() -> Vec<Domain> {
            vec![
                // Core knows nothing of dashboards: what operators see of its own metrics the mixin declares.
                telemetry_mixin::pipeline::domain(),
                $(
                    #[cfg(feature = $feature)]
                    $crate_name::mixin::domain(),
                )*
            ]
        }

        /// Every setting of the core and of the domains whose features are on.
        ///
        /// ```
        /// let interval = telemetry::settings().find(|setting| setting.key() == "metrics.export_interval");
        /// assert_eq!(interval.map(|setting| setting.env()), Some("OTEL_METRIC_EXPORT_INTERVAL"));
        /// ```
        pub fn settings() -> impl Iterator<Item = &'static SettingDef> {
            let groups: Vec<&'static [SettingDef]> = vec![
                $($(
                    #[cfg(feature = $feature)]
                    <$crate_name::$settings as telemetry_core::SettingsGroup>::SETTINGS,
                )*)*
            ];
            telemetry_core::settings::variables().chain(groups.into_iter().flatten())
        }

        /// Makes the settings of every domain whose feature is on known to the builder.
        pub(crate) fn register(builder: TelemetryBuilder) -> TelemetryBuilder {
            $($(
                #[cfg(feature = $feature)]
                let builder = builder.domain::<$crate_name::$settings>(|_| {});
            )*)*
            builder
        }
    };
}

domains! {
    "db": telemetry_db as db, settings [DbSettings], conventions [CONVENTIONS];
    "health": telemetry_health as health, settings [HealthSettings], conventions [];
    "http": telemetry_http as http, settings [HttpSettings], conventions [CONVENTIONS];
    "runtime": telemetry_runtime as runtime, settings [ToolSettings, WorkflowSettings], conventions [];
    "logs": telemetry_logs as logs, settings [LogSettings], conventions [];
    "llm": telemetry_llm as llm, settings [LlmSettings], conventions [CONVENTIONS];
    "mcp": telemetry_mcp as mcp, settings [McpSettings], conventions [CONVENTIONS];
    "stream": telemetry_stream as stream, settings [StreamSettings], conventions [];
    "agent": telemetry_agent as agent, settings [AgentSettings], conventions [];
    "vcs": telemetry_vcs as vcs, settings [VcsSettings], conventions [];
}
