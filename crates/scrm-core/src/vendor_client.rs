//! What all vendors' clients have in common, as one small object-safe trait.
