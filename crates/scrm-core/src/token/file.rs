/// Placeholder.
pub struct FileStore;
