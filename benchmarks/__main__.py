"""All benchmarks, one after the other: `make bench`."""

from __future__ import annotations

from benchmarks import understanding, walk

if __name__ == "__main__":
    understanding.main()
    walk.main()
