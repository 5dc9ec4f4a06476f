use std::marker::PhantomData;
use std::sync::Arc;

use prost::Message;
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Protobuf from a shared request, so that a retry copies nothing.
#[derive(Debug)]
pub(crate) struct SharedProst<Req, Resp>(PhantomData<(Req, Resp)>);

impl<Req, Resp> SharedProst<Req, Resp> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<Req: Message + 'static, Resp: Message + Default + 'static> Codec for SharedProst<Req, Resp> {
    type Encode = Arc<Req>;
    type Decode = Resp;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self::new()
    }

    fn decoder(&mut self) -> Self {
        Self::new()
    }
}

impl<Req: Message, Resp> Encoder for SharedProst<Req, Resp> {
    type Item = Arc<Req>;
    type Error = Status;

    fn encode(&mut self, item: Arc<Req>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        item.encode(buffer).map_err(|error| Status::internal(format!("cannot encode the request: {error}")))
    }
}

impl<Req, Resp: Message + Default> Decoder for SharedProst<Req, Resp> {
    type Item = Resp;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Resp>, Status> {
        let answer = Resp::decode(buffer)
            .map_err(|error| Status::internal(format!("the collector's answer is not OTLP: {error}")))?;
        Ok(Some(answer))
    }
}
