//! How generated code puts specifications together: what every one has, then one fact a call. A fact that is added later breaks nobody.

use super::{
    Access, Action, BaseUrlSpec, BodyKind, CredentialSpec, CustomerSpec, EnvelopeSpec, ErrorRule, Evidence, Label, Method, OperationSpec,
    PagingSpec, PagingStyle, Place, QuotaSpec, Rule, SignatureParameter, SignatureSpec, Source, SplitSpec, TimeFormat, TokenParameter,
    TokenPlace, TokenSpec, VendorSpec, WindowSpec,
};
use crate::table::Table;

/// `const` setters: of a field as it is, or of one that is an `Option`.
macro_rules! facts {
    ($type:ty { $($fact:ident: $kind:ty),* $(,)? } optional { $($option:ident: $inner:ty),* $(,)? }) => {
        #[doc(hidden)]
        #[allow(missing_docs)]
        impl $type {
            $(
                #[must_use]
                pub const fn $fact(mut self, $fact: $kind) -> Self {
                    self.$fact = $fact;
                    self
                }
            )*
            $(
                #[must_use]
                pub const fn $option(mut self, $option: $inner) -> Self {
                    self.$option = Some($option);
                    self
                }
            )*
        }
    };
}

type Names = &'static [&'static str];

impl Source {
    /// A page that documents it, and the day it was read.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(page: &'static str, read: &'static str) -> Self {
        Source { page, url: None, read, evidence: Evidence::Documented }
    }
}
facts!(Source { evidence: Evidence } optional { url: &'static str });

const NOWHERE: Source = Source::new("", "");
static NO_FIELDS: Table = Table::new("", &[]);

impl OperationSpec {
    /// An operation that reads, sends JSON and needs no token, unless told otherwise.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, method: Method, path: &'static str) -> Self {
        OperationSpec {
            name,
            title: Label::new(name, name),
            source: NOWHERE,
            method,
            path,
            body: BodyKind::Json,
            access: Access::Read,
            permission: None,
            quota: None,
            base_url: None,
            token: None,
            signature: None,
            paging: None,
            errors: &[],
            rules: &[],
            request: &NO_FIELDS,
            customer: None,
        }
    }

    /// English and Chinese.
    #[doc(hidden)]
    #[must_use]
    pub const fn title(mut self, en: &'static str, zh: &'static str) -> Self {
        self.title = Label::new(en, zh);
        self
    }

    /// So many calls in so many seconds.
    #[doc(hidden)]
    #[must_use]
    pub const fn quota(mut self, calls: u32, seconds: u32) -> Self {
        self.quota = Some(QuotaSpec { calls, seconds });
        self
    }
}
facts!(OperationSpec {
    name: &'static str,
    path: &'static str,
    source: Source,
    body: BodyKind,
    access: Access,
    errors: &'static [ErrorRule],
    rules: &'static [Rule],
    request: &'static Table,
} optional {
    permission: &'static str,
    base_url: &'static str,
    token: &'static TokenSpec,
    signature: &'static SignatureSpec,
    paging: &'static PagingSpec,
    customer: &'static CustomerSpec,
});

impl PagingSpec {
    const fn of(style: PagingStyle, rows: &'static str) -> Self {
        PagingSpec { style, size: None, max_size: None, rows, total: None, id: None, row_cap: None, split_by: None, windows: &[] }
    }

    /// Pages by number.
    #[doc(hidden)]
    #[must_use]
    pub const fn number(field: &'static str, first: i64, rows: &'static str) -> Self {
        PagingSpec::of(PagingStyle::Number { field, first }, rows)
    }

    /// Pages behind the last row.
    #[doc(hidden)]
    #[must_use]
    pub const fn cursor(field: &'static str, from: &'static str, rows: &'static str) -> Self {
        PagingSpec::of(PagingStyle::Cursor { field, from }, rows)
    }

    /// Can be split along a range.
    #[doc(hidden)]
    #[must_use]
    pub const fn split_by(mut self, split: SplitSpec) -> Self {
        self.split_by = Some(split);
        self
    }
}
facts!(PagingSpec { windows: &'static [WindowSpec] } optional { size: &'static str, max_size: u32, total: &'static str, id: &'static str, row_cap: u32 });

impl SplitSpec {
    /// A range between two request fields.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(start: &'static str, end: &'static str, format: TimeFormat) -> Self {
        SplitSpec { start, end, format, field: None }
    }
}
facts!(SplitSpec {} optional { field: &'static str });

impl WindowSpec {
    /// So much time at once between two request fields.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(start: &'static str, end: &'static str, format: TimeFormat, max_seconds: u64) -> Self {
        WindowSpec { start, end, format, max_seconds, field: None, without_start: None, optional: false }
    }

    /// Where a row tells the time.
    #[doc(hidden)]
    #[must_use]
    pub const fn field(mut self, path: &'static str, format: TimeFormat) -> Self {
        self.field = Some((path, format));
        self
    }
}
facts!(WindowSpec { optional: bool } optional { without_start: u32 });

impl ErrorRule {
    const fn of(code: Option<&'static str>, message: Option<&'static str>, action: Action, meaning: Label) -> Self {
        ErrorRule { code, message, meaning, action, evidence: Evidence::Documented }
    }

    /// A code and its meaning in English and Chinese.
    #[doc(hidden)]
    #[must_use]
    pub const fn code(code: &'static str, action: Action, en: &'static str, zh: &'static str) -> Self {
        ErrorRule::of(Some(code), None, action, Label::new(en, zh))
    }

    /// Known by a part of its message alone.
    #[doc(hidden)]
    #[must_use]
    pub const fn text(message: &'static str, action: Action, en: &'static str, zh: &'static str) -> Self {
        ErrorRule::of(None, Some(message), action, Label::new(en, zh))
    }
}
facts!(ErrorRule { evidence: Evidence } optional { message: &'static str });

impl CustomerSpec {
    /// Rows with this id.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        CustomerSpec { id, names: &[], phones: &[], emails: &[], union_ids: &[], open_ids: &[], avatars: &[], tags: &[], created: None }
    }

    /// When the vendor first knew the customer.
    #[doc(hidden)]
    #[must_use]
    pub const fn created(mut self, field: &'static str, format: TimeFormat) -> Self {
        self.created = Some((field, format));
        self
    }
}
facts!(CustomerSpec { names: Names, phones: Names, emails: Names, union_ids: Names, open_ids: Names, avatars: Names, tags: Names } optional {});

impl TokenSpec {
    /// A token that an operation answers at a pointer.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, operation: &'static OperationSpec, value: &'static str, place: TokenPlace) -> Self {
        TokenSpec { name, operation, parameters: &[], value, expires_in: None, lifetime: 0, renew_below: 0, overlap: 0, place }
    }
}
facts!(TokenSpec {
    parameters: &'static [(&'static str, TokenParameter)],
    lifetime: u32,
    renew_below: u32,
    overlap: u32,
    place: TokenPlace,
} optional { expires_in: &'static str });

impl SignatureSpec {
    /// A signature by this digest: its parameters, name and credential of the secret, and the parameter that holds the signature.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        digest: fn(&[u8]) -> String,
        parameters: &'static [(&'static str, SignatureParameter)],
        secret: (&'static str, &'static str),
        signature: &'static str,
    ) -> Self {
        SignatureSpec { name, digest, parameters, secret, signature, place: Place::Body }
    }
}
facts!(SignatureSpec { place: Place } optional {});

impl BaseUrlSpec {
    /// A base URL and what stands there in English and Chinese.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, url: &'static str, en: &'static str, zh: &'static str) -> Self {
        BaseUrlSpec { name, url, title: Label::new(en, zh) }
    }
}

impl CredentialSpec {
    /// A credential that must be given.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, env: &'static str, en: &'static str, zh: &'static str) -> Self {
        CredentialSpec { name, env, title: Label::new(en, zh), secret: false, required: true }
    }

    /// Never shown.
    #[doc(hidden)]
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// The client can be built without it.
    #[doc(hidden)]
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }
}

impl EnvelopeSpec {
    /// Keys of code, message and data, and the codes of success.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(code: &'static str, message: Names, data: &'static str, success: Names) -> Self {
        EnvelopeSpec { code, message, data, success, others: &[], code_is_text: false }
    }

    /// The code is a string.
    #[doc(hidden)]
    #[must_use]
    pub const fn text_codes(mut self) -> Self {
        self.code_is_text = true;
        self
    }
}
facts!(EnvelopeSpec { success: Names, others: Names } optional {});

impl VendorSpec {
    /// A vendor with its own name in English and Chinese.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        name: &'static str,
        title: Label,
        base_url: &'static str,
        envelope: EnvelopeSpec,
        untyped: &'static OperationSpec,
    ) -> Self {
        VendorSpec {
            name,
            title,
            doc_url: "",
            base_url,
            base_urls: &[],
            envelope,
            tokens: &[],
            signatures: &[],
            credentials: &[],
            errors: &[],
            untyped,
            operations: &[],
        }
    }
}
facts!(VendorSpec {
    name: &'static str,
    doc_url: &'static str,
    base_url: &'static str,
    envelope: EnvelopeSpec,
    base_urls: &'static [BaseUrlSpec],
    tokens: &'static [&'static TokenSpec],
    signatures: &'static [&'static SignatureSpec],
    credentials: &'static [CredentialSpec],
    errors: &'static [ErrorRule],
    operations: Names,
} optional {});

#[doc(hidden)]
#[allow(missing_docs)]
impl Rule {
    #[must_use]
    pub const fn required(field: &'static str) -> Self {
        Rule::Required { field }
    }
    #[must_use]
    pub const fn required_if(field: &'static str, other: &'static str, values: Names) -> Self {
        Rule::RequiredIf { field, other, values }
    }
    #[must_use]
    pub const fn at_least_one(fields: Names) -> Self {
        Rule::AtLeastOne { fields }
    }
    #[must_use]
    pub const fn exactly_one(fields: Names) -> Self {
        Rule::ExactlyOne { fields }
    }
    #[must_use]
    pub const fn at_most_one(fields: Names) -> Self {
        Rule::AtMostOne { fields }
    }
    #[must_use]
    pub const fn together(fields: Names) -> Self {
        Rule::Together { fields }
    }
    #[must_use]
    pub const fn not_empty(field: &'static str) -> Self {
        Rule::NotEmpty { field }
    }
    #[must_use]
    pub const fn range(field: &'static str, min: Option<i64>, max: Option<i64>) -> Self {
        Rule::Range { field, min, max }
    }
    #[must_use]
    pub const fn length(field: &'static str, min: Option<u32>, max: Option<u32>) -> Self {
        Rule::Length { field, min, max }
    }
    #[must_use]
    pub const fn items(field: &'static str, min: Option<u32>, max: Option<u32>) -> Self {
        Rule::Items { field, min, max }
    }
    #[must_use]
    pub const fn format(field: &'static str, format: TimeFormat) -> Self {
        Rule::Format { field, format }
    }
    #[must_use]
    pub const fn span(start: &'static str, end: &'static str, format: TimeFormat, max_seconds: Option<u64>) -> Self {
        Rule::Span { start, end, format, strict: false, max_seconds }
    }
    #[must_use]
    pub const fn strict_span(start: &'static str, end: &'static str, format: TimeFormat, max_seconds: Option<u64>) -> Self {
        Rule::Span { start, end, format, strict: true, max_seconds }
    }
}
