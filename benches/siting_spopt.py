"""spopt on the cases `peer` of `benches/siting.rs`: built and solved, in seconds.

    python -m venv venv && venv/bin/pip install spopt==0.7.0 pulp==3.3.2
    venv/bin/python benches/siting_spopt.py

Points are drawn by the same generator as `cargo bench --bench siting peer` uses: whole numbers below 100,000 m
from a linear congruential sequence, so that both solve the same instances. Prints what, seconds to build,
seconds to solve, and the value.
"""

import time

import numpy
import pulp
from spopt.locate import LSCP, MCLP, PCenter, PMedian


def drawn(seed, n):
    values, x = [], seed
    for _ in range(3 * n):
        x = (x * 6364136223846793005 + 1442695040888963407) % 2**64
        values.append((x >> 33) % 100_000)
    rows = numpy.array(values, dtype=float).reshape(n, 3)
    return rows[:, :2], rows[:, 2] % 100 + 1


def case(n, m):
    at, weights = drawn(1, n)
    to, _ = drawn(2, m)
    costs = numpy.hypot(at[:, None, 0] - to[None, :, 0], at[:, None, 1] - to[None, :, 1])
    return costs, weights


def tell(name, build):
    solver = pulp.PULP_CBC_CMD(msg=False)
    start = time.perf_counter()
    model = build()
    built = time.perf_counter()
    model = model.solve(solver)
    solved = time.perf_counter()
    value = pulp.value(model.problem.objective)
    print(f"{name}: built {built - start:.2f} s, solved {solved - built:.2f} s, value {value:.3f}", flush=True)


def main():
    for n, m, p in [(200, 100, 10), (1_000, 200, 20)]:
        costs, weights = case(n, m)
        size = f"{n} x {m}, p = {p}"
        tell(f"p-median {size}", lambda: PMedian.from_cost_matrix(costs, weights, p_facilities=p))
        tell(
            f"covering {size}",
            lambda: MCLP.from_cost_matrix(costs, weights, service_radius=10_000.0, p_facilities=p),
        )
        tell(f"set covering {size}", lambda: LSCP.from_cost_matrix(costs, service_radius=20_000.0))
        if n <= 200:
            tell(f"p-centre {size}", lambda: PCenter.from_cost_matrix(costs, p_facilities=p))


if __name__ == "__main__":
    main()
