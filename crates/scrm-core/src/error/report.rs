//! An error in a structured log.

use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::Error;
use crate::transport::Sent;

/// As what it tells, all fields always there: `message` is what `Display` says, `waited` is in seconds. Nothing unmasked is written.
impl Serialize for Error {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let violations: Vec<String> = self.violations().iter().map(ToString::to_string).collect();
        let mut out = serializer.serialize_struct("Error", 15)?;
        out.serialize_field("kind", self.kind().as_str())?;
        out.serialize_field("vendor", self.vendor())?;
        out.serialize_field("operation", &self.operation())?;
        out.serialize_field("message", &self.to_string())?;
        out.serialize_field("http_status", &self.http_status())?;
        out.serialize_field("vendor_code", &self.vendor_code())?;
        out.serialize_field("meaning", &self.meaning().map(|meaning| meaning.en))?;
        out.serialize_field("action", &self.action().map(|action| format!("{action:?}")))?;
        out.serialize_field("vendor_message", &self.vendor_message())?;
        out.serialize_field("violations", &violations)?;
        out.serialize_field("json_path", &self.json_path())?;
        out.serialize_field(
            "sent",
            match self.sent() {
                Sent::No => "no",
                Sent::Unknown => "unknown",
                Sent::Yes => "yes",
            },
        )?;
        out.serialize_field("attempts", &self.attempts())?;
        out.serialize_field("waited", &self.waited().as_secs_f64())?;
        out.serialize_field("doc_url", &self.doc_url())?;
        out.end()
    }
}
