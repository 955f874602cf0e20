use super::*;
use geo_types::{MultiPolygon, polygon};
