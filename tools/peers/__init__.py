"""The libraries that the benchmark compares: one file each, all with the same networks."""
