//! Calls kept below the vendor's limit ahead of time.
