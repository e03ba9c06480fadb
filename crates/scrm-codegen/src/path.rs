//! From a JSON pointer in the answer to an expression over the typed data.

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

/// Whether an operation's data is one object of this name.
pub(crate) fn data_object(operation: &Operation) -> Option<&str> {
    match operation.data.as_ref().map(|data| &data.ty) {
        Some(Type::Object(name)) => Some(name),
        _ => None,
    }
}

impl Place {
    /// The kind of what stands there; `None`: the data itself.
    pub(crate) fn kind(&self) -> Option<&Kind> {
        self.steps.last().map(|step| &step.kind)
    }

    /// `data/page.list`, as `pages!` reads it.
    pub(crate) fn spelled(&self) -> String {
        let Some((last, objects)) = self.steps.split_last() else { return "data".to_owned() };
        let objects: String = objects.iter().map(|step| format!("/{}", step.name)).collect();
        format!("data{objects}.{}", last.name)
    }
}
