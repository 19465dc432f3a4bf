"""The rules of both policy packs; they judge Pulumi resources of anybody's program."""
