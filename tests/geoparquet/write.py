"""Writes the files of this folder with GeoPandas: python write.py."""

import json

import geopandas
import pyarrow
import pyarrow.parquet
from shapely import MultiPolygon, Point, Polygon

square = lambda x, y, s=1: Polygon([(x, y), (x + s, y), (x + s, y + s), (x, y + s)])
holed = Polygon(square(4, 46, 2).exterior.coords, [square(4.5, 46.5).exterior.coords])
codes = ["01001", "2A004", "97105"]
shapes = [holed, MultiPolygon([square(8, 41), square(9.5, 41)]), None]
table = {"code": codes, "nom": ["L'Abergement", "Ajaccio", "Basse-Terre"], "population": [860, 73000, None], "ok": [True, None, False]}
layer = geopandas.GeoDataFrame(table, geometry=shapes, crs="OGC:CRS84")
layer.to_parquet("null_geometry.parquet", index=False)
layer[:2].to_parquet("covering.parquet", index=False, schema_version="1.1.0", write_covering_bbox=True)
layer[:1].to_parquet("geoarrow.parquet", index=False, schema_version="1.1.0", geometry_encoding="geoarrow")
points = geopandas.GeoDataFrame({"code": ["75056"]}, geometry=[Point(2.3522, 48.8566)], crs="EPSG:4326")
points.to_crs(2154).to_parquet("lambert_93.parquet", index=False)
points.to_crs(27700).to_parquet("british_grid.parquet", index=False)
points.set_crs(None, allow_override=True).to_parquet("no_crs.parquet", index=False)
pyarrow.parquet.write_table(pyarrow.table({"code": codes}), "no_geo.parquet")
broken = pyarrow.parquet.read_table("null_geometry.parquet")
wkb = broken["geometry"].to_pylist()
wkb[1] = wkb[1][:40]
broken = broken.set_column(broken.schema.get_field_index("geometry"), "geometry", pyarrow.array(wkb, pyarrow.binary()))
pyarrow.parquet.write_table(broken, "cut_geometry.parquet")
