//! Pages and items as streams.
