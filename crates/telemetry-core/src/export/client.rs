//! How one request goes out over gRPC: timeout, headers, compression.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http::HeaderValue;
use opentelemetry_otlp::{Compression, ExporterBuildError, RetryPolicy, WithExportConfig, WithTonicConfig};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_client::MetricsServiceClient;
use opentelemetry_sdk::error::OTelSdkError;
use tonic::codec::CompressionEncoding;
use tonic::metadata::MetadataMap;
use tonic::transport::Channel;
use tonic::{Extensions, Request};

use super::capture::{Answer, Rejected};
use crate::mask::SaidBack;

/// How the requests of one signal are sent, as opentelemetry-otlp's builders are told it.
///
/// The builders also read the environment, by rules of their own and over what the settings have checked. Everything
/// is given here, so that what they read there has no effect.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    /// Sent with each request. Their values never appear in a reason.
    pub(crate) headers: MetadataMap,
    /// What knows these values, made when a collector says something for the first time.
    secrets: Arc<OnceLock<SaidBack>>,
    pub(crate) gzip: bool,
    /// The limit of one attempt.
    pub(crate) call_timeout: Duration,
}

impl Client {
    pub(crate) fn new(headers: MetadataMap, gzip: bool, call_timeout: Duration) -> Self {
        Self { headers, secrets: Arc::default(), gzip, call_timeout }
    }

    /// What hides the headers' values in a text.
    pub(crate) fn secrets(&self) -> &SaidBack {
        self.secrets.get_or_init(|| {
            let headers = self.headers.clone().into_headers();
            SaidBack::of(headers.values().map(HeaderValue::as_bytes))
        })
    }

    /// Applies this to the builder of an exporter. Retries are the delivery's.
    pub(crate) fn over<B: WithExportConfig + WithTonicConfig>(&self, channel: Channel, builder: B) -> B {
        let headers = self.headers.clone();
        // It runs last, and leaves nothing of what the builder found in the environment.
        let exactly_ours = move |mut request: Request<()>| {
            *request.metadata_mut() = headers.clone();
            Ok(request)
        };
        let builder = builder
            .with_channel(channel)
            .with_timeout(self.call_timeout)
            .with_retry_policy(RetryPolicy::disabled())
            .with_interceptor(exactly_ours);
        if self.gzip { builder.with_compression(Compression::Gzip) } else { builder }
    }

    /// One attempt to send metrics, as the library's exporters make theirs.
    pub(crate) async fn export_metrics(self, channel: Channel, metrics: ExportMetricsServiceRequest) -> Answer {
        let mut client = MetricsServiceClient::new(channel);
        if self.gzip {
            client = client.send_compressed(CompressionEncoding::Gzip).accept_compressed(CompressionEncoding::Gzip);
        }
        let response = client.export(Request::from_parts(self.headers, Extensions::default(), metrics)).await?;
        let partial = response.into_inner().partial_success.unwrap_or_default();
        Ok(Rejected { items: partial.rejected_data_points, reason: partial.error_message })
    }
}

/// With a channel given, no exporter is refused.
pub(crate) fn not_built(error: ExporterBuildError) -> OTelSdkError {
    OTelSdkError::InternalFailure(format!("the exporter cannot be built: {error}"))
}
