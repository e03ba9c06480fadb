//! From typed data to JSON and masked text.
