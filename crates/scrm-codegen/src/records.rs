//! What belongs to a struct: its slot table and the two ways through it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use scrm_schema::model::{Field, Place, Sensitive, TimeFormat, Wire};

use crate::{
    format::doc,
    kind::Kind,
    names,
    types::{Member, Record},
};

/// The static that holds a struct's table.
pub(crate) fn table_name(object: &str) -> Ident {
    names::ident(&format!("{}_TABLE", names::shout(object)))
}

/// Table, traits, accessors and the macro line. `rows` is the field whose items are the rows of a page.
pub(crate) fn record(record: &Record<'_>, rows: Option<&str>) -> TokenStream {
    let (table, shown) = (table(record, rows), shown(record));
    let name = names::ident(&record.object.name);
    let way_in = (!record.is_request).then(|| way_in(record));
    let line = if record.is_request { quote!(scrm_core::request!(#name);) } else { quote!(scrm_core::record!(#name);) };
    let times = times(record);
    quote! {
        #table
        #way_in
        #shown
        #line
        #times
    }
}

fn table(record: &Record<'_>, rows: Option<&str>) -> TokenStream {
    let (table, name) = (table_name(&record.object.name), &record.object.name);
    let fields = record.members.iter().map(|member| field(member, rows));
    let dynamic = match &record.object.columns {
        Some(columns) => {
            let prefix = &columns.prefix;
            quote!(Some(#prefix))
        }
        None => quote!(None),
    };
    quote! {
        static #table: table::Table = table::Table { name: #name, fields: &[#(#fields),*], dynamic: #dynamic };
    }
}

fn field(member: &Member<'_>, rows: Option<&str>) -> TokenStream {
    let (name, marks) = (&member.field.name, marks(member.field, rows));
    quote!(table::Field(#name, table::Attributes::#marks))
}

/// A constant of `table::Attributes`, and what is to be added to it.
fn marks(field: &Field, rows: Option<&str>) -> TokenStream {
    let Field { name, required, nullable, sensitive, wire, place, .. } = field;
    let personal = *sensitive == Some(Sensitive::Personal);
    let secret = (*sensitive == Some(Sensitive::Secret)).then(|| quote!(.secret()));
    let (constant, nullable, personal) = match (required, nullable, personal) {
        (true, nullable, personal) => (quote!(REQUIRED), *nullable, personal),
        (false, true, personal) => (quote!(NULLABLE), false, personal),
        (false, false, true) => (quote!(PERSONAL), false, false),
        (false, false, false) => (quote!(PLAIN), false, false),
    };
    let nullable = nullable.then(|| quote!(.nullable()));
    let personal = personal.then(|| quote!(.personal()));
    let rows = (rows == Some(name)).then(|| quote!(.rows()));
    let wire = self::wire(*wire).map(|wire| quote!(.wire(table::Wire::#wire)));
    let place = match place {
        Place::Body => None,
        Place::Query => Some(quote!(.place(table::Place::Query))),
        Place::Header => Some(quote!(.place(table::Place::Header))),
    };
    quote!(#constant #nullable #personal #secret #rows #wire #place)
}

/// The variant of `table::Wire`; `None`: as its type suggests.
fn wire(wire: Wire) -> Option<TokenStream> {
    match wire {
        Wire::Plain => None,
        Wire::Text => Some(quote!(Text)),
        Wire::Digit => Some(quote!(Digit)),
        Wire::DigitText => Some(quote!(DigitText)),
        Wire::Comma => Some(quote!(Comma)),
        Wire::Bars => Some(quote!(Bars)),
        Wire::Json => Some(quote!(Json)),
    }
}

fn way_in(record: &Record<'_>) -> TokenStream {
    let (name, table) = (names::ident(&record.object.name), table_name(&record.object.name));
    let arms = record.members.iter().enumerate().map(|(number, member)| {
        let (number, slot, name) = (proc_macro2::Literal::usize_unsuffixed(number), member.kind.slot(), &member.name);
        quote!(#number => table::Slot::#slot(&mut self.#name),)
    });
    let columns = record.object.columns.as_ref().map(|columns| {
        let name = names::ident(&columns.name);
        quote!(table::DYNAMIC => table::Slot::Dynamic(&mut self.#name),)
    });
    quote! {
        impl table::WriteFields for #name {
            #[inline]
            fn table(&self) -> &'static table::Table { &#table }
            #[inline]
            fn slot(&mut self, field: usize) -> table::Slot<'_> {
                match field {
                    #(#arms)*
                    #columns
                    _ => table::Slot::Extra(&mut self.extra),
                }
            }
        }
    }
}

fn shown(record: &Record<'_>) -> TokenStream {
    let (name, table) = (names::ident(&record.object.name), table_name(&record.object.name));
    let arms = record.members.iter().enumerate().map(|(number, member)| {
        let (number, slot, name) = (proc_macro2::Literal::usize_unsuffixed(number), member.kind.slot(), &member.name);
        quote!(#number => table::View::#slot(&self.#name),)
    });
    let columns = record.object.columns.as_ref().map(|columns| {
        let name = names::ident(&columns.name);
        quote!(table::DYNAMIC => table::View::Dynamic(&self.#name),)
    });
    let rest = if record.has_extra() { quote!(table::View::Extra(&self.extra)) } else { quote!(table::View::Any(&None)) };
    let body = if record.members.is_empty() && columns.is_none() {
        quote!(let _ = field; #rest)
    } else {
        quote!(match field { #(#arms)* #columns _ => #rest, })
    };
    quote! {
        impl table::ReadFields for #name {
            #[inline]
            fn table(&self) -> &'static table::Table { &#table }
            #[inline]
            fn view(&self, field: usize) -> table::View<'_> { #body }
        }
    }
}

/// `created_at_time()` beside `created_at`.
fn times(record: &Record<'_>) -> Option<TokenStream> {
    if record.is_request {
        return None;
    }
    let name = names::ident(&record.object.name);
    let methods: Vec<TokenStream> = record.members.iter().filter_map(time).collect();
    (!methods.is_empty()).then(|| quote! { impl #name { #(#methods)* } })
}

fn time(member: &Member<'_>) -> Option<TokenStream> {
    let format = time_format(member.field.time?);
    let field = &member.name;
    let read = match member.kind {
        Kind::Text => quote!(scrm_core::time::read(spec::TimeFormat::#format, &self.#field)),
        Kind::Integer => quote!(scrm_core::time::read_number(spec::TimeFormat::#format, self.#field)),
        _ => return None,
    };
    let method = names::joined("", member.field.rust_name(), "_time");
    let docs = doc(&format!(
        "[`Self::{}`] as a point in time; `None` where it is absent, or no date (`0000-00-00`).",
        field.to_string().trim_start_matches("r#")
    ));
    Some(quote! {
        #docs
        #[inline]
        #[must_use]
        pub fn #method(&self) -> Option<scrm_core::time::Moment> { #read }
    })
}

/// The variant of `spec::TimeFormat`.
pub(crate) fn time_format(format: TimeFormat) -> TokenStream {
    match format {
        TimeFormat::DateTime => quote!(DateTime),
        TimeFormat::Date => quote!(Date),
        TimeFormat::Month => quote!(Month),
        TimeFormat::Seconds => quote!(Seconds),
        TimeFormat::Milliseconds => quote!(Milliseconds),
    }
}
