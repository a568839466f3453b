//! A `Buffer` → SVG and text, from one walk over its cells.
