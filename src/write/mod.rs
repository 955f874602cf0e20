//! From results to files: GeoJSON, CSV, GraphML, pictures and the self-contained atlas.
