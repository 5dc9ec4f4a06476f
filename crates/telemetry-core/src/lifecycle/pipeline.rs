//! From checked settings to what runs.

use std::sync::{Arc, Mutex};

use opentelemetry_sdk::Resource;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use opentelemetry_sdk::metrics::{SdkMeterProvider, Temporality};
use opentelemetry_sdk::trace::SdkTracerProvider;

use super::connect::Connections;
use super::error::InitError;
use super::output::Output;
use super::pull::{Pull, Scraping};
use super::resource::resource;
use super::running::Inner;
use super::signals::{LogSignal, MetricSignal, TraceSignal};
use crate::export::{
    Client, Delivery, ExportThread, LogLimits, LogQueue, Masking, MetricExporter, Owner, Push, Queue, QueueLimits,
    SignalState, SpanLimits, SpanQueue, export_logs, export_spans,
};
use crate::levels::LogLevels;
use crate::self_metrics::Signal;
use crate::settings::{Compression, ResolvedBatch, ResolvedOtlp, ResolvedSettings};
use crate::trace::Sampler;
use crate::{Histograms, Meter};

/// The most bytes that one signal's queue holds: with the default of 2,048 records, 32 KiB of each.
const MOST_QUEUED: usize = 64 * 1024 * 1024;

/// Starts what the settings ask for, and nothing else. On an error, dropping what had started stops it.
pub(super) fn start(settings: &ResolvedSettings) -> Result<Inner, InitError> {
    if settings.disabled {
        return Ok(idle(settings));
    }
    let scrape = Scraping::prepare(settings)?;
    let thread = ExportThread::start().map_err(InitError::Thread)?;
    let mut start =
        Start { settings, resource: resource(&settings.resource), thread, connections: Connections::default() };
    let metrics = start.delivery(Signal::Metrics, settings.metrics.as_ref())?;
    let traces = start.delivery(Signal::Traces, settings.traces.as_ref())?;
    let logs = start.delivery(Signal::Logs, settings.logs.as_ref())?;
    let states: Vec<_> = [&metrics, &traces, &logs].into_iter().flatten().map(|d| Arc::clone(&d.state)).collect();

    let histograms = Histograms::default();
    let (metrics, pull) = start.metrics(metrics, scrape, &histograms)?;
    let meter = match &metrics {
        Some(metrics) => Meter::checked(metrics.provider.clone(), settings.meter.clone(), &histograms),
        None => Meter::noop_with(settings.meter.domains.clone()),
    };
    meter.self_metrics().process_runs();
    start.connections.certificates.show(meter.self_metrics());
    for state in states {
        state.count_with(meter.self_metrics());
    }
    Ok(Inner {
        traces: traces.map(|delivery| start.traces(delivery)),
        logs: logs.map(|delivery| start.logs(delivery)),
        metrics,
        meter,
        pull,
        thread: Mutex::new(Some(start.thread)),
        ..idle(settings)
    })
}

/// Telemetry that does nothing.
fn idle(settings: &ResolvedSettings) -> Inner {
    Inner {
        owner: Owner::this_process(),
        disabled: settings.disabled,
        metrics: None,
        traces: None,
        logs: None,
        meter: Meter::noop_with(settings.meter.domains.clone()),
        levels: LogLevels::of(settings.log_filter.clone()),
        output: Output::default(),
        pull: Pull::default(),
        shutdown_timeout: settings.shutdown_timeout,
        warnings: settings.warnings.clone(),
        thread: Mutex::new(None),
        report: Mutex::new(None),
    }
}

struct Start<'a> {
    settings: &'a ResolvedSettings,
    resource: Resource,
    thread: ExportThread,
    connections: Connections,
}

impl Start<'_> {
    fn delivery(&mut self, signal: Signal, otlp: Option<&ResolvedOtlp>) -> Result<Option<Delivery>, InitError> {
        let Some(otlp) = otlp else { return Ok(None) };
        let cumulative = signal == Signal::Metrics && self.settings.temporality == Temporality::Cumulative;
        Ok(Some(Delivery {
            state: Arc::new(SignalState::new(signal)),
            channel: self.connections.get(otlp, self.thread.handle())?,
            client: Client::new(
                tonic::metadata::MetadataMap::from_headers(otlp.headers.clone()),
                otlp.compression == Compression::Gzip,
                otlp.call_timeout,
            ),
            budget: otlp.timeout,
            max_request: otlp.max_request_size,
            longest_wait: otlp.retry_max_delay,
            superseded_at_close: cumulative,
        }))
    }

    fn metrics(
        &self,
        delivery: Option<Delivery>,
        scrape: Option<Scraping>,
        histograms: &Histograms,
    ) -> Result<(Option<MetricSignal>, Pull), InitError> {
        if delivery.is_none() && scrape.is_none() {
            return Ok((None, Pull::default()));
        }
        let mut builder =
            SdkMeterProvider::builder().with_resource(self.resource.clone()).with_view(self.settings.meter.view());
        let mut push = None;
        if let Some(delivery) = delivery {
            let runtime = self.thread.handle().clone();
            let exporter = MetricExporter::new(delivery, self.settings.temporality, histograms.clone(), runtime);
            let started = Push::start(exporter, self.settings.metric_interval).map_err(InitError::Thread)?;
            push = Some(started.0);
            builder = builder.with_reader(started.1);
        }
        let mut pull = Pull::default();
        if let Some(scrape) = scrape {
            (builder, pull) = scrape.serve(builder, &self.thread, histograms)?;
        }
        Ok((Some(MetricSignal { provider: builder.build(), push }), pull))
    }

    fn masking(&self) -> Masking {
        Masking::new(self.settings.mask_export.then(|| self.settings.masker.clone()))
    }

    fn traces(&self, delivery: Delivery) -> TraceSignal {
        let limits = &self.settings.limits;
        let queue = Arc::new(Queue::new(Arc::clone(&delivery.state), queue_limits(&self.settings.span_batch)));
        let attributes =
            SpanLimits { length: limits.span_attribute_length, size: limits.item_size, masking: self.masking() };
        self.thread.handle().spawn(export_spans(Arc::clone(&queue), delivery, self.resource.clone(), attributes));
        let provider = SdkTracerProvider::builder()
            .with_resource(self.resource.clone())
            .with_sampler(Sampler::new(self.settings.sampling))
            .with_span_limits(limits.span)
            .with_span_processor(SpanQueue(Arc::clone(&queue)))
            .build();
        TraceSignal { provider, sampling: self.settings.sampling, levels: self.settings.span_filter.clone(), queue }
    }

    fn logs(&self, delivery: Delivery) -> LogSignal {
        let limits = &self.settings.limits;
        let queue = Arc::new(Queue::new(Arc::clone(&delivery.state), queue_limits(&self.settings.log_batch)));
        let attributes =
            LogLimits::new(limits.log_attributes, limits.log_attribute_length, limits.item_size, self.masking());
        self.thread.handle().spawn(export_logs(Arc::clone(&queue), delivery, self.resource.clone(), attributes));
        let provider = SdkLoggerProvider::builder()
            .with_resource(self.resource.clone())
            .with_log_processor(LogQueue(Arc::clone(&queue)))
            .build();
        LogSignal { provider, queue }
    }
}

fn queue_limits(batch: &ResolvedBatch) -> QueueLimits {
    QueueLimits {
        capacity: batch.max_queue_size,
        bytes: MOST_QUEUED,
        batch: batch.max_export_batch_size,
        delay: batch.schedule_delay,
    }
}
