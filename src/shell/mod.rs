//! The terminal, the event loop, and the effects: loading files, computing boards.
