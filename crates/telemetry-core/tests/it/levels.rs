//! Levels that change while layers filter by them.

use std::sync::{Arc, Mutex, PoisonError};

use telemetry_core::LogLevels;
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};

/// Notes the levels of events.
#[derive(Clone, Default)]
struct Noted(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Noted {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(event.metadata().level().to_string());
    }
}

impl Noted {
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[test]
fn a_change_holds_for_all_layers_and_for_places_that_were_asked_before() {
    let levels = LogLevels::new("info").expect("a level");
    let (first, second) = (Noted::default(), Noted::default());
    let subscriber = tracing_subscriber::registry()
        .with(first.clone().with_filter(levels.clone()))
        .with(second.clone().with_filter(levels.clone()));
    let say = || {
        tracing::debug!("d");
        tracing::info!("i");
        tracing::debug!(target: "shop::checkout", "c");
    };
    tracing::subscriber::with_default(subscriber, || {
        for (set, expected) in [
            ("info", vec!["INFO"]),
            ("debug", vec!["DEBUG", "INFO", "DEBUG"]),
            ("off", vec![]),
            ("warn,shop::checkout=trace,", vec!["DEBUG"]),
        ] {
            levels.set(set).expect("levels");
            say();
            assert_eq!(first.take(), expected, "{set}");
            assert_eq!(second.take(), expected, "{set}");
        }
        for none in ["", ",", "info,,debug", "shop=", "=info"] {
            assert!(levels.set(none).is_err(), "{none:?}");
        }
        let refused = levels.set("loud").expect_err("no level");
        assert_eq!(refused.setting(), "logs.level");
        say();
        assert_eq!(first.take(), ["DEBUG"], "it stays as it was");
    });
}
