//! What something is called, in both languages.

/// One text in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
}

impl Label {
    /// English and Chinese.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(en: &'static str, zh: &'static str) -> Self {
        Label { zh, en }
    }
}
