//! What the hostile get: a refusal in clear words, or an outcome, while the host lives and the tasks
//! of others go on.
//!
//! | hostile | ends in |
//! |---|---|
//! | more modules, memories, functions … than any that is meant to run | refused before it is compiled, with the bound |
//! | instances that make instances, ten each, eight deep; a function of 10,000 nested loops | the compiler's process ends at its limit, and the upload is refused |
//! | types that double sixty times; a jump table of a million targets; malformed sections | refused by the compiler, with its reason |
//! | a start function that loops; data outside of the memory; a table of ten million | refused when it is started to describe itself |
//! | names that lead elsewhere, SQL and NUL in every field | refused, or kept as they are |
//! | requests that are sent, or answers that are taken, byte by byte | cut off when patience ends |
//! | more connections than are served | told to come again, while health is answered |
//! | JSON and YAML that are small on the way and large in memory | refused with the bound |
//! | compiled code that the host did not write | compiled again, and never loaded |
//! | guests that have the host keep or take all that it lets them | ended at a limit, before the host holds much |
//! | guests that compute without end, four for each core | ended at their deadline; the host stays alive |
//! | components from a generator, and real ones with changed bytes, by the thousand | refused, or a component like any other |

mod cache;
mod compiler;
mod components;
mod guests;
mod malformed;
mod requests;
mod seeds;
mod uploads;
