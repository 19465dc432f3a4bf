"""Rules about IAM: what policy documents grant, to whom, and under which conditions."""
