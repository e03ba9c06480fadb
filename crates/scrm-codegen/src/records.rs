//! What belongs to a struct: its slot table and the two ways through it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use scrm_schema::model::{Announced, Field, Place, Sensitive, TimeFormat, Wire};

use crate::{
    kind, names,
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
    let notes = notes(record);
    let line = if record.is_request { quote!(scrm_core::request!(#name);) } else { quote!(scrm_core::record!(#name);) };
    quote! {
        #table
        #way_in
        #shown
        #line
        #notes
    }
}

fn table(record: &Record<'_>, rows: Option<&str>) -> TokenStream {
    let (table, name) = (table_name(&record.object.name), &record.object.name);
    let fields = record.members.iter().map(|member| field(member, rows));
    let dynamic = record.object.columns.as_ref().map(|columns| {
        let (prefix, name) = (&columns.prefix, names::field(&columns.name).to_string());
        let name = name.trim_start_matches("r#");
        quote!(.dynamic(#prefix, #name))
    });
    let announced = record.object.announced.as_ref().map(|Announced { list, key, label, .. }| {
        let below = list.splitn(3, '/').nth(2).unwrap_or_default();
        quote!(.announced(#below, #key, #label))
    });
    quote! {
        static #table: table::Table = table::Table::new(#name, &[#(#fields),*]) #dynamic #announced;
    }
}

fn field(member: &Member<'_>, rows: Option<&str>) -> TokenStream {
    let (name, marks) = (&member.field.name, marks(member.field, rows));
    quote!(table::Field(#name, table::Attributes::#marks))
}

/// A constant of `table::Attributes`, and what is to be added to it.
fn marks(field: &Field, rows: Option<&str>) -> TokenStream {
    let Field { name, required, nullable, sensitive, place, .. } = field;
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
    let wire = self::wire(kind::wire(field)).map(|wire| quote!(.wire(table::Wire::#wire)));
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

/// The columns at run time.
fn notes(record: &Record<'_>) -> TokenStream {
    let (name, table, extra) = (names::ident(&record.object.name), table_name(&record.object.name), record.has_extra());
    let fields = record.members.iter().map(|member| {
        let (kind, shape, nested) = member.kind.column();
        let (kind, zh, en) = (names::ident(kind), &member.field.doc.zh, &member.field.doc.en);
        let shape = shape.map(|shape| {
            let shape = names::ident(shape);
            quote!(.#shape())
        });
        let unit = member.field.unit.as_ref().map(|unit| quote!(.unit(#unit)));
        let nested = nested.map(|nested| {
            let nested = names::ident(nested);
            quote!(.nested(<#nested as tabular::Tabular>::columns))
        });
        quote!(tabular::FieldNote::new(tabular::ColumnKind::#kind, #zh, #en) #shape #unit #nested)
    });
    let dynamic = record.object.columns.as_ref().map(|columns| {
        let (zh, en) = (&columns.doc.zh, &columns.doc.en);
        quote!(tabular::FieldNote::new(tabular::ColumnKind::Integer, #zh, #en).map())
    });
    quote! {
        impl tabular::Tabular for #name {
            #[inline]
            fn columns() -> Vec<tabular::Column> {
                static NOTES: &[tabular::FieldNote] = &[#(#fields,)* #dynamic];
                tabular::columns(&#table, NOTES, #extra)
            }
        }
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
