//! The model that a request asks, where the application says so and the request does not.

/// The model that a request asks, said in its extensions: for bodies that cannot be read before they are sent, such as streams
/// and forms. What the path or a body in memory says counts before it.
///
/// Without it the calls of such requests count as model `unknown`, at the price of the model that answers.
///
/// ```
/// use telemetry_llm::RequestModel;
///
/// # fn example(recording: http_body_util::Empty<bytes::Bytes>) -> http::Result<()> {
/// let request = http::Request::post("https://api.openai.com/v1/audio/transcriptions")
///     .extension(RequestModel::new("whisper-1"))
///     .body(recording)?;
/// # Ok(())
/// # }
/// ```
///
/// With reqwest's middleware: `client.post(url).with_extension(RequestModel::new("whisper-1"))`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestModel(String);

impl RequestModel {
    /// The model by the name that the provider knows it by. A name of more than 256 bytes is cut where it is recorded.
    #[must_use]
    pub fn new(model: impl Into<String>) -> Self {
        Self(model.into())
    }

    pub(super) fn name(&self) -> &str {
        &self.0
    }
}
