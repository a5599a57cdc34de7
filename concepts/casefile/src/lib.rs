//! casefile.
