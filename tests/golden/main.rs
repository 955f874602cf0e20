//! Values computed by peers, held to their stated tolerance. Skipped, with the reason printed, when
//! the folder of golden cases is absent.

mod accessibility;
mod autocorrelation;
mod complementarity;
mod contours;
mod functional_area;
mod inequality;
mod linkage;
mod network;
mod space;
mod support;
mod topology;
mod typology;
