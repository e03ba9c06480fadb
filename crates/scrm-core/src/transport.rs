//! The seam below the pipeline: what goes over the wire.
