"""The deployment rehearsed on one machine, without an AWS account."""
