//! What the hostile get: a refusal in clear words, or an outcome, while the host lives and the tasks
//! of others go on.
//!
//! | hostile | ends in |
//! |---|---|
//! | more modules, memories, functions … than any that is meant to run | refused before it is compiled, with the bound |
//! | instances that make instances, ten each, eight deep; a function of 10,000 nested loops | the compiler's process ends at its limit, and the upload is refused |
//! | types that double sixty times; a jump table of a million targets; malformed sections | refused by the compiler, with its reason |
//! | a start function that loops; data outside of the memory; a table of ten million | refused when it is started to describe itself |
//! | components from a generator, and real ones with changed bytes, by the thousand | refused, or a component like any other |

mod compiler;
mod components;
mod malformed;
mod seeds;
mod uploads;
