//! The URL that was read last.

use std::sync::{Mutex, PoisonError};

use reqwest::Url;

/// Remembers the URL that was read last: an operation's calls all go to one, and reading it is a twentieth of a call. Never one with a query, where a
/// token may stand.
#[derive(Default)]
pub(super) struct LastUrl(Mutex<Option<Url>>);

impl LastUrl {
    /// Reads a URL, unless it is the last one.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(&self, text: &str) -> Result<Url, String> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(url) = &*last
            && url.as_str() == text
        {
            return Ok(url.clone());
        }
        let url = Url::parse(text).map_err(|error| error.to_string())?;
        if url.query().is_none() {
            *last = Some(url.clone());
        }
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_url_is_always_the_one_that_was_asked_for_and_no_query_is_kept() {
        let last = LastUrl::default();
        let plain = "https://api.acme.example/v1/users";
        for text in [plain, plain, "https://api.acme.example/v1/users?access_token=tok-1", "https://api.acme.example/v1/tags", plain] {
            assert_eq!(last.read(text).unwrap().as_str(), text);
            let kept = last.0.lock().unwrap().as_ref().map(Url::to_string);
            assert!(!kept.unwrap().contains("tok-1"), "{text}");
        }
        assert!(last.read("no URL").is_err());
    }
}
