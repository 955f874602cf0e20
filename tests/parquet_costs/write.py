"""Writes the Parquet files of this folder with pyarrow and Polars: the same ways in other types."""

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

origin = ["01001", "01001", "01002", "01002", "01004", None, "99999", "01004", "01005"]
destination = ["01002", "01004", "01001", "01001", "01001", "01001", "01001", "01002", "01001"]
minutes = [12.5, 20.0, 14.0, 13.0, 21.25, 5.0, 5.0, None, -1.0]

text = pa.table({"origin": origin, "destination": destination, "minutes": minutes})
pq.write_table(text, "text_snappy.parquet", compression="snappy", row_group_size=4)

numbers = pa.table({
    "from": pa.array([None if o is None else int(o) for o in origin], pa.uint32()),
    "to": pa.array([int(d) for d in destination], pa.int64()),
    "other": pa.array([[i] for i in range(9)]),
    "cost": pa.array(minutes, pa.float32()),
})
pq.write_table(numbers, "numbers_plain.parquet", compression="none", use_dictionary=False, data_page_version="2.0")

pl.DataFrame({"Origine": origin, "Arrivée": destination, "Durée": ["" if m is None else str(m).replace(".", ",") for m in minutes]}).write_parquet(
    "polars_zstd.parquet", compression="zstd"
)

nested = pa.table({"origin": origin, "destination": destination, "minutes": pa.array([[m] for m in minutes])})
pq.write_table(nested, "nested.parquet", compression="none")
