/// Placeholder.
pub struct MemoryStore;
