//! One view of a customer over all vendors.
