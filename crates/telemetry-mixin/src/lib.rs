//! mixin
