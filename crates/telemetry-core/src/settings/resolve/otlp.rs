//! How one signal is exported over OTLP, checked.

use std::path::Path;
use std::time::Duration;

use http::{HeaderMap, Uri};

use super::layers::Layers;
use super::tls::{self, ClientIdentity, ClientTls, ClientTlsFiles};
use crate::setting::{SettingValue as _, SettingsError, Syntax};
use crate::settings::declared::{Compression, Headers, OtlpSignal, Url};

/// How one signal is exported over OTLP, checked.
#[derive(Debug, Clone)]
pub struct ResolvedOtlp {
    /// The collector; scheme, host and perhaps port, nothing else.
    pub endpoint: Uri,
    /// Headers of every request; the values are marked as sensitive.
    pub headers: HeaderMap,
    /// How long one export may take, retries included.
    pub timeout: Duration,
    /// How long connecting may take; at most `timeout`.
    pub connect_timeout: Duration,
    /// How long one attempt may take; at most `timeout`.
    pub call_timeout: Duration,
    /// The longest wait between two attempts.
    pub retry_max_delay: Duration,
    /// How many bytes a request may have before it is compressed.
    pub max_request_size: usize,
    /// How requests are compressed.
    pub compression: Compression,
    /// How the connection is secured: there if, and only if, the endpoint is `https`.
    pub tls: Option<ClientTls>,
}

/// A signal's own settings laid over those of all signals.
struct Signal<'a> {
    layers: &'a Layers,
    name: &'static str,
    own: &'a OtlpSignal,
}

/// The value that holds, and the key that it was set under.
struct Pick<'a, T> {
    value: Option<&'a T>,
    key: String,
}

/// How a signal is exported; `limit` is the timeout that its queue or reader sets.
pub(super) fn resolve(
    layers: &Layers,
    name: &'static str,
    own: &OtlpSignal,
    limit: Option<Duration>,
) -> Result<ResolvedOtlp, SettingsError> {
    let signal = Signal { layers, name, own };
    let channel = &layers.settings.otlp;
    let endpoint = signal.pick("endpoint", |s| s.endpoint.as_ref());
    let url = endpoint.value.cloned().unwrap_or_else(|| channel.all.endpoint());
    // Every layer's address was looked at by itself before.
    let uri = url.to_uri().ok_or_else(|| layers.refuse(&endpoint.key, url.write(), Url::accepted(Syntax::Unit)))?;
    let headers = signal.pick("headers", |s| s.headers.as_ref());
    let map = headers.value.map_or_else(|| Ok(HeaderMap::new()), Headers::to_map);
    let timeout = signal.pick("timeout", |s| s.timeout.as_ref()).value.copied();
    let timeout = timeout.unwrap_or_else(|| channel.all.timeout());
    let timeout = limit.map_or(timeout, |limit| limit.min(timeout));
    let compression = signal.pick("compression", |s| s.compression.as_ref()).value.copied();
    Ok(ResolvedOtlp {
        headers: map.map_err(|accepted| layers.refuse(&headers.key, "", accepted))?,
        timeout,
        connect_timeout: channel.connect_timeout().min(timeout),
        call_timeout: channel.call_timeout().min(timeout),
        retry_max_delay: channel.retry_max_delay(),
        max_request_size: channel.max_request_size(),
        compression: compression.unwrap_or_else(|| channel.all.compression()),
        tls: signal.tls(&uri, &endpoint.key)?,
        endpoint: uri,
    })
}

impl<'a> Signal<'a> {
    fn pick<T>(&self, field: &str, of: impl Fn(&'a OtlpSignal) -> Option<&'a T>) -> Pick<'a, T> {
        let (general, special) = (format!("otlp.{field}"), format!("otlp.{}.{field}", self.name));
        match of(self.own) {
            Some(value) if !self.layers.outranks(&general, &special) => Pick { value: Some(value), key: special },
            _ => Pick { value: of(&self.layers.settings.otlp.all), key: general },
        }
    }

    /// TLS as the scheme asks for it. An option that contradicts the scheme is refused, because exporting in plain
    /// text where somebody asked for TLS must not pass in silence.
    fn tls(&self, endpoint: &Uri, endpoint_key: &str) -> Result<Option<ClientTls>, SettingsError> {
        let layers = self.layers;
        let https = endpoint.scheme_str() == Some("https");
        let scheme = if https { "https" } else { "http" };
        let because = format!("because {} is {scheme}://", layers.name(endpoint_key));
        let insecure = self.pick("insecure", |s| s.insecure.as_ref());
        if insecure.value == Some(&https) {
            return Err(layers.refuse(&insecure.key, https, format!("{} or nothing, {because}", !https)));
        }
        let authorities = self.pick("certificate", |s| s.certificate.as_ref());
        let certificate = self.pick("client_certificate", |s| s.client_certificate.as_ref());
        let key = self.pick("client_key", |s| s.client_key.as_ref());
        if !https {
            for option in [authorities, certificate, key] {
                if let Some(path) = option.value {
                    return Err(layers.refuse(&option.key, path.display(), format!("nothing, {because}")));
                }
            }
            return Ok(None);
        }
        let ca = authorities.value.map(|path| self.file(&authorities.key, path, tls::authorities)).transpose()?;
        let identity = match (certificate.value, key.value) {
            (None, None) => None,
            (Some(chain), Some(path)) => {
                let chain = self.file(&certificate.key, chain, tls::chain)?;
                let key = self.file(&key.key, path, |path| tls::key_of(path, &chain))?;
                Some(ClientIdentity { certificate: chain, key })
            }
            (Some(_), None) => return Err(self.lonely(&key.key, &certificate.key)),
            (None, Some(_)) => return Err(self.lonely(&certificate.key, &key.key)),
        };
        let [ca_file, certificate, key] = [authorities, certificate, key].map(|option| option.value.cloned());
        Ok(Some(ClientTls { ca, identity, files: ClientTlsFiles { ca: ca_file, certificate, key } }))
    }

    fn file<T>(
        &self,
        key: &str,
        path: &Path,
        read: impl FnOnce(&Path) -> Result<T, String>,
    ) -> Result<T, SettingsError> {
        read(path).map_err(|reason| self.layers.refuse_file(key, path, reason))
    }

    fn lonely(&self, missing: &str, given: &str) -> SettingsError {
        let accepted = format!("the path of a file, because {} is set", self.layers.name(given));
        self.layers.refuse(missing, "nothing", accepted)
    }
}
