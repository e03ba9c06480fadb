//! The reader's language: what `--lang` says, else the locale.

/// A language of the program's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Chinese,
}

impl Language {
    /// From the command line, before it is parsed: its help is written in it.
    pub(crate) fn of(words: &[String]) -> Self {
        let after = words.iter().position(|word| word == "--lang").and_then(|at| words.get(at + 1));
        let asked = words.iter().find_map(|word| word.strip_prefix("--lang=")).or(after.map(String::as_str));
        match asked {
            Some("zh") => Language::Chinese,
            Some("en") => Language::English,
            _ => Language::of_locale(),
        }
    }

    fn of_locale() -> Self {
        let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        if locale.is_some_and(|locale| locale.starts_with("zh")) { Language::Chinese } else { Language::English }
    }

    pub(crate) fn pick<'a>(self, en: &'a str, zh: &'a str) -> &'a str {
        match self {
            Language::English => en,
            Language::Chinese if zh.is_empty() => en,
            Language::Chinese => zh,
        }
    }

    pub(crate) fn label(self, label: &scrm_schema::model::Label) -> &str {
        self.pick(&label.en, &label.zh)
    }

    pub(crate) fn of_label(self, label: scrm_core::Label) -> &'static str {
        self.pick(label.en, label.zh)
    }
}

/// One sentence in both languages: what fails does not know who reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Both {
    pub(crate) en: String,
    pub(crate) zh: String,
}

impl Both {
    pub(crate) fn of(self, language: Language) -> String {
        match language {
            Language::English => self.en,
            Language::Chinese => self.zh,
        }
    }
}

/// Programs read the English one.
impl serde::Serialize for Both {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.en)
    }
}

/// One sentence in both languages.
macro_rules! both {
    ($en:literal, $zh:literal $(,)?) => {
        $crate::language::Both { en: format!($en), zh: format!($zh) }
    };
}
pub(crate) use both;

/// One sentence in the reader's language.
macro_rules! say {
    ($language:expr, $en:literal, $zh:literal) => {
        match $language {
            $crate::language::Language::English => format!($en),
            $crate::language::Language::Chinese => format!($zh),
        }
    };
}
pub(crate) use say;
