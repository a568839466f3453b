//! State → text and plain numbers, in both languages; the only place where numbers become text.
