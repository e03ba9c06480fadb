//! Finding fields: by JSON pointer in an answer, by path in a row or a request.

use crate::model::{Field, Object, Operation, Type};

/// How a pointer begins that leads out of an operation's file into the definitions that its area shares.
pub(crate) const SHARED: &str = "definitions.json#";

/// The file and the JSON pointer in it, of a pointer as the model has it: one into the operation's `file`, or one that begins with `definitions.json#` and leads
/// into the file beside it.
#[must_use]
pub fn locate(file: &str, pointer: &str) -> (String, String) {
    match pointer.strip_prefix(SHARED) {
        Some(inside) => {
            let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
            (format!("{folder}/definitions.json"), inside.to_owned())
        }
        None => (file.to_owned(), pointer.to_owned()),
    }
}

/// Appends a step to a JSON pointer.
pub(crate) fn push(pointer: &mut String, step: &str) {
    pointer.push('/');
    if step.contains(['~', '/']) {
        pointer.push_str(&step.replace('~', "~0").replace('/', "~1"));
    } else {
        pointer.push_str(step);
    }
}

/// A JSON pointer one step deeper.
pub(crate) fn join(pointer: &str, step: &str) -> String {
    let mut deeper = String::with_capacity(pointer.len() + 1 + step.len());
    deeper.push_str(pointer);
    push(&mut deeper, step);
    deeper
}

/// Steps of a JSON pointer.
pub(crate) fn steps(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(Vec::new());
    }
    Some(pointer.strip_prefix('/')?.split('/').map(|step| step.replace("~1", "/").replace("~0", "~")).collect())
}

/// What stands at a place: its type, and the field it is, where it is one.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// Its type.
    pub ty: &'a Type,
    /// The field; `None` for the answer's data itself.
    pub field: Option<&'a Field>,
}

impl Operation {
    /// What stands at a JSON pointer in the answer: `/data/list`. `data` is the envelope's key of the data. Goes through objects, not into lists.
    #[must_use]
    pub fn in_answer(&self, data: &str, pointer: &str) -> Option<Found<'_>> {
        let steps = steps(pointer)?;
        let (first, steps) = steps.split_first()?;
        if first != data {
            return None;
        }
        let mut found = Found { ty: &self.data.as_ref()?.ty, field: None };
        for step in steps {
            let Type::Object(name) = found.ty else { return None };
            let field = self.objects.get(name)?.field(step)?;
            found = Found { ty: &field.ty, field: Some(field) };
        }
        Some(found)
    }

    /// The rows this operation answers, by name in `objects`: the items of `paging.rows`, or of the data. `None`: its rows are no objects.
    #[must_use]
    pub fn row(&self, data: &str) -> Option<&Object> {
        let ty = match &self.paging {
            Some(paging) => self.in_answer(data, &paging.rows)?.ty,
            None => &self.data.as_ref()?.ty,
        };
        self.object_of(ty)
    }

    /// The field at a path below an object: wire names joined by `/`; a path through a list means each of its items.
    #[must_use]
    pub fn at_path<'a>(&'a self, object: &'a Object, path: &str) -> Option<&'a Field> {
        let mut steps = path.split('/');
        let mut field = object.field(steps.next()?)?;
        for step in steps {
            field = self.object_of(&field.ty)?.field(step)?;
        }
        Some(field)
    }

    fn object_of(&self, ty: &Type) -> Option<&Object> {
        match ty {
            Type::Object(name) => self.objects.get(name),
            Type::List(item) => self.object_of(item),
            _ => None,
        }
    }
}

impl Object {
    /// The field of this wire name.
    #[must_use]
    pub fn field(&self, wire: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == wire)
    }
}
