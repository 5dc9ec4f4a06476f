//! Bodies of answers to tower clients: what is read is what was sent, to the last frame, and no more than that ends the call.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{HeaderMap, Request, Response, Version};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt as _, Empty, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use telemetry_llm::labels::ErrorType;
use telemetry_llm::{LlmBody, LlmLayer};
use tower::{ServiceExt as _, service_fn};
use tower_layer::Layer as _;

use crate::fixture::{Fixture, MODEL, NAMES};
use crate::tower_stand_in::{ANSWER, Line, StandIn};

const CALL: &str = "https://api.openai.com/v1/chat/completions";
const OTHER: &str = "https://api.openai.com/v1/files";

/// A body of these frames, which knows how much is left, and with its last one that there is none.
struct Frames(VecDeque<Result<Frame<Bytes>, io::Error>>);

impl Frames {
    fn left(&self) -> u64 {
        self.0.iter().filter_map(|frame| frame.as_ref().ok()?.data_ref()).map(|data| data.len() as u64).sum()
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(self.0.pop_front())
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left())
    }
}

/// The body that a client reads whose request to this address is answered with that one.
async fn answered<B>(fixture: &Fixture, uri: &str, body: B) -> LlmBody<B>
where
    B: Body + Send + 'static,
{
    let mut body = Some(body);
    let client = service_fn(move |_: Request<Full<Bytes>>| {
        let body = body.take().expect("it is asked once");
        async { Ok::<_, Infallible>(Response::new(body)) }
    });
    let asks = Full::from(format!(r#"{{"model": "{MODEL}"}}"#));
    let request = Request::post(uri).body(asks).expect("the parts are sound");
    let response = LlmLayer::new(&fixture.llm).layer(client).oneshot(request).await.expect("it answers");
    response.into_body()
}

/// Reads until the body says that nothing is left, as a server does that hands it on, and never asks for what is after it.
async fn read_as_a_server_does<B>(body: &mut LlmBody<B>) -> (Vec<u8>, Option<HeaderMap>)
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (mut data, mut trailers) = (Vec::new(), None);
    while !body.is_end_stream() {
        match body.frame().await.expect("something is left").expect("it is whole").into_data() {
            Ok(piece) => data.extend_from_slice(&piece),
            Err(frame) => trailers = frame.into_trailers().ok(),
        }
    }
    (data, trailers)
}

fn trailers() -> HeaderMap {
    HeaderMap::from_iter([(http::HeaderName::from_static("x-checksum"), http::HeaderValue::from_static("7"))])
}

#[tokio::test]
async fn what_is_read_is_what_came_and_the_last_frame_ends_the_call() {
    let (start, end) = ANSWER.split_at(20);
    let blanks = " ".repeat(200_000);
    let cases: [(&str, &[&str], bool); 6] = [
        ("one piece", &[ANSWER], false),
        ("two", &[start, end], false),
        ("an empty piece at the end", &[ANSWER, ""], false),
        ("trailers", &[start, "", end], true),
        ("a long piece", &[start, end, &blanks], false),
        ("a long piece before trailers", &[start, end, &blanks], true),
    ];
    for (case, pieces, has_trailers) in cases {
        for is_call in [true, false] {
            let fixture = Fixture::new();
            let mut frames: VecDeque<_> =
                pieces.iter().map(|piece| Ok(Frame::data(Bytes::from((*piece).to_owned())))).collect();
            frames.extend(has_trailers.then(|| Ok(Frame::trailers(trailers()))));
            let mut body = answered(&fixture, if is_call { CALL } else { OTHER }, Frames(frames)).await;

            let mut left: usize = pieces.iter().map(|piece| piece.len()).sum();
            let (mut data, mut trailers_that_came) = (Vec::new(), None);
            while !body.is_end_stream() {
                assert_eq!(body.size_hint().exact(), Some(left as u64), "{case}");
                match body.frame().await.expect("something is left").expect("it is whole").into_data() {
                    Ok(piece) => {
                        left -= piece.len();
                        data.extend_from_slice(&piece);
                    }
                    Err(frame) => trailers_that_came = frame.into_trailers().ok(),
                }
            }
            assert_eq!(data, pieces.concat().as_bytes(), "{case}");
            assert_eq!(trailers_that_came, has_trailers.then(trailers), "{case}");
            // Nobody asked for what is after the last frame, or dropped it.
            if is_call {
                fixture.assert_one_request("success", &[]);
                assert_eq!(fixture.total(NAMES.tokens, &[("model", MODEL)]), 17.0, "{case}");
            } else {
                fixture.assert_no_series(NAMES.request, &[]);
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_is_not_read_is_a_cancelled_call_and_one_that_is_empty_is_whole() {
    let fixture = Fixture::new();
    drop(answered(&fixture, CALL, Full::<Bytes>::from(ANSWER)).await);
    fixture.assert_one_request("cancelled", &[]);
    assert_eq!(fixture.total(NAMES.tokens, &[]), 0.0);

    let fixture = Fixture::new();
    let _body = answered(&fixture, CALL, Empty::<Bytes>::new()).await;
    fixture.assert_one_request("success", &[]);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_its_errors_class_and_the_reader_gets_the_error() {
    for (kind, class) in [
        (io::ErrorKind::ConnectionReset, ErrorType::Connection),
        (io::ErrorKind::TimedOut, ErrorType::Timeout),
        (io::ErrorKind::InvalidData, ErrorType::Unknown),
    ] {
        let fixture = Fixture::new();
        let frames = [Ok(Frame::data(Bytes::from_static(br#"{"usage": "#))), Err(io::Error::from(kind))];
        let body = answered(&fixture, CALL, Frames(VecDeque::from(frames))).await;
        let error = body.collect().await.expect_err("it broke off");
        assert_eq!(error.downcast_ref().map(io::Error::kind), Some(kind));
        let outcome = if class == ErrorType::Timeout { "timeout" } else { "error" };
        fixture.assert_one_request(outcome, &[class]);
    }
}

#[tokio::test]
async fn answers_over_http2_are_measured_with_their_trailers() {
    let fixture = Fixture::new();
    let stand_in = StandIn::start(vec![Line::Trails(ANSWER.to_owned(), trailers())]).await;
    let client = Client::builder(TokioExecutor::new()).http2_only(true).build_http::<Full<Bytes>>();
    let response = stand_in.layer(&fixture).layer(client).oneshot(stand_in.request()).await.expect("it answers");
    assert_eq!(response.version(), Version::HTTP_2);
    let mut body = response.into_body();
    assert_eq!(read_as_a_server_does(&mut body).await, (ANSWER.as_bytes().to_vec(), Some(trailers())));
    fixture.assert_one_request("success", &[]);
    assert_eq!(fixture.total(NAMES.tokens, &[("model", MODEL)]), 17.0);
}
