//! A log record as it waits for its export.

use opentelemetry::InstrumentationScope;
use opentelemetry_sdk::logs::SdkLogRecord;

/// A log record and the scope that emitted it.
pub(crate) type Record = (SdkLogRecord, InstrumentationScope);
