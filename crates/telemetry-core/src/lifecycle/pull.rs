//! The pull endpoint, from its address to what an application is given of it.

use std::net::{SocketAddr, TcpListener};

use opentelemetry_sdk::metrics::MeterProviderBuilder;

use super::error::InitError;
use crate::Histograms;
use crate::export::ExportThread;
use crate::settings::ResolvedSettings;

/// What there is to be pulled.
#[derive(Debug, Default)]
pub(super) struct Pull {
    /// Where it is served, unless the application does that.
    pub(super) address: Option<SocketAddr>,
    #[cfg(feature = "prometheus")]
    pub(super) scraper: Option<crate::Scraper>,
}

/// The pull endpoint, with its address taken if it has one.
pub(super) struct Scraping {
    listener: Option<(SocketAddr, TcpListener)>,
    #[cfg(feature = "prometheus")]
    token: Option<crate::settings::Secret>,
}

impl Scraping {
    #[cfg(feature = "prometheus")]
    pub(super) fn prepare(settings: &ResolvedSettings) -> Result<Option<Self>, InitError> {
        let Some(prometheus) = &settings.prometheus else { return Ok(None) };
        let listen = |address| {
            let bound = crate::prometheus::bind(address).and_then(|listener| Ok((listener.local_addr()?, listener)));
            bound.map_err(|source| InitError::Listen { address, source })
        };
        let listener = prometheus.listen.map(listen).transpose()?;
        Ok(Some(Self { listener, token: prometheus.token.clone() }))
    }

    /// Without the feature, the settings refuse to ask for it.
    #[cfg(not(feature = "prometheus"))]
    pub(super) fn prepare(_settings: &ResolvedSettings) -> Result<Option<Self>, InitError> {
        Ok(None)
    }

    #[cfg(feature = "prometheus")]
    pub(super) fn serve(
        self,
        builder: MeterProviderBuilder,
        thread: &ExportThread,
        histograms: &Histograms,
    ) -> Result<(MeterProviderBuilder, Pull), InitError> {
        let (scraper, reader) = crate::Scraper::new(self.token).map_err(InitError::Reader)?;
        let scraper = scraper.with_histograms(histograms);
        let address = self.listener.map(|(address, listener)| {
            thread.handle().spawn(crate::prometheus::serve(scraper.clone(), listener));
            address
        });
        Ok((builder.with_reader(reader), Pull { address, scraper: Some(scraper) }))
    }

    #[cfg(not(feature = "prometheus"))]
    pub(super) fn serve(
        self,
        builder: MeterProviderBuilder,
        _thread: &ExportThread,
        _histograms: &Histograms,
    ) -> Result<(MeterProviderBuilder, Pull), InitError> {
        drop(self.listener);
        Ok((builder, Pull::default()))
    }
}
