//! From a JSON pointer in the answer to an expression over the typed data.

use proc_macro2::TokenStream;
use quote::quote;
use scrm_schema::model::{DataType, Operation, Type};

use crate::{kind::Kind, types::Record};

/// One step into the data: the object, and the field taken.
pub(crate) struct Step {
    pub(crate) object: String,
    pub(crate) wire: String,
    pub(crate) name: proc_macro2::Ident,
    pub(crate) kind: Kind,
}

/// What stands at a pointer.
pub(crate) struct Place {
    /// The steps from the data; none: the data itself.
    pub(crate) steps: Vec<Step>,
}

/// What is wrong with a pointer.
pub(crate) fn resolve(pointer: &str, data_key: &str, operation: &Operation, records: &[Record<'_>]) -> Result<Place, String> {
    let mut segments = pointer.split('/').skip(1);
    if segments.next() != Some(data_key) {
        return Err(format!("`{pointer}` must begin with `/{data_key}`"));
    }
    let mut ty = operation.data.as_ref().map(|data: &DataType| &data.ty).ok_or("the answer has no data")?;
    let mut steps = Vec::new();
    for segment in segments {
        let Type::Object(name) = ty else { return Err(format!("`{pointer}` goes through what is no object, before `{segment}`")) };
        let record = records.iter().find(|record| record.object.name == *name).ok_or_else(|| format!("there is no object `{name}`"))?;
        let member = record.member(segment).ok_or_else(|| format!("`{pointer}`: `{name}` has no field `{segment}`"))?;
        steps.push(Step { object: name.clone(), wire: segment.to_owned(), name: member.name.clone(), kind: member.kind.clone() });
        ty = &member.field.ty;
    }
    Ok(Place { steps })
}

impl Place {
    /// The kind of what stands there; `None`: the data itself.
    pub(crate) fn kind(&self) -> Option<&Kind> {
        self.steps.last().map(|step| &step.kind)
    }

    /// `Option<&T>` of the object that holds the last step, from `data: &Data`; `None`: it is the data.
    fn holder(&self) -> Option<TokenStream> {
        let (_, objects) = self.steps.split_last()?;
        let mut steps = objects.iter();
        let first = &steps.next()?.name;
        let mut expression = quote!(data.#first.as_ref());
        for step in steps {
            let name = &step.name;
            expression = quote!(#expression.and_then(|held| held.#name.as_ref()));
        }
        Some(expression)
    }

    /// A slice of what stands there, from `data: &Data`.
    pub(crate) fn slice(&self) -> TokenStream {
        let Some(last) = self.steps.last().map(|step| &step.name) else { return quote!(data) };
        match self.holder() {
            None => quote!(&data.#last),
            Some(holder) => quote!(#holder.map_or(&[], |held| held.#last.as_slice())),
        }
    }

    /// The list that stands there, taken out of `data: &mut Data`.
    pub(crate) fn taken(&self) -> TokenStream {
        let Some((last, objects)) = self.steps.split_last() else { return quote!(std::mem::take(data)) };
        let last = &last.name;
        let Some((first, rest)) = objects.split_first() else { return quote!(std::mem::take(&mut data.#last)) };
        let first = &first.name;
        let mut expression = quote!(data.#first.as_mut());
        for step in rest {
            let name = &step.name;
            expression = quote!(#expression.and_then(|held| held.#name.as_mut()));
        }
        quote!(#expression.map(|held| std::mem::take(&mut held.#last)).unwrap_or_default())
    }

    /// `Option<&T>` or, for numbers, `Option<T>` of the scalar that stands there, from `data: &Data`.
    pub(crate) fn scalar(&self) -> Option<TokenStream> {
        let last = self.steps.last()?;
        let name = &last.name;
        let read = |held: TokenStream| match last.kind {
            Kind::Text => quote!(#held.#name.as_deref()),
            _ => quote!(#held.#name),
        };
        Some(match self.holder() {
            None => read(quote!(data)),
            Some(holder) => {
                let read = read(quote!(held));
                quote!(#holder.and_then(|held| #read))
            }
        })
    }
}
