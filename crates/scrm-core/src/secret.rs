//! Values that must not be shown.
