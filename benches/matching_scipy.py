"""scipy on the assignments of `benches/matching.rs`, in seconds.

    python -m venv venv && venv/bin/pip install scipy==1.17.1
    venv/bin/python benches/matching_scipy.py

Points are drawn by the same generator as `cargo bench --bench matching assignment` uses, so that both solve the
same instances. Prints the size, the fastest of three runs, and the total.
"""

import time

import numpy
from scipy.optimize import linear_sum_assignment


def drawn(seed, n):
    values, x = [], seed
    for _ in range(3 * n):
        x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((x >> 33) % 100_000)
    return numpy.array(values, dtype=float).reshape(n, 3)[:, :2]


for n in (500, 2_000, 5_000):
    at, to = drawn(1, n), drawn(2, n)
    scores = -numpy.hypot(at[:, None, 0] - to[None, :, 0], at[:, None, 1] - to[None, :, 1])
    times = []
    for _ in range(3 if n < 5_000 else 1):
        begun = time.perf_counter()
        rows, columns = linear_sum_assignment(scores, maximize=True)
        times.append(time.perf_counter() - begun)
    print(f"spatial_{n}: {min(times):.3f} s, total {scores[rows, columns].sum():.6f}", flush=True)
