//! What is French: codes and their vintages, density labels, programmes, the embedded default data.

pub mod vintage;
